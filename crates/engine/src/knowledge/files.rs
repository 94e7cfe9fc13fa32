//! Reads the files of a knowledge base into memory, before parsing.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

/// Maximum size of one file of a knowledge base, in bytes (1 MiB). A section has about a page of
/// text, so a larger file is a mistake.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// Maximum number of files in a knowledge base.
const MAX_FILES: usize = 200_000;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../knowledge");

/// The error for a folder or file of a knowledge base that could not be read. `Display` names the
/// path and the reason.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {reason}", path.display())]
pub struct Unreadable {
    path: PathBuf,
    reason: io::Error,
}

/// One file of a knowledge base.
pub(super) struct File {
    /// The path shown in diagnostics.
    pub shown: Arc<str>,
    /// The path relative to the folder of the knowledge base, with `/` as the separator.
    pub relative: String,
    /// The contents, with U+FFFD in place of invalid UTF-8.
    pub text: String,
    /// Whether the contents are valid UTF-8.
    pub is_utf8: bool,
}

/// Returns the files of the knowledge base embedded in the binary.
pub(super) fn embedded() -> Vec<File> {
    let mut files = Vec::new();
    let mut folders = vec![&EMBEDDED];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        files.extend(folder.files().filter_map(|file| {
            let relative = file.path().to_str()?.replace('\\', "/");
            Some(File {
                shown: format!("knowledge/{relative}").into(),
                relative,
                text: file.contents_utf8()?.to_owned(),
                is_utf8: true,
            })
        }));
    }
    sorted(files)
}

/// Returns the `.toml` and `.md` files of a folder and its subfolders, except hidden ones.
pub(super) fn read(root: &Path) -> Result<Vec<File>, Unreadable> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let unreadable = |reason| Unreadable { path: folder.clone(), reason };
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            let kind = entry.file_type().map_err(unreadable)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml" || e == "md") {
                if files.len() == MAX_FILES {
                    return Err(unreadable(io::Error::other(format!("more than {MAX_FILES} files"))));
                }
                files.push(read_file(root, path)?);
            }
        }
    }
    Ok(sorted(files))
}

fn read_file(root: &Path, path: PathBuf) -> Result<File, Unreadable> {
    let bytes = std::fs::metadata(&path).and_then(|meta| {
        if meta.len() > MAX_FILE_BYTES {
            return Err(io::Error::other(format!(
                "{} bytes; a file of a base has at most {MAX_FILE_BYTES}",
                meta.len()
            )));
        }
        std::fs::read(&path)
    });
    let bytes = bytes.map_err(|reason| Unreadable { path: path.clone(), reason })?;
    let text = String::from_utf8_lossy(&bytes);
    let is_utf8 = matches!(text, std::borrow::Cow::Borrowed(_));
    let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    Ok(File { shown: path.to_string_lossy().into(), relative, text: text.into_owned(), is_utf8 })
}

/// Returns the SHA-256 of the paths and texts of all files. The length precedes each path and text,
/// so that different files never give the same input to SHA-256.
pub(super) fn fingerprint(files: &[File]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in files.iter().flat_map(|file| [&file.relative, &file.text]) {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// Sorts files by path, because the order of a directory listing depends on the file system.
fn sorted(mut files: Vec<File>) -> Vec<File> {
    files.sort_by(|a, b| a.relative.cmp(&b.relative));
    files
}

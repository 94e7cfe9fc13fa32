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
    /// The contents, with U+FFFD in place of what could not be decoded.
    pub text: String,
    /// Whether the contents could be decoded.
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

/// The extensions of Markdown files, in lower case.
pub(super) const MARKDOWN: [&str; 5] = ["md", "markdown", "mdown", "mkd", "mkdn"];

/// The extensions of files that authors may take for sections. The loader names them.
pub(super) const OTHER_TEXT: [&str; 9] = ["txt", "mdx", "rst", "adoc", "org", "html", "htm", "docx", "odt"];

impl File {
    /// Decodes a file: UTF-8, with or without a byte order mark, or UTF-16 with one.
    pub fn decode(shown: Arc<str>, relative: String, bytes: &[u8]) -> File {
        let utf16 = |from: fn([u8; 2]) -> u16| {
            let (units, rest) = bytes[2..].as_chunks::<2>();
            let text = String::from_utf16(&units.iter().map(|unit| from(*unit)).collect::<Vec<_>>());
            text.ok().filter(|_| rest.is_empty())
        };
        let decoded = match bytes {
            [0xFF, 0xFE, ..] => utf16(u16::from_le_bytes),
            [0xFE, 0xFF, ..] => utf16(u16::from_be_bytes),
            [0xEF, 0xBB, 0xBF, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
            _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
        };
        let is_utf8 = decoded.is_some();
        File { shown, relative, text: decoded.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned()), is_utf8 }
    }
}

/// Returns the files of a folder and its subfolders that are, or look like, part of a knowledge
/// base. Leaves out hidden files. Follows links, as those of a mounted Kubernetes ConfigMap.
pub(super) fn read(root: &Path) -> Result<Vec<File>, Unreadable> {
    let mut files = Vec::new();
    // Each folder, with the targets of the links that lead to it.
    let mut folders = vec![(root.to_path_buf(), Vec::new())];
    while let Some((folder, links)) = folders.pop() {
        let unreadable = |reason| Unreadable { path: folder.clone(), reason };
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let kind = entry.file_type().map_err(unreadable)?;
            let is_link_to_folder = kind.is_symlink() && std::fs::metadata(&path).is_ok_and(|meta| meta.is_dir());
            if is_link_to_folder {
                let target = link_target(&path, &folder, &links)?;
                folders.push((path, links.iter().cloned().chain([target]).collect()));
            } else if kind.is_dir() {
                folders.push((path, links.clone()));
            } else if is_known(&path) {
                if files.len() == MAX_FILES {
                    return Err(unreadable(io::Error::other(format!("more than {MAX_FILES} files"))));
                }
                files.push(read_file(root, path)?);
            }
        }
    }
    Ok(sorted(files))
}

/// Returns the folder that a link leads to. Fails if the link leads in a circle.
fn link_target(path: &Path, folder: &Path, links: &[PathBuf]) -> Result<PathBuf, Unreadable> {
    let unreadable = |reason| Unreadable { path: path.to_path_buf(), reason };
    let target = path.canonicalize().map_err(unreadable)?;
    let folder = folder.canonicalize().map_err(unreadable)?;
    if folder.starts_with(&target) || links.contains(&target) {
        return Err(unreadable(io::Error::other("the link leads back to a folder that contains it; remove the link")));
    }
    Ok(target)
}

fn is_known(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    extension == "toml" || MARKDOWN.contains(&&*extension) || OTHER_TEXT.contains(&&*extension)
}

fn read_file(root: &Path, path: PathBuf) -> Result<File, Unreadable> {
    let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    let shown = path.to_string_lossy().into();
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if OTHER_TEXT.contains(&&*extension) {
        // Only the name matters, for a diagnostic.
        return Ok(File { shown, relative, text: String::new(), is_utf8: true });
    }
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
    Ok(File::decode(shown, relative, &bytes))
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

//! Caches the trained matcher of a knowledge base in a file.
//!
//! Training on the built-in knowledge base takes about half a second, and reading the file a few
//! hundredths of a second. The cache file is valid for one knowledge base and one build of the
//! program. If either changes, the matcher is trained again and the file is replaced. Without a
//! cache folder, the matcher is trained at every start.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use footnote_engine::engine::Engine;
use footnote_engine::knowledge::Loaded;

/// Minimum size of a trained model that is cached, in bytes (256 KiB). Training a smaller model
/// takes no longer than reading it from a file.
const MIN_CACHED_BYTES: usize = 1 << 18;

/// Creates the engine for a loaded knowledge base. Uses the cached matcher if the cache file is
/// valid, otherwise trains a matcher.
pub(super) fn engine(loaded: Loaded, folder: Option<&OsStr>) -> Engine {
    let Some(key) = key(&loaded.fingerprint) else { return Engine::new(loaded.knowledge) };
    let Some(path) = path(folder) else { return Engine::new(loaded.knowledge) };
    let file = fs::read(&path).ok();
    let cached = file.as_deref().and_then(|bytes| bytes.strip_prefix(&key)).unwrap_or_default();
    Engine::from_bytes(loaded.knowledge, cached).unwrap_or_else(|knowledge| {
        let engine = Engine::new(*knowledge);
        let model = engine.to_bytes();
        let written =
            if model.len() < MIN_CACHED_BYTES { Ok(()) } else { write(&path, &[&key, model.as_slice()].concat()) };
        if let Err(error) = written {
            tracing::debug!(%error, "could not write the model cache; the next start will train again");
        }
        engine
    })
}

/// Computes the cache key, a hash of the knowledge base's fingerprint and of the program file's
/// time and size. Returns `None` if the program file cannot be inspected.
fn key(fingerprint: &[u8; 32]) -> Option<[u8; 32]> {
    let program = fs::metadata(env::current_exe().ok()?).ok()?;
    let built = program.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let mut digest = Sha256::new();
    digest.update(fingerprint);
    digest.update(built.as_nanos().to_le_bytes());
    digest.update(program.len().to_le_bytes());
    Some(digest.finalize().into())
}

/// Returns the path of the cache file, or `None` if there is no cache folder. Each knowledge base
/// has one cache file, which is overwritten, so old files do not accumulate.
fn path(folder: Option<&OsStr>) -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // The cache folder is systemd's `CACHE_DIRECTORY`, or `footnote` in `XDG_CACHE_HOME` or
    // `~/.cache` (XDG Base Directory Specification).
    let caches = variable("CACHE_DIRECTORY").or_else(|| {
        Some(variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")))?.join("footnote"))
    })?;
    let base = match folder {
        Some(folder) => hex(&Sha256::digest(fs::canonicalize(folder).ok()?.as_os_str().as_encoded_bytes())),
        None => "built-in".to_owned(),
    };
    Some(caches.join(base).with_extension("model"))
}

fn hex(bytes: &[u8]) -> String {
    bytes[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Replaces a file atomically, so that another process reads either the old or the new content.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let temporary = path.with_extension(format!("{}.draft", std::process::id()));
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

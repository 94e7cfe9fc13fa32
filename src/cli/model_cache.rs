//! What was learned from a base, kept between runs.
//!
//! Learning takes a second or so; reading it back takes hundredths. The file lies in the user's cache folder, belongs to one base and one build of the program, and is made anew whenever
//! either changes. Without such a folder everything works, only slower to start.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use footnote_engine::engine::Engine;
use footnote_engine::knowledge::Loaded;
use footnote_engine::matching::Matcher;

/// What is smaller than this, in bytes, is learned as fast as read.
const WORTH_KEEPING: usize = 1 << 18;

/// The engine over a base: with what was learned before, if nothing has changed since.
pub(super) fn engine(loaded: Loaded, folder: Option<&OsStr>) -> Engine {
    let Some(key) = key(&loaded.fingerprint) else { return Engine::new(loaded.knowledge) };
    let Some(path) = path(folder) else { return Engine::new(loaded.knowledge) };
    let kept = fs::read(&path).ok();
    let kept = kept.as_deref().and_then(|bytes| bytes.strip_prefix(&key)).and_then(Matcher::from_bytes);
    match kept {
        Some(matcher) => Engine::with_matcher(loaded.knowledge, matcher),
        None => {
            let engine = Engine::new(loaded.knowledge);
            let learned = engine.to_bytes();
            let kept =
                if learned.len() < WORTH_KEEPING { Ok(()) } else { keep(&path, &[&key, learned.as_slice()].concat()) };
            if let Err(error) = kept {
                tracing::debug!(%error, "what was learned could not be kept; the next start will learn it again");
            }
            engine
        }
    }
}

/// Tells one base and one build of the program from all others.
fn key(fingerprint: &[u8; 32]) -> Option<[u8; 32]> {
    let program = fs::metadata(env::current_exe().ok()?).ok()?;
    let built = program.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let mut digest = Sha256::new();
    digest.update(fingerprint);
    digest.update(built.as_nanos().to_le_bytes());
    digest.update(program.len().to_le_bytes());
    Some(digest.finalize().into())
}

/// One file for each base, so that old ones do not pile up.
fn path(folder: Option<&OsStr>) -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // systemd gives a service its own; the others are the XDG Base Directory Specification's.
    let caches = set("CACHE_DIRECTORY")
        .or_else(|| Some(set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?.join("footnote")))?;
    let base = match folder {
        Some(folder) => hex(&Sha256::digest(fs::canonicalize(folder).ok()?.as_os_str().as_encoded_bytes())),
        None => "built-in".to_owned(),
    };
    Some(caches.join(base).with_extension("model"))
}

fn hex(bytes: &[u8]) -> String {
    bytes[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts a file in place in one step, so that another process reads the old one or the new one.
fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let kept = fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if kept.is_err() {
        let _ = fs::remove_file(&draft);
    }
    kept
}

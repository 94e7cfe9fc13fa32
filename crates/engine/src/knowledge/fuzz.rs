//! Loads a knowledge base from memory for `tests/fuzz`. Compiled only with `cfg(fuzzing)`.

use super::files::File;
use super::load::{Loaded, assemble};

/// Loads a knowledge base from the paths and contents of its files.
#[must_use]
pub fn loaded(files: &[(String, Vec<u8>)]) -> Loaded {
    let file = |(relative, bytes): &(String, Vec<u8>)| {
        File::decode(format!("base/{relative}").into(), relative.clone(), bytes)
    };
    assemble("base", files.iter().map(file).collect())
}

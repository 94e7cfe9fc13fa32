//! Plays every file in `tests/scenarios/`. A session saved by the playground becomes a test when
//! its file is put into that folder.

use std::fs;

use crate::harness::root;
use crate::player;

#[tokio::test(flavor = "multi_thread")]
async fn every_file_is_played() {
    let files = fs::read_dir(root().join("tests/scenarios")).expect("the folder").map(|file| file.expect("a file"));
    let plays: Vec<_> = files
        .map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            let text = fs::read_to_string(file.path()).expect("text");
            (name.clone(), tokio::spawn(async move { player::play(&name, &text).await }))
        })
        .collect();
    assert!(!plays.is_empty(), "no scenarios");
    let mut failed = Vec::new();
    for (name, play) in plays {
        if let Err(error) = play.await {
            let panic = error.into_panic();
            let text = panic.downcast_ref::<String>().cloned();
            failed.push(text.or(panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or(name));
        }
    }
    assert!(failed.is_empty(), "{} scenarios fail:\n\n{}", failed.len(), failed.join("\n\n"));
}

//! Tests of the store on SQLite: the tests shared with PostgreSQL, and tests specific to SQLite.

use std::path::Path;

use footnote::store::{Effects, ErasureRequest, Outcome, Received, Store, StoreError};

use crate::suite;

/// Opens a store on a new SQLite file in a temporary folder. Dropping the returned `TempDir`
/// deletes the folder.
async fn in_a_file() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("sqlite:{}", folder.path().join("made/footnote.db").display());
    (Store::open(&address).await.expect("a database"), folder)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_suite_in_memory() {
    for (name, case) in suite::store::CASES {
        eprintln!("{name}");
        case(Store::in_memory().await.expect("memory")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_suite_in_a_file() {
    for (name, case) in suite::store::CASES {
        eprintln!("{name}");
        let (store, _folder) = in_a_file().await;
        case(store).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_model_in_memory() {
    suite::model::check(&Store::in_memory().await.expect("memory"), 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_model_in_a_file() {
    let (store, _folder) = in_a_file().await;
    suite::model::check(&store, 30);
}

fn row(update_id: i64) -> Received {
    Received {
        update_id,
        digest: 1,
        ordering_key: update_id,
        received_at: 0,
        expires_at: i64::MAX,
        payload: "what was asked".to_owned(),
    }
}

#[tokio::test]
async fn leases_of_a_dead_process_are_due_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("sqlite:{}", folder.path().join("footnote.db").display());
    let store = Store::open(&address).await.expect("a database");
    store.enqueue(&[row(1), row(2)], 0).await.expect("put");
    assert_eq!(store.lease(0, 40_000, 10).await.expect("leased").len(), 2);
    store.close().await;
    let store = Store::open(&address).await.expect("the same database");
    assert_eq!(store.lease(0, 40_000, 10).await.expect("leased"), []);
    assert_eq!(store.release_leases(0).await.expect("released"), 2);
    assert_eq!(store.lease(0, 40_000, 10).await.expect("leased").len(), 2);
}

#[tokio::test]
async fn one_process_has_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("sqlite:{}", folder.path().join("footnote.db").display());
    let store = Store::open(&address).await.expect("a database");
    let error = Store::open(&address).await.expect_err("it is taken");
    assert!(matches!(error, StoreError::Locked { .. }) && error.to_string().contains("postgres://"), "{error}");
    store.close().await;
    Store::open(&address).await.expect("it is free");
}

#[tokio::test]
async fn what_was_asked_is_in_no_file_once_it_is_answered() {
    let (store, folder) = in_a_file().await;
    store.enqueue(&[row(1)], 0).await.expect("put");
    let lease = store.lease(0, 40_000, 10).await.expect("leased").remove(0);
    assert_eq!(lease.payload, "what was asked");
    store.complete(&[lease.completion(Outcome::Done(Box::default()))], 0).await.expect("completed");
    store.close().await;
    assert!(!is_in_a_file("what was asked", folder.path()));
}

#[tokio::test]
async fn what_could_not_be_answered_is_forgotten_wherever_it_was_asked() {
    const GROUP: i64 = -5;
    let (store, folder) = in_a_file().await;
    let said = |update_id: i64, person: i64, text: &str| Received {
        ordering_key: GROUP,
        payload: format!(
            r#"{{"message":{{"from":{{"id":{person},"is_bot":false}},"chat":{{"id":{GROUP},"type":"group"}},"text":"{text}"}}}}"#
        ),
        ..row(update_id)
    };
    for row in [said(1, 7, "a question of mine"), said(2, 71, "a question of another's"), row(3)] {
        store.enqueue(&[row], 0).await.expect("put");
        let lease = store.lease(0, 40_000, 10).await.expect("leased").remove(0);
        let outcome = if lease.update_id == 3 {
            let forget = Some(ErasureRequest::Person(7, "seven".to_owned()));
            Outcome::Done(Box::new(Effects { forget, ..Effects::default() }))
        } else {
            Outcome::DeadLettered
        };
        assert_eq!(store.complete(&[lease.completion(outcome)], 0).await.expect("completed"), [true]);
    }
    store.close().await;
    assert!(!is_in_a_file("a question of mine", folder.path()));
    assert!(is_in_a_file("a question of another's", folder.path()));
}

fn is_in_a_file(words: &str, folder: &Path) -> bool {
    let mut files =
        std::fs::read_dir(folder.join("made")).expect("a folder").map(|entry| entry.expect("an entry").path());
    files.any(|file| std::fs::read(file).expect("a file").windows(words.len()).any(|w| w == words.as_bytes()))
}

#[tokio::test]
async fn several_write_at_once_and_nobody_is_refused() {
    let (store, _folder) = in_a_file().await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let store = store.clone();
        writers.spawn(async move {
            for n in 0..10 {
                store.enqueue(&[row(writer * 100 + n)], 0).await.expect("put");
                for lease in store.lease(0, 40_000, 3).await.expect("leased") {
                    let done = lease.completion(Outcome::Done(Box::default()));
                    assert_eq!(store.complete(&[done], 0).await.expect("completed"), [true]);
                }
            }
        });
    }
    while let Some(joined) = writers.join_next().await {
        joined.expect("no panic");
    }
    assert_eq!(store.next_due().await.expect("read"), None);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_without_what_may_be_secret_in_it() {
    for address in
        ["mysql://me:hunter2@host/db", "hunter2", "postgres://me:hunter2@host:port/db", "postgres://hun:ter2/x"]
    {
        let error = Store::open(address).await.expect_err(address);
        assert!(matches!(error, StoreError::Address { .. }), "{error:?}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("hunter2") && !text.contains("ter2"), "{text}");
        assert!(text.contains("sqlite:") && text.contains("postgres://"), "{text}");
    }
    // No PostgreSQL server listens on port 1, so opening the store must fail.
    let error = Store::open("postgres://me:hunter2@127.0.0.1:1/db?password=hunter2").await.expect_err("no server");
    assert!(matches!(error, StoreError::Server { .. }), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(text.contains("127.0.0.1:1/db") && !text.contains("hunter2"), "{text}");
}

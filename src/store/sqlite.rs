//! SQLite in a file, with write-ahead logging, or in memory.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::Mutex;

use super::either::Either;
use super::{Store, StoreError};

/// How many readers there are beside the writers, who do not hold them up.
const READERS: u32 = 2;

/// Opens a file, making it, its folder and its tables where they are missing.
pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    let wrong = |error: sqlx::Error| StoreError::Address { address: address.to_owned(), reason: error.to_string() };
    let options = SqliteConnectOptions::from_str(address).map_err(wrong)?;
    make_folder_of(options.get_filename())?;
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5))
        // What was asked is overwritten when it is deleted, not just forgotten.
        .pragma("secure_delete", "ON")
        .optimize_on_close(true, None)
        .disable_statement_logging();
    let open = |error: sqlx::Error| StoreError::Open { address: address.to_owned(), reason: error.to_string() };
    let durable = connect(options.clone().synchronous(SqliteSynchronous::Full), 1).await.map_err(open)?;
    migrate(&durable).await.map_err(open)?;
    let options = options.synchronous(SqliteSynchronous::Normal);
    let quick = connect(options.clone(), 1).await.map_err(open)?;
    let read = connect(options, READERS).await.map_err(open)?;
    Ok(Store {
        durable: Either::Sqlite(durable),
        quick: Either::Sqlite(quick),
        read: Either::Sqlite(read),
        writing: Some(Arc::new(Mutex::new(()))),
        keeper: None,
    })
}

/// Opens a database that is gone with the process.
pub(super) async fn in_memory() -> Result<Store, StoreError> {
    let options = SqliteConnectOptions::from_str("sqlite::memory:")?.disable_statement_logging();
    // It lives as long as somebody has it open: this one, whatever becomes of the other.
    let keeper = connect(options.clone(), 1).await?;
    let pool = connect(options, 1).await?;
    migrate(&pool).await?;
    Ok(Store {
        durable: Either::Sqlite(pool.clone()),
        quick: Either::Sqlite(pool.clone()),
        read: Either::Sqlite(pool),
        writing: None,
        keeper: Some(keeper),
    })
}

async fn migrate(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    Ok(sqlx::migrate!("src/store/migrations/sqlite").run(pool).await?)
}

/// Connections that stay.
async fn connect(options: SqliteConnectOptions, count: u32) -> Result<SqlitePool, sqlx::Error> {
    let pool = SqlitePoolOptions::new()
        .max_connections(count)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        // They do not go away by themselves.
        .test_before_acquire(false);
    pool.connect_with(options).await
}

fn make_folder_of(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|reason| StoreError::Folder { path: path.display().to_string(), reason })
}

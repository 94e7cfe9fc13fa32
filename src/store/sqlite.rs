//! Opens a SQLite database for a single process: in a file with write-ahead logging, or in memory.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::Mutex;

use super::backend::Backend;
use super::clock::Clock;
use super::database::Store;
use super::database_lock::DatabaseLock;
use super::error::StoreError;
use super::fences::Fences;
use super::migrations;

/// Number of connections for reading a SQLite file. Readers and writers do not block each other,
/// because the file uses write-ahead logging.
const READERS: u32 = 2;

/// Opens a SQLite file. Creates the file, its folder and its tables if they are missing.
pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    let malformed = |error: sqlx::Error| StoreError::Address { address: address.to_owned(), reason: error.to_string() };
    let options = SqliteConnectOptions::from_str(address).map_err(malformed)?;
    create_parent(options.get_filename())?;
    let database_lock = DatabaseLock::acquire(options.get_filename(), address)?;
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5))
        // Makes SQLite overwrite deleted data with zeros, so that erased questions cannot be
        // recovered from the file.
        .pragma("secure_delete", "ON")
        // Cache size per connection: 512 KiB (a negative number means KiB). A small cache suffices,
        // since most reads fetch recent rows and the operating system caches the file too.
        .pragma("cache_size", "-512")
        .optimize_on_close(true, None)
        .disable_statement_logging();
    let open = |error: sqlx::Error| StoreError::Open { address: address.to_owned(), reason: error.to_string() };
    let durable = connect(options.clone().synchronous(SqliteSynchronous::Full), 1).await.map_err(open)?;
    migrate(&durable).await.map_err(open)?;
    let options = options.synchronous(SqliteSynchronous::Normal);
    let relaxed = connect(options.clone(), 1).await.map_err(open)?;
    let reader = connect(options, READERS).await.map_err(open)?;
    Ok(Store {
        durable: Backend::Sqlite(durable),
        relaxed: Backend::Sqlite(relaxed),
        reader: Backend::Sqlite(reader),
        write_mutex: Some(Arc::new(Mutex::new(()))),
        database_lock,
        clock: Clock::following_system(),
        fences: Fences::new(),
    })
}

/// Opens a SQLite database in memory.
pub(super) async fn in_memory() -> Result<Store, StoreError> {
    let options = SqliteConnectOptions::from_str("sqlite::memory:")?.disable_statement_logging();
    // SQLite deletes an in-memory database when its last connection closes. This extra connection
    // stays open and keeps the database alive.
    let kept_open = connect(options.clone(), 1).await?;
    let pool = connect(options, 1).await?;
    migrate(&pool).await?;
    Ok(Store {
        durable: Backend::Sqlite(pool.clone()),
        relaxed: Backend::Sqlite(pool.clone()),
        reader: Backend::Sqlite(pool),
        write_mutex: None,
        database_lock: Some(DatabaseLock::Memory(kept_open)),
        clock: Clock::following_system(),
        fences: Fences::new(),
    })
}

async fn migrate(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    Ok(migrations::sqlite().run(pool).await?)
}

async fn connect(options: SqliteConnectOptions, count: u32) -> Result<SqlitePool, sqlx::Error> {
    let pool = SqlitePoolOptions::new()
        .max_connections(count)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        // Skips sqlx's test of each connection before use. A connection to a file does not break
        // the way a network connection does.
        .test_before_acquire(false);
    pool.connect_with(options).await
}

fn create_parent(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|reason| StoreError::Folder { path: path.display().to_string(), reason })
}

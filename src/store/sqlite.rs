//! SQLite in a file, with write-ahead logging, or in memory.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::Mutex;

use super::backend::Backend;
use super::clock::Clock;
use super::fences::Fences;
use super::migrations;
use super::{Store, StoreError};

/// How many readers there are beside the writers, who do not hold them up.
const READERS: u32 = 2;

/// Opens a file, making it, its folder and its tables where they are missing.
pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    let wrong = |error: sqlx::Error| StoreError::Address { address: address.to_owned(), reason: error.to_string() };
    let options = SqliteConnectOptions::from_str(address).map_err(wrong)?;
    make_folder_of(options.get_filename())?;
    let lock = lock(options.get_filename(), address)?;
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5))
        // What was asked is overwritten when it is deleted, not just forgotten.
        .pragma("secure_delete", "ON")
        // In KiB, for each connection: what is looked for is what was written lately, and the system keeps the file in memory as well.
        .pragma("cache_size", "-512")
        .optimize_on_close(true, None)
        .disable_statement_logging();
    let open = |error: sqlx::Error| StoreError::Open { address: address.to_owned(), reason: error.to_string() };
    let durable = connect(options.clone().synchronous(SqliteSynchronous::Full), 1).await.map_err(open)?;
    migrate(&durable).await.map_err(open)?;
    let options = options.synchronous(SqliteSynchronous::Normal);
    let quick = connect(options.clone(), 1).await.map_err(open)?;
    let read = connect(options, READERS).await.map_err(open)?;
    Ok(Store {
        durable: Backend::Sqlite(durable),
        quick: Backend::Sqlite(quick),
        read: Backend::Sqlite(read),
        writing: Some(Arc::new(Mutex::new(()))),
        keeper: lock.map(|lock| DatabaseLock::File(Arc::new(lock))),
        clock: Clock::of_this_machine(),
        fences: Fences::new(),
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
        durable: Backend::Sqlite(pool.clone()),
        quick: Backend::Sqlite(pool.clone()),
        read: Backend::Sqlite(pool),
        writing: None,
        keeper: Some(DatabaseLock::Memory(keeper)),
        clock: Clock::of_this_machine(),
        fences: Fences::new(),
    })
}

/// What must be kept as long as a database is used.
#[derive(Debug, Clone)]
pub(super) enum DatabaseLock {
    /// A database in memory lives as long as somebody has it open.
    Memory(SqlitePool),
    /// A file is one process's as long as it has this locked.
    File(Arc<File>),
}

impl DatabaseLock {
    pub async fn release(&self) {
        match self {
            DatabaseLock::Memory(pool) => pool.close().await,
            // It is unlocked with the process at the latest.
            DatabaseLock::File(lock) => drop(lock.unlock()),
        }
    }
}

/// What the name of the file beside the database ends with.
const LOCK: &str = "-lock";

/// Makes sure that no other process has the database: what it has in hand would be taken for a dead one's. The lock is on a file beside it; the system takes it away with the
/// process, however that ends.
fn lock(path: &Path, address: &str) -> Result<Option<File>, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(LOCK);
    // Where the folder cannot be written to, opening the database says so better.
    let Ok(file) = File::create(Path::new(&name)) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Taken { address: address.to_owned() }),
        // Some file systems have no locks.
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

async fn migrate(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    Ok(migrations::sqlite().run(pool).await?)
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

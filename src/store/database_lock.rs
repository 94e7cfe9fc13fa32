//! What a process holds as long as it uses a SQLite database.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::SqlitePool;

use super::error::StoreError;

/// The lock file's name is the database's with this suffix.
const LOCK_SUFFIX: &str = "-lock";

#[derive(Debug, Clone)]
pub(super) enum DatabaseLock {
    /// A database in memory lives as long as a connection to it is open.
    Memory(SqlitePool),
    /// A database in a file belongs to the process that locks the file beside it.
    File(Arc<File>),
}

impl DatabaseLock {
    /// Makes sure that no other process uses the database: it would take our live leases for those
    /// of a dead process. The system releases the lock with the process, however that ends.
    pub fn acquire(path: &Path, address: &str) -> Result<Option<DatabaseLock>, StoreError> {
        let mut name = path.as_os_str().to_owned();
        name.push(LOCK_SUFFIX);
        // If the folder is not writable, opening the database reports it better.
        let Ok(file) = File::create(Path::new(&name)) else { return Ok(None) };
        match file.try_lock() {
            Ok(()) => Ok(Some(DatabaseLock::File(Arc::new(file)))),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { address: address.to_owned() }),
            // Some file systems have no locks.
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }

    pub async fn release(&self) {
        match self {
            DatabaseLock::Memory(pool) => pool.close().await,
            // If unlocking fails, the end of the process unlocks it.
            DatabaseLock::File(file) => drop(file.unlock()),
        }
    }
}

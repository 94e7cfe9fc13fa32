//! A lock that keeps a second process from opening the same SQLite database.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::SqlitePool;

use super::error::StoreError;

/// Suffix of the lock file's name. For example, the lock file of `footnote.db` is
/// `footnote.db-lock`.
const LOCK_SUFFIX: &str = "-lock";

#[derive(Debug, Clone)]
pub(super) enum DatabaseLock {
    /// For a database in memory: a connection that keeps the database alive. SQLite deletes such a
    /// database when its last connection closes.
    Memory(SqlitePool),
    /// For a database file: the locked file next to it. Only the process that holds the lock may
    /// use the database.
    File(Arc<File>),
}

impl DatabaseLock {
    /// Locks the database file, so that no second process can open it. A second process would
    /// re-queue all leased rows at its start, although this process still handles them. The
    /// operating system releases the lock when the process exits or crashes.
    pub fn acquire(path: &Path, address: &str) -> Result<Option<DatabaseLock>, StoreError> {
        let mut name = path.as_os_str().to_owned();
        name.push(LOCK_SUFFIX);
        // Continues without a lock if the lock file cannot be created, for example in a read-only
        // folder. Opening the database then returns a clearer error.
        let Ok(file) = File::create(Path::new(&name)) else { return Ok(None) };
        match file.try_lock() {
            Ok(()) => Ok(Some(DatabaseLock::File(Arc::new(file)))),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { address: address.to_owned() }),
            // Continues without a lock if the file system does not support locks.
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }

    pub async fn release(&self) {
        match self {
            DatabaseLock::Memory(pool) => pool.close().await,
            // Ignores an error of `unlock`, because the operating system releases the lock when the
            // process exits.
            DatabaseLock::File(file) => drop(file.unlock()),
        }
    }
}

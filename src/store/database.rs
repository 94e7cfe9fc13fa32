//! The handle to the database: its connection pools, its clock, and the lock that makes writers
//! take turns.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::backend::Pool;
use super::clock::{Clock, Millis};
use super::database_lock::DatabaseLock;
use super::error::StoreError;
use super::fences::Fences;

/// The longest that a statement or a transaction may take. PostgreSQL's own timeouts are shorter.
const TIMEOUT: Duration = Duration::from_secs(15);

/// This process's turn to write. SQLite allows one writer at a time and makes the others retry
/// after growing pauses; a fair queue is faster.
pub(super) type WriteGuard = Option<OwnedMutexGuard<()>>;

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    /// Every commit waits for the disk.
    pub(super) durable: Pool,
    /// Commits do not wait for the disk: for work that may be repeated after a crash.
    pub(super) relaxed: Pool,
    pub(super) reader: Pool,
    /// Only SQLite has it: see [`WriteGuard`].
    pub(super) write_mutex: Option<Arc<Mutex<()>>>,
    pub(super) database_lock: Option<DatabaseLock>,
    pub(super) clock: Clock,
    pub(super) fences: Fences,
}

impl Store {
    /// The current time by the clock that all times in rows follow. It never jumps.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Waits for this process's turn to write.
    pub(super) async fn write_guard(&self) -> WriteGuard {
        match &self.write_mutex {
            Some(mutex) => Some(Arc::clone(mutex).lock_owned().await),
            None => None,
        }
    }

    /// Fails when the database does not answer in time.
    pub(super) async fn with_timeout<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        tokio::time::timeout(TIMEOUT, work).await.unwrap_or(Err(StoreError::Timeout(TIMEOUT)))
    }

    /// Flushes everything and closes the database.
    pub async fn close(&self) {
        self.reader.close().await;
        self.relaxed.close().await;
        self.durable.close().await;
        if let Some(lock) = &self.database_lock {
            lock.release().await;
        }
    }
}

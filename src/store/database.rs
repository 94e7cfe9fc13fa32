//! The database handle, `Store`. The handle contains the connection pools, the clock, and a mutex
//! that serializes the writers of SQLite.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::backend::Pool;
use super::clock::{Clock, Millis};
use super::database_lock::DatabaseLock;
use super::error::StoreError;
use super::fences::Fences;

/// Time limit for a transaction or a single statement. Longer than PostgreSQL's own
/// `statement_timeout`, which is 10 seconds.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Permission to write to a SQLite file: the locked mutex of the store. Only one task of this
/// process has the permission at a time. Without the mutex, SQLite would make waiting writers poll
/// with growing pauses, which is slower. `None` for PostgreSQL and for SQLite in memory, which need
/// no mutex.
pub(super) type WriteGuard = Option<OwnedMutexGuard<()>>;

/// A handle to the database. Clones share the same connections.
#[derive(Debug, Clone)]
pub struct Store {
    /// Connections on which every commit waits until the data is on disk. Used to store the updates
    /// that Telegram sends.
    pub(super) durable: Pool,
    /// Connections on which commits do not wait for the disk. Used only for writes that can be
    /// repeated after a crash.
    pub(super) relaxed: Pool,
    pub(super) reader: Pool,
    /// The mutex that is locked while a [`WriteGuard`] exists. A task must lock the mutex before it
    /// writes to the SQLite file. `None` for PostgreSQL and for SQLite in memory.
    pub(super) write_mutex: Option<Arc<Mutex<()>>>,
    pub(super) database_lock: Option<DatabaseLock>,
    pub(super) clock: Clock,
    pub(super) fences: Fences,
}

impl Store {
    /// Returns the current time, in milliseconds since 1970 UTC. All times in database rows come
    /// from this clock. It advances with the monotonic clock, so a change of the system time does
    /// not make a lease expire early.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Waits until no other task of this process writes to the SQLite file. The caller may write
    /// until the returned guard is dropped.
    pub(super) async fn write_guard(&self) -> WriteGuard {
        match &self.write_mutex {
            Some(mutex) => Some(Arc::clone(mutex).lock_owned().await),
            None => None,
        }
    }

    /// Waits for a database operation. Returns [`StoreError::Timeout`] if the operation takes
    /// longer than [`TIMEOUT`].
    pub(super) async fn with_timeout<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        tokio::time::timeout(TIMEOUT, work).await.unwrap_or(Err(StoreError::Timeout(TIMEOUT)))
    }

    /// Closes all database connections and releases the lock on the SQLite file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.relaxed.close().await;
        self.durable.close().await;
        if let Some(lock) = &self.database_lock {
            lock.release().await;
        }
    }
}

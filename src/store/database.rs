//! The database handle. It contains the connection pools, the clock, and a mutex that serializes
//! writers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::backend::Pool;
use super::clock::{Clock, Millis};
use super::database_lock::DatabaseLock;
use super::error::StoreError;
use super::fences::Fences;

/// Time limit for a statement or a transaction. PostgreSQL's own `statement_timeout` is shorter, 10
/// seconds.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Permission to write, held by one task of this process at a time. SQLite allows one writer at a
/// time and makes other writers poll with growing pauses. A fair mutex is faster. `None` if the
/// database needs no mutex.
pub(super) type WriteGuard = Option<OwnedMutexGuard<()>>;

/// A handle to the database. Clones share the same connections.
#[derive(Debug, Clone)]
pub struct Store {
    /// Connections on which every commit waits until the data is on disk.
    pub(super) durable: Pool,
    /// Connections on which commits do not wait for the disk. Only for writes that can be repeated
    /// after a crash.
    pub(super) relaxed: Pool,
    pub(super) reader: Pool,
    /// Serializes the writers of a SQLite file: see [`WriteGuard`]. `None` for PostgreSQL and for
    /// SQLite in memory.
    pub(super) write_mutex: Option<Arc<Mutex<()>>>,
    pub(super) database_lock: Option<DatabaseLock>,
    pub(super) clock: Clock,
    pub(super) fences: Fences,
}

impl Store {
    /// The current time, in milliseconds since 1970 UTC. This clock never jumps. All times in rows
    /// use it.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Waits until this task may write, and returns the permission.
    pub(super) async fn write_guard(&self) -> WriteGuard {
        match &self.write_mutex {
            Some(mutex) => Some(Arc::clone(mutex).lock_owned().await),
            None => None,
        }
    }

    /// Returns [`StoreError::Timeout`] if `work` takes longer than [`TIMEOUT`].
    pub(super) async fn with_timeout<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        tokio::time::timeout(TIMEOUT, work).await.unwrap_or(Err(StoreError::Timeout(TIMEOUT)))
    }

    /// Closes all connections and releases the lock on the database file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.relaxed.close().await;
        self.durable.close().await;
        if let Some(lock) = &self.database_lock {
            lock.release().await;
        }
    }
}

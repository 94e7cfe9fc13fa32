//! Periodic maintenance of the database: expires waiting rows, deletes old rows, and synchronizes
//! the clock with the database server.

use std::time::Duration;

use tokio::time::Instant;

use crate::health::metrics;
use crate::store::{Store, StoreError};

const EXPIRE_EVERY: Duration = Duration::from_secs(1);
/// How often old rows are deleted and the clock is synchronized with the database server.
const PRUNE_EVERY: Duration = Duration::from_secs(60);
/// Maximum number of inbox rows deleted at once. A larger batch would hold the write lock longer
/// and delay answers.
const PRUNE_BATCH: i64 = 5_000;

#[derive(Default)]
pub(super) struct Maintenance {
    expired_at: Option<Instant>,
    pruned_at: Option<Instant>,
}

impl Maintenance {
    /// Runs the maintenance tasks that are due.
    pub async fn run(&mut self, store: &Store) -> Result<(), StoreError> {
        let is_due = |at: Option<Instant>, every| at.is_none_or(|at| at.elapsed() >= every);
        if is_due(self.expired_at, EXPIRE_EVERY) {
            self.expired_at = Some(Instant::now());
            let rows = store.expire(store.now()).await.inspect_err(|error| {
                tracing::error!(%error, "could not expire old inbox rows; retrying");
            })?;
            if rows > 0 {
                tracing::warn!(rows, "dropped expired updates: nobody waits for their answers any more");
                metrics::rows_expired(rows);
            }
        }
        if is_due(self.pruned_at, PRUNE_EVERY) {
            self.pruned_at = Some(Instant::now());
            store.set_clock().await;
            let rows = store.prune(store.now(), PRUNE_BATCH).await.inspect_err(|error| {
                tracing::error!(%error, "could not delete old rows; retrying in a minute");
            })?;
            if i64::try_from(rows) == Ok(PRUNE_BATCH) {
                // A full batch means that more old rows may be left. Deletes them at the next call.
                self.pruned_at = None;
            }
        }
        Ok(())
    }
}

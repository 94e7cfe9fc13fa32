//! Leases rows of the inbox to workers. A worker owns a leased row until it completes the row, or
//! until the lease expires (visibility timeout).

use super::backend::{Backend, execute, rows};
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;

/// An inbox row that a worker owns until it completes the row or the lease expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub update_id: i64,
    pub ordering_key: i64,
    /// The fencing token of this lease. Each lease of a row has a different token. Once another
    /// worker has leased the row, this token can no longer complete it.
    pub fence: i64,
    /// Number of attempts to handle the row, including this one. Postponed attempts are not
    /// counted.
    pub attempts: i64,
    pub received_at: Millis,
    pub payload: String,
}

/// Expands to SQL that leases the oldest open row of each ordering key, if that row is due and not
/// leased. `$lock` is `FOR UPDATE SKIP LOCKED` for PostgreSQL, which skips rows that another
/// statement is changing.
macro_rules! lease {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (
               SELECT i.update_id AS due_id FROM inbox i
               WHERE i.state < 2 AND (i.state = 0 OR i.lease_until <= $5) AND i.not_before <= $1
                 AND NOT EXISTS (SELECT 1 FROM inbox j WHERE j.lane = i.lane AND j.state < 2 AND j.update_id < i.update_id)
               ORDER BY i.update_id LIMIT $3 ",
            $lock,
            ")
             UPDATE inbox SET state = 1, fence = $4, attempts = attempts + 1, lease_until = $2
             FROM due WHERE update_id = due_id RETURNING update_id, lane, attempts, received_at, payload"
        )
    };
}

impl Store {
    /// Leases up to `limit` inbox rows until the time `lease_until`. Takes only the oldest open row
    /// of each ordering key, and only if that row is due. Rows whose earlier lease has expired are
    /// leased again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease(&self, now: Millis, lease_until: Millis, limit: i64) -> Result<Vec<Lease>, StoreError> {
        self.lease_expired_by(now, now, lease_until, limit).await
    }

    /// Like `lease`, but does not take over a row that is already leased, even if that lease has
    /// expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_unheld(&self, now: Millis, lease_until: Millis, limit: i64) -> Result<Vec<Lease>, StoreError> {
        self.lease_expired_by(now, Millis::MIN, lease_until, limit).await
    }

    /// Leases due inbox rows, including leased rows whose lease expired at or before `expired_by`.
    async fn lease_expired_by(
        &self,
        now: Millis,
        expired_by: Millis,
        lease_until: Millis,
        limit: i64,
    ) -> Result<Vec<Lease>, StoreError> {
        let _guard = self.write_guard().await;
        let fence = self.fences.next();
        let leased = Store::with_timeout(self.lease_with_fence(fence, now, expired_by, lease_until, limit)).await;
        leased.inspect_err(|_| self.fences.mark_orphaned(fence))
    }

    async fn lease_with_fence(
        &self,
        fence: i64,
        now: Millis,
        expired_by: Millis,
        lease_until: Millis,
        limit: i64,
    ) -> Result<Vec<Lease>, StoreError> {
        let statement = match &self.relaxed {
            Backend::Sqlite(_) => lease!(""),
            Backend::Postgres(_) => lease!("FOR UPDATE SKIP LOCKED"),
        };
        let leased: Vec<(i64, i64, i64, Millis, Option<String>)> =
            rows!(&self.relaxed, statement, now, lease_until, limit, fence, expired_by)?;
        let lease = |(update_id, ordering_key, attempts, received_at, payload): (_, _, _, _, Option<String>)| Lease {
            update_id,
            ordering_key,
            fence,
            attempts,
            received_at,
            payload: payload.unwrap_or_default(),
        };
        let mut leases: Vec<Lease> = leased.into_iter().map(lease).collect();
        leases.sort_by_key(|lease| lease.update_id);
        Ok(leases)
    }

    /// Re-queues inbox rows that this process leased with a statement whose response was lost.
    /// Otherwise the rows would wait until their leases expire.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn requeue_orphaned_leases(&self) -> Result<(), StoreError> {
        if self.fences.last_orphaned().is_none() {
            return Ok(());
        }
        let _guard = self.write_guard().await;
        while let Some(fence) = self.fences.last_orphaned() {
            let requeue =
                "UPDATE inbox SET state = 0, attempts = attempts - 1 WHERE state < 2 AND state = 1 AND fence = $1";
            let rows = Store::with_timeout(async { Ok(execute!(&self.relaxed, requeue, fence)?) }).await?;
            if rows > 0 {
                tracing::info!(rows, "re-queued rows whose lease response was lost");
            }
            self.fences.mark_requeued(fence);
        }
        Ok(())
    }

    /// Re-queues the inbox rows that the previous process had leased. Call this at the start of a
    /// process. Does nothing with PostgreSQL, where other processes may still be handling leased
    /// rows. Returns the number of re-queued rows.
    ///
    /// With SQLite, also limits the delay of waiting rows to one minute. The system clock may have
    /// been set back since the rows were delayed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_leases(&self, now: Millis) -> Result<u64, StoreError> {
        const MAX_WAIT: Millis = 60_000;
        match &self.relaxed {
            Backend::Sqlite(_) => {
                execute!(
                    &self.relaxed,
                    "UPDATE inbox SET not_before = $1 WHERE state < 2 AND not_before > $1",
                    now + MAX_WAIT
                )?;
                Ok(execute!(&self.relaxed, "UPDATE inbox SET state = 0 WHERE state = 1")?)
            }
            Backend::Postgres(_) => Ok(0),
        }
    }
}

//! Expires inbox rows that are too old to answer, and deletes data at the end of its retention
//! period.

use super::backend::execute;
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;

/// How long a completed inbox row is kept, in milliseconds, so that an update that Telegram repeats
/// is recognized. The value is twice the 24 hours for which Telegram repeats updates.
const KEEP_DONE: Millis = 48 * 60 * 60 * 1000;
/// How long a dead letter and its payload are kept: 7 days, in milliseconds.
const KEEP_DEAD_LETTERS: Millis = 7 * 24 * 60 * 60 * 1000;

impl Store {
    /// Closes inbox rows that still wait after their expiry time. Returns the number of closed
    /// rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire(&self, now: Millis) -> Result<u64, StoreError> {
        let _guard = self.write_guard().await;
        Store::with_timeout(async {
            // `state = 0` selects waiting rows. `state < 2` selects no other rows, but lets the
            // database use the partial index of open rows.
            let expire = "UPDATE inbox SET state = 2, payload = NULL, lease_until = $1 WHERE state < 2 AND state = 0 AND expires_at <= $1";
            Ok(execute!(&self.relaxed, expire, now)?)
        })
        .await
    }

    /// Deletes up to `limit` closed inbox rows: completed rows after 48 hours, dead letters after a
    /// week. Also deletes conversations, ratings, logged decisions, answer links and group settings
    /// at the end of their retention periods. Returns the number of deleted inbox rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune(&self, now: Millis, limit: i64) -> Result<u64, StoreError> {
        let _guard = self.write_guard().await;
        Store::with_timeout(self.prune_all(now, limit)).await
    }

    async fn prune_all(&self, now: Millis, limit: i64) -> Result<u64, StoreError> {
        let rows = execute!(
            &self.relaxed,
            "DELETE FROM inbox WHERE update_id IN (SELECT update_id FROM inbox
               WHERE state >= 2 AND lease_until <= $1 AND (state <> 3 OR lease_until <= $2) ORDER BY lease_until LIMIT $3)",
            now - KEEP_DONE,
            now - KEEP_DEAD_LETTERS,
            limit
        )?;
        self.prune_groups(now).await?;
        self.prune_chats(now).await?;
        self.prune_ratings(now).await?;
        self.prune_turns(now).await?;
        execute!(&self.relaxed, "DELETE FROM answers WHERE at <= $1", now - KEEP_DONE)?;
        Ok(rows)
    }
}

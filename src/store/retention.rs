//! Expires rows that nobody waits for, and deletes what has been kept long enough.

use super::backend::execute;
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;

/// How long a done row is kept so that a repeated update is recognized: twice as long as Telegram
/// repeats.
const KEEP_DONE: Millis = 48 * 60 * 60 * 1000;
/// How long a dead letter is kept, with its payload.
const KEEP_DEAD_LETTERS: Millis = 7 * 24 * 60 * 60 * 1000;

impl Store {
    /// Closes waiting rows past their expiry. Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire(&self, now: Millis) -> Result<u64, StoreError> {
        let _guard = self.write_guard().await;
        Store::with_timeout(async {
            // `state < 2` is the condition of the index of open rows; `state = 0` leaves out leased
            // ones.
            let expire = "UPDATE inbox SET state = 2, payload = NULL, lease_until = $1 WHERE state < 2 AND state = 0 AND expires_at <= $1";
            Ok(execute!(&self.relaxed, expire, now)?)
        })
        .await
    }

    /// Deletes up to `limit` closed rows: done ones after 48 hours, dead letters after a week.
    /// Deletes old conversations, ratings, decisions and settings too. Returns how many rows of the
    /// queue it deleted.
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

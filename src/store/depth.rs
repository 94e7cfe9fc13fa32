//! How full the queue is, and when its next row is due.

use super::backend::row;
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;

/// How full the queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Rows that wait or are leased.
    pub open: i64,
    /// The age of the oldest due row, in milliseconds. A row behind another of its ordering key is
    /// not due.
    pub lag: Millis,
}

impl Store {
    /// How full the queue is now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn depth(&self, now: Millis) -> Result<Depth, StoreError> {
        let depth = "SELECT COUNT(*), MIN(CASE WHEN not_before <= $1
                   AND NOT EXISTS (SELECT 1 FROM inbox j WHERE j.lane = i.lane AND j.state < 2 AND j.update_id < i.update_id)
                 THEN received_at END) FROM inbox i WHERE state < 2";
        let row: Option<(i64, Option<Millis>)> =
            Store::with_timeout(async { Ok(row!(&self.reader, depth, now)?) }).await?;
        let (open, oldest) = row.unwrap_or_default();
        Ok(Depth { open, lag: oldest.map_or(0, |oldest| now - oldest) })
    }

    /// When the next open row is due, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        let due: Option<(Option<Millis>,)> = row!(
            &self.reader,
            "SELECT MIN(CASE WHEN state = 1 AND lease_until > not_before THEN lease_until ELSE not_before END) FROM inbox i
             WHERE state < 2
               AND NOT EXISTS (SELECT 1 FROM inbox j WHERE j.lane = i.lane AND j.state < 2 AND j.update_id < i.update_id)"
        )?;
        Ok(due.and_then(|(due,)| due))
    }
}

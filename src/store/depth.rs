//! Measures how many rows of the inbox are open, how long the oldest has waited, and when the next
//! is due.

use super::backend::row;
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;

/// The number of open inbox rows, and how long the oldest due row has waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Number of open inbox rows: those that wait and those that a worker has leased.
    pub open: i64,
    /// How long ago the oldest due row was received, in milliseconds; 0 if no row is due. A row is
    /// not due while an older row with the same ordering key is open.
    pub lag: Millis,
}

impl Store {
    /// Returns the number of open inbox rows and the age of the oldest due row, at the time `now`.
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

    /// Returns the earliest time at which an inbox row is due, or `None` if no row is open.
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

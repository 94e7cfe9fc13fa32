//! Measures the inbox: the number of rows that are not handled yet, the age of the oldest row that
//! could be handled now, and the time at which the next row can be handled.

use super::backend::row;
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;

/// The number of inbox rows that are not handled yet, and the age of the oldest row that could be
/// handled now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Number of open inbox rows: rows that wait, and rows that a worker has leased.
    pub open: i64,
    /// The age of the oldest due row, in milliseconds since the row was received; 0 if no row is
    /// due. A row is not due while it waits for a retry, or while an older row with the same
    /// ordering key is open.
    pub lag: Millis,
}

impl Store {
    /// Returns the number of open inbox rows, and the age of the oldest due row at the time `now`.
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

    /// Returns the earliest time at which a worker can lease an inbox row, or `None` if all rows
    /// are handled.
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

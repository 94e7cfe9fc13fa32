//! How a row in hand ends: done with what that leaves behind, back in the inbox, or set aside. Many at once, since many end at once and a commit is what costs.

use std::collections::HashSet;

use super::backend::{execute, rows_of_all};
use super::{Effects, Lease, Millis, Store, StoreError, chats};

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is handled. What that leaves behind is written in the same transaction.
    Done(Box<Effects>),
    /// It is due again then; the attempt says nothing about the row (we were told to wait) and does not count.
    Wait(Millis),
    /// It is due again then, and the attempt counts.
    Again(Millis),
    /// It is set aside, with its payload for whoever looks into it within a week.
    DeadLettered,
}

/// The end of a lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// The row.
    pub update_id: i64,
    /// Which lease of it.
    pub fence: i64,
    /// How it ended.
    pub outcome: Outcome,
}

impl Lease {
    /// The end of this lease.
    #[must_use]
    pub fn settled(&self, outcome: Outcome) -> Completion {
        Completion { update_id: self.update_id, fence: self.fence, outcome }
    }
}

impl Store {
    /// Settles rows in hand, all or none. Of a row that is no longer ours nothing is written; says of each whether it was ours.
    ///
    /// # Errors
    /// When the database fails; then nothing is settled.
    pub async fn complete(&self, batch: &[Completion], now: Millis) -> Result<Vec<bool>, StoreError> {
        Store::within(self.settle_whole(batch, now)).await
    }

    async fn settle_whole(&self, batch: &[Completion], now: Millis) -> Result<Vec<bool>, StoreError> {
        let mut work = self.begin(&self.quick).await?;
        let mut ours = HashSet::new();
        let done: Vec<&Completion> = batch.iter().filter(|s| matches!(s.outcome, Outcome::Done(_))).collect();
        if !done.is_empty() {
            let closed: Vec<(i64,)> = rows_of_all!(
                work.on(),
                format!("UPDATE inbox SET state = 2, payload = NULL, lease_until = {now} FROM ("),
                done,
                |settlement| (settlement.update_id, settlement.fence),
                ") AS held WHERE state = 1 AND update_id = held.column1 AND fence = held.column2 RETURNING update_id"
            )?;
            ours.extend(closed.into_iter().map(|(id,)| id));
        }
        for Completion { update_id, fence, outcome } in batch {
            let changed = match outcome {
                Outcome::Done(_) => continue,
                Outcome::Wait(until) => execute!(
                    work.on(),
                    "UPDATE inbox SET state = 0, not_before = $3, attempts = attempts - 1 WHERE update_id = $1 AND fence = $2 AND state = 1",
                    update_id,
                    fence,
                    until
                )?,
                Outcome::Again(until) => execute!(
                    work.on(),
                    "UPDATE inbox SET state = 0, not_before = $3 WHERE update_id = $1 AND fence = $2 AND state = 1",
                    update_id,
                    fence,
                    until
                )?,
                Outcome::DeadLettered => execute!(
                    work.on(),
                    "UPDATE inbox SET state = 3, lease_until = $3 WHERE update_id = $1 AND fence = $2 AND state = 1",
                    update_id,
                    fence,
                    now
                )?,
            };
            if changed == 1 {
                ours.insert(*update_id);
            }
        }
        let is_ours = |settlement: &&Completion| ours.contains(&settlement.update_id);
        let records: Vec<&Effects> = batch.iter().filter(is_ours).filter_map(Completion::record).collect();
        chats::write(&mut work, &records, now).await?;
        work.commit().await?;
        Ok(batch.iter().map(|settlement| is_ours(&settlement)).collect())
    }
}

impl Completion {
    /// Does it forget somebody?
    #[must_use]
    pub fn forgets(&self) -> bool {
        self.record().is_some_and(|record| record.forget.is_some())
    }

    fn record(&self) -> Option<&Effects> {
        if let Outcome::Done(record) = &self.outcome { Some(record) } else { None }
    }
}

//! Completes leases: acknowledges the row with its effects, puts it back for a retry, or
//! dead-letters it. A batch shares one commit, because commits are what costs.

use std::collections::HashSet;

use super::backend::{execute, rows_of_all};
use super::clock::Millis;
use super::database::Store;
use super::effects::{self, Effects};
use super::error::StoreError;
use super::lease::Lease;

/// How the handling of a row ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Handled. Its effects are written in the same transaction.
    Done(Box<Effects>),
    /// Due again then. The attempt does not count: the row is not at fault, we were told to wait.
    Postponed(Millis),
    /// Due again then. The attempt counts.
    Retry(Millis),
    /// Set aside as a dead letter. Its payload is kept for a week, for whoever looks into it.
    DeadLettered,
}

/// The end of a lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    pub update_id: i64,
    /// The lease's fencing token.
    pub fence: i64,
    pub outcome: Outcome,
}

impl Lease {
    #[must_use]
    pub fn completion(&self, outcome: Outcome) -> Completion {
        Completion { update_id: self.update_id, fence: self.fence, outcome }
    }
}

impl Store {
    /// Completes leases, all or none. Returns for each whether it was still ours; if not, nothing
    /// of it is written.
    ///
    /// # Errors
    /// When the database fails; then nothing is completed.
    pub async fn complete(&self, batch: &[Completion], now: Millis) -> Result<Vec<bool>, StoreError> {
        Store::with_timeout(self.complete_batch(batch, now)).await
    }

    async fn complete_batch(&self, batch: &[Completion], now: Millis) -> Result<Vec<bool>, StoreError> {
        let mut transaction = self.begin(&self.relaxed).await?;
        let mut ours = HashSet::new();
        let done: Vec<&Completion> = batch.iter().filter(|s| matches!(s.outcome, Outcome::Done(_))).collect();
        if !done.is_empty() {
            let completed: Vec<(i64,)> = rows_of_all!(
                transaction.executor(),
                format!("UPDATE inbox SET state = 2, payload = NULL, lease_until = {now} FROM ("),
                done,
                |completion| (completion.update_id, completion.fence),
                ") AS held WHERE state = 1 AND update_id = held.column1 AND fence = held.column2 RETURNING update_id"
            )?;
            ours.extend(completed.into_iter().map(|(id,)| id));
        }
        for Completion { update_id, fence, outcome } in batch {
            let changed = match outcome {
                Outcome::Done(_) => continue,
                Outcome::Postponed(until) => execute!(
                    transaction.executor(),
                    "UPDATE inbox SET state = 0, not_before = $3, attempts = attempts - 1 WHERE update_id = $1 AND fence = $2 AND state = 1",
                    update_id,
                    fence,
                    until
                )?,
                Outcome::Retry(until) => execute!(
                    transaction.executor(),
                    "UPDATE inbox SET state = 0, not_before = $3 WHERE update_id = $1 AND fence = $2 AND state = 1",
                    update_id,
                    fence,
                    until
                )?,
                Outcome::DeadLettered => execute!(
                    transaction.executor(),
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
        let is_ours = |completion: &&Completion| ours.contains(&completion.update_id);
        let effects: Vec<&Effects> = batch.iter().filter(is_ours).filter_map(Completion::effects).collect();
        effects::write(&mut transaction, &effects, now).await?;
        transaction.commit().await?;
        Ok(batch.iter().map(|completion| is_ours(&completion)).collect())
    }
}

impl Completion {
    /// Does it erase somebody's data?
    #[must_use]
    pub fn erases(&self) -> bool {
        self.effects().is_some_and(|effects| effects.forget.is_some())
    }

    fn effects(&self) -> Option<&Effects> {
        if let Outcome::Done(effects) = &self.outcome { Some(effects) } else { None }
    }
}

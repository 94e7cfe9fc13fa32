//! Completes the leases of inbox rows. A row is either acknowledged together with its effects, put
//! back for a retry, or dead-lettered. The rows of a batch share one commit, because the commit is
//! the expensive part.

use std::collections::HashSet;

use super::backend::{execute, rows_of_all};
use super::clock::Millis;
use super::database::Store;
use super::effects::{self, Effects};
use super::error::StoreError;
use super::lease::Lease;

/// The outcome of handling an inbox row, which contains one update from Telegram.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The row was handled successfully. Its effects are written in the same transaction that
    /// acknowledges the row.
    Done(Box<Effects>),
    /// The row is due again at this time. The attempt does not count towards the row's limit of
    /// attempts, because the row is not at fault. For example, Telegram's rate limit delayed the
    /// reply.
    Postponed(Millis),
    /// The row is due again at this time. The attempt counts towards the row's limit of attempts.
    Retry(Millis),
    /// The row becomes a dead letter, which no worker handles again. The payload is kept for a
    /// week, so that the operator can investigate.
    DeadLettered,
}

/// The end of a lease: identifies the lease, and says what becomes of its inbox row.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    pub update_id: i64,
    /// The fencing token of the lease. The store ignores the completion if the row has been leased
    /// again since, with another token.
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
    /// Completes the leases of the batch in one transaction. Returns for each completion whether
    /// its lease was still held. A completion without a held lease changes nothing.
    ///
    /// # Errors
    /// When the database fails. Then no lease is completed.
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
    /// Returns true if the effects of the row erase the data of a person or group (`/forget`).
    #[must_use]
    pub fn erases(&self) -> bool {
        self.effects().is_some_and(|effects| effects.forget.is_some())
    }

    fn effects(&self) -> Option<&Effects> {
        if let Outcome::Done(effects) = &self.outcome { Some(effects) } else { None }
    }
}

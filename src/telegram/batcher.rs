//! Collects updates that the webhook receives at about the same time into one batch. One commit
//! stores the whole batch, because a commit that waits for the disk is expensive.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::intake::{Intake, UpdateSource};
use crate::health::HealthState;

/// Maximum number of updates in one batch, the same as for `getUpdates`.
const MAX_AT_ONCE: usize = 100;

/// Passes updates from the webhook server to the task that stores them in the inbox.
pub(super) struct Batcher(mpsc::UnboundedSender<PendingUpdate>);

struct PendingUpdate {
    update: String,
    is_kept: oneshot::Sender<bool>,
}

impl Batcher {
    /// Returns a batcher, and the future that stores its updates in the inbox. The future runs
    /// until the batcher is dropped.
    pub fn begin(intake: Intake, health: Arc<HealthState>) -> (Batcher, impl Future<Output = ()> + Send) {
        let (tray, brought) = mpsc::unbounded_channel();
        (Batcher(tray), work(intake, health, brought))
    }

    /// Passes an update to the task that stores updates, and waits. Returns true once the update is
    /// stored, or false if storing failed.
    pub async fn keep(&self, update: String) -> bool {
        let (is_kept, kept) = oneshot::channel();
        self.0.send(PendingUpdate { update, is_kept }).is_ok() && kept.await.unwrap_or(false)
    }
}

async fn work(intake: Intake, health: Arc<HealthState>, mut brought: mpsc::UnboundedReceiver<PendingUpdate>) {
    let mut batch = Vec::new();
    while brought.recv_many(&mut batch, MAX_AT_ONCE).await > 0 {
        let (updates, waiting): (Vec<_>, Vec<_>) = batch.drain(..).map(|b| (b.update, b.is_kept)).unzip();
        for (waiting, is_kept) in waiting.into_iter().zip(keep(&intake, &updates).await) {
            health.stored(is_kept, intake.now());
            if is_kept {
                health.fetched(intake.now());
            }
            // The request may already be closed, so that nobody waits for the result. Telegram then
            // sends the update again, because it got no 200.
            let _ = waiting.send(is_kept);
        }
    }
}

/// Stores the updates in the inbox with one transaction. If the database rejects the content of an
/// update, stores each update separately. Returns for each update whether it is stored.
async fn keep(intake: &Intake, updates: &[String]) -> Vec<bool> {
    let all: Vec<&str> = updates.iter().map(String::as_str).collect();
    match intake.take(&all, UpdateSource::Webhook).await {
        // Also returns true for updates without an `update_id`. Such updates cannot be stored, and
        // Telegram would send them again forever.
        Ok(_) => return vec![true; all.len()],
        Err(error) if error.is_about_content() && all.len() > 1 => {}
        Err(error) => {
            tracing::error!(%error, updates = all.len(), "could not store updates from the webhook; Telegram will send them again");
            return vec![false; all.len()];
        }
    }
    let mut kept = Vec::with_capacity(all.len());
    for update in all {
        let outcome = intake.take(&[update], UpdateSource::Webhook).await;
        kept.push(outcome.inspect_err(|error| tracing::error!(%error, "could not store an update from the webhook; Telegram will send it again")).is_ok());
    }
    kept
}

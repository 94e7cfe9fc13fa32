//! Collects webhook updates that arrive at the same time into one batch. A commit that waits for
//! the disk is expensive, so one commit stores the whole batch.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::intake::{Intake, UpdateSource};
use crate::health::HealthState;

/// Maximum number of updates in one batch. Telegram also returns at most 100 updates per
/// `getUpdates` call.
const MAX_AT_ONCE: usize = 100;

/// Sends webhook updates to the task that stores updates in the inbox.
pub(super) struct Batcher(mpsc::UnboundedSender<PendingUpdate>);

struct PendingUpdate {
    update: String,
    is_kept: oneshot::Sender<bool>,
}

impl Batcher {
    /// Returns a batcher and the future that stores its updates. The future runs until the batcher
    /// is dropped.
    pub fn begin(intake: Intake, health: Arc<HealthState>) -> (Batcher, impl Future<Output = ()> + Send) {
        let (tray, brought) = mpsc::unbounded_channel();
        (Batcher(tray), work(intake, health, brought))
    }

    /// Passes an update to the storing task and waits. Returns true once the update is stored, or
    /// false if storing failed.
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
            // The client may have closed its request. Telegram then sends the update again, because
            // Telegram got no 200.
            let _ = waiting.send(is_kept);
        }
    }
}

/// Stores the updates in one transaction. If the database rejects the content of an update, stores
/// each update separately. Returns one result for each update.
async fn keep(intake: &Intake, updates: &[String]) -> Vec<bool> {
    let all: Vec<&str> = updates.iter().map(String::as_str).collect();
    match intake.take(&all, UpdateSource::Webhook).await {
        // Also confirms updates without an `update_id`. Such updates cannot be stored, and Telegram
        // would send them again forever.
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

//! Updates that are brought at the same time, kept together: a commit that waits for the disk is
//! what costs, and one does for all of them.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::intake::{Intake, UpdateSource};
use crate::health::HealthState;

/// As many updates at once as Telegram gives to whoever fetches.
const MAX_AT_ONCE: usize = 100;

/// Where updates are handed in.
pub(super) struct Batcher(mpsc::UnboundedSender<PendingUpdate>);

struct PendingUpdate {
    update: String,
    is_kept: oneshot::Sender<bool>,
}

impl Batcher {
    /// A place to hand updates in, and whoever keeps them until nobody can hand in any more.
    pub fn begin(intake: Intake, health: Arc<HealthState>) -> (Batcher, impl Future<Output = ()> + Send) {
        let (tray, brought) = mpsc::unbounded_channel();
        (Batcher(tray), work(intake, health, brought))
    }

    /// Hands in an update, and says whether it is on the disk now.
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
            // Whoever brought it may have hung up, and brings it again.
            let _ = waiting.send(is_kept);
        }
    }
}

/// Keeps all together, or each alone if it is what stands in one of them that cannot be kept.
async fn keep(intake: &Intake, updates: &[String]) -> Vec<bool> {
    let all: Vec<&str> = updates.iter().map(String::as_str).collect();
    match intake.take(&all, UpdateSource::Webhook).await {
        // What has no number cannot be kept, and would come again for ever.
        Ok(_) => return vec![true; all.len()],
        Err(error) if error.is_about_content() && all.len() > 1 => {}
        Err(error) => {
            tracing::error!(%error, updates = all.len(), "updates could not be kept; Telegram brings them again");
            return vec![false; all.len()];
        }
    }
    let mut kept = Vec::with_capacity(all.len());
    for update in all {
        let outcome = intake.take(&[update], UpdateSource::Webhook).await;
        kept.push(outcome.inspect_err(|error| tracing::error!(%error, "an update could not be kept")).is_ok());
    }
    kept
}

//! Writes the completions of inbox rows in batches: completions that arrive at about the same time
//! share one transaction. A failed transaction is retried until it succeeds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::store::{Completion, Outcome, Store, StoreError};

/// Minimum time between the starts of two transactions. A completion that arrives alone is written
/// at once. Under load, many completions share a transaction.
const SPACING: Duration = Duration::from_millis(2);
/// Maximum number of completions per transaction.
const MAX_BATCH: usize = 256;
const RETRY_AFTER: Duration = Duration::from_millis(500);

#[derive(Clone)]
pub(super) struct AckBatcher {
    sender: mpsc::UnboundedSender<Pending>,
    is_stuck: Arc<AtomicBool>,
}

struct Pending {
    completion: Completion,
    was_ours: oneshot::Sender<bool>,
}

impl AckBatcher {
    /// Creates a batcher, and the future that writes its completions. The future ends when the last
    /// clone of the batcher is dropped.
    pub fn new(store: Store) -> (AckBatcher, impl Future<Output = ()> + Send) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let is_stuck = Arc::new(AtomicBool::new(false));
        let batcher = AckBatcher { sender, is_stuck: Arc::clone(&is_stuck) };
        (batcher, work(store, receiver, is_stuck))
    }

    /// Hands a completion to the batcher and waits until it is stored. Returns true if this worker
    /// still held the lease of the row.
    pub async fn complete(&self, completion: Completion) -> bool {
        let (was_ours, stored) = oneshot::channel();
        // The batcher's channel is closed only while the process shuts down. The row is then leased
        // again after the next start.
        self.sender.send(Pending { completion, was_ours }).is_ok() && stored.await.unwrap_or(false)
    }

    /// Returns true while completions cannot be stored, because the database is unavailable. No
    /// rows may be leased then (backpressure), because a row with an expired lease may already have
    /// been answered.
    pub fn is_stuck(&self) -> bool {
        self.is_stuck.load(Ordering::Relaxed)
    }
}

async fn work(store: Store, mut receiver: mpsc::UnboundedReceiver<Pending>, is_stuck: Arc<AtomicBool>) {
    let mut batch = Vec::new();
    let mut next_at = Instant::now();
    while receiver.recv_many(&mut batch, MAX_BATCH).await > 0 {
        if next_at > Instant::now() {
            tokio::time::sleep_until(next_at).await;
            while let (true, Ok(more)) = (batch.len() < MAX_BATCH, receiver.try_recv()) {
                batch.push(more);
            }
        }
        next_at = Instant::now() + SPACING;
        let (completions, waiting): (Vec<_>, Vec<_>) = batch.drain(..).map(|p| (p.completion, p.was_ours)).unzip();
        let ours = write(&store, completions, &is_stuck).await;
        // Keeps `is_stuck` set while more completions wait in the channel. The leases of their rows
        // may have expired as well.
        if receiver.is_empty() {
            is_stuck.store(false, Ordering::Relaxed);
        }
        for (waiting, was_ours) in waiting.into_iter().zip(ours) {
            // Sending fails if the task that waits for the result was cancelled. This is harmless.
            let _ = waiting.send(was_ours);
        }
    }
}

/// Writes a batch of completions. If the database rejects a value in the batch, writes each
/// completion alone and turns the rejected rows into dead letters.
async fn write(store: &Store, completions: Vec<Completion>, is_stuck: &AtomicBool) -> Vec<bool> {
    if let Ok(ours) = write_with_retry(store, &completions, is_stuck).await {
        return ours;
    }
    let mut ours = Vec::with_capacity(completions.len());
    for completion in completions {
        let mut written = write_with_retry(store, std::slice::from_ref(&completion), is_stuck).await;
        if let Err(error) = written {
            let update = completion.update_id;
            tracing::error!(update, %error, "the database refuses an update's effects; giving up: it is now a dead letter");
            let dead_lettered = Completion { outcome: Outcome::DeadLettered, ..completion };
            written = write_with_retry(store, &[dead_lettered], is_stuck).await;
        }
        ours.push(written.is_ok_and(|ours| ours == [true]));
    }
    ours
}

/// Writes completions in one transaction, and retries while the database is unavailable. Returns an
/// error only if the database rejects a value in the completions.
async fn write_with_retry(
    store: &Store,
    completions: &[Completion],
    is_stuck: &AtomicBool,
) -> Result<Vec<bool>, StoreError> {
    loop {
        match store.complete(completions, store.now()).await {
            Err(error) if error.is_about_content() => return Err(error),
            Err(error) => {
                is_stuck.store(true, Ordering::Relaxed);
                tracing::error!(%error, rows = completions.len(), "could not complete handled rows; retrying");
                tokio::time::sleep(RETRY_AFTER).await;
            }
            Ok(ours) => {
                if completions.iter().any(Completion::erases)
                    && let Err(error) = store.truncate_wal().await
                {
                    tracing::warn!(%error, "erased somebody's data, but could not truncate the write-ahead log; copies may remain there for now");
                }
                return Ok(ours);
            }
        }
    }
}

//! Writes down how rows ended: as many at a time as have ended meanwhile, and again until it is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::store::{Completion, Outcome, Store, StoreError};

/// From the beginning of one transaction to that of the next. A row that ends alone does not wait; of many, those share a transaction that end within this time.
const SPACING: Duration = Duration::from_millis(2);
/// How many rows one transaction settles at most.
const MAX_AT_ONCE: usize = 256;
/// How long to wait when the database does not take it.
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// Where rows are handed in that have ended.
#[derive(Clone)]
pub(super) struct AckBatcher {
    sender: mpsc::UnboundedSender<Ended>,
    is_stuck: Arc<AtomicBool>,
}

struct Ended {
    settlement: Completion,
    was_ours: oneshot::Sender<bool>,
}

impl AckBatcher {
    /// A desk, and whoever works at it until nobody can hand in any more.
    pub fn open(store: Store) -> (AckBatcher, impl Future<Output = ()> + Send) {
        let (sender, ended) = mpsc::unbounded_channel();
        let is_stuck = Arc::new(AtomicBool::new(false));
        let desk = AckBatcher { sender, is_stuck: Arc::clone(&is_stuck) };
        (desk, work(store, ended, is_stuck))
    }

    /// Hands in a row and waits until it is settled; says whether it was still ours.
    pub async fn settle(&self, settlement: Completion) -> bool {
        let (was_ours, settled) = oneshot::channel();
        // Nobody is at the desk only when everything ends; the row is taken up at the next start.
        self.sender.send(Ended { settlement, was_ours }).is_ok() && settled.await.unwrap_or(false)
    }

    /// Does the database not take what was handed in? Then no more is to be taken in hand: a lease that ran out meanwhile may be of a row that has been answered.
    pub fn is_stuck(&self) -> bool {
        self.is_stuck.load(Ordering::Relaxed)
    }
}

async fn work(store: Store, mut ended: mpsc::UnboundedReceiver<Ended>, is_stuck: Arc<AtomicBool>) {
    let mut batch = Vec::new();
    let mut next_at = Instant::now();
    while ended.recv_many(&mut batch, MAX_AT_ONCE).await > 0 {
        if next_at > Instant::now() {
            tokio::time::sleep_until(next_at).await;
            while let (true, Ok(more)) = (batch.len() < MAX_AT_ONCE, ended.try_recv()) {
                batch.push(more);
            }
        }
        next_at = Instant::now() + SPACING;
        let (settlements, waiting): (Vec<_>, Vec<_>) = batch.drain(..).map(|e| (e.settlement, e.was_ours)).unzip();
        let ours = write(&store, settlements, &is_stuck).await;
        // While more have ended meanwhile, their leases may have run out as well.
        if ended.is_empty() {
            is_stuck.store(false, Ordering::Relaxed);
        }
        for (waiting, was_ours) in waiting.into_iter().zip(ours) {
            // Whoever handed it in may have been stopped.
            let _ = waiting.send(was_ours);
        }
    }
}

/// Writes all together. If one of them leaves something behind that cannot be written, each alone, and that one is set aside.
async fn write(store: &Store, settlements: Vec<Completion>, is_stuck: &AtomicBool) -> Vec<bool> {
    if let Ok(ours) = until_written(store, &settlements, is_stuck).await {
        return ours;
    }
    let mut ours = Vec::with_capacity(settlements.len());
    for settlement in settlements {
        let mut written = until_written(store, std::slice::from_ref(&settlement), is_stuck).await;
        if let Err(error) = written {
            tracing::error!(update = settlement.update_id, %error, "parked: what it leaves behind cannot be written");
            let parked = Completion { outcome: Outcome::DeadLettered, ..settlement };
            written = until_written(store, &[parked], is_stuck).await;
        }
        ours.push(written.is_ok_and(|ours| ours == [true]));
    }
    ours
}

/// Tries until the database takes it, or refuses what is in it.
async fn until_written(
    store: &Store,
    settlements: &[Completion],
    is_stuck: &AtomicBool,
) -> Result<Vec<bool>, StoreError> {
    loop {
        match store.complete(settlements, store.now()).await {
            Err(error) if error.is_about_content() => return Err(error),
            Err(error) => {
                is_stuck.store(true, Ordering::Relaxed);
                let rows = settlements.len();
                tracing::error!(%error, rows, "how rows ended could not be written down; trying again");
                tokio::time::sleep(TRY_AGAIN).await;
            }
            Ok(ours) => {
                if settlements.iter().any(Completion::forgets)
                    && let Err(error) = store.truncate_wal().await
                {
                    tracing::warn!(%error, "what was forgotten is gone, but perhaps not yet from the files");
                }
                return Ok(ours);
            }
        }
    }
}

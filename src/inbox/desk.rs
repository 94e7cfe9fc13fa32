//! Writes down how rows ended: as many at a time as have ended meanwhile, and again until it is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::now;
use crate::store::{Settlement, Store};

/// From the beginning of one transaction to that of the next. A row that ends alone does not wait; of many, those share a transaction that end within this time.
const SPACING: Duration = Duration::from_millis(2);
/// How many rows one transaction settles at most.
const MAX_AT_ONCE: usize = 256;
/// How long to wait when the database does not take it.
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// Where rows are handed in that have ended.
#[derive(Clone)]
pub(super) struct Desk {
    tray: mpsc::UnboundedSender<Ended>,
    is_stuck: Arc<AtomicBool>,
}

struct Ended {
    settlement: Settlement,
    was_ours: oneshot::Sender<bool>,
}

impl Desk {
    /// A desk, and whoever works at it until nobody can hand in any more.
    pub fn open(store: Store) -> (Desk, impl Future<Output = ()> + Send) {
        let (tray, ended) = mpsc::unbounded_channel();
        let is_stuck = Arc::new(AtomicBool::new(false));
        let desk = Desk { tray, is_stuck: Arc::clone(&is_stuck) };
        (desk, work(store, ended, is_stuck))
    }

    /// Hands in a row and waits until it is settled; says whether it was still ours.
    pub async fn settle(&self, settlement: Settlement) -> bool {
        let (was_ours, settled) = oneshot::channel();
        // Nobody is at the desk only when everything ends; the row is taken up at the next start.
        self.tray.send(Ended { settlement, was_ours }).is_ok() && settled.await.unwrap_or(false)
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
        let ours = loop {
            match store.settle(&settlements, now()).await {
                Ok(ours) => break ours,
                Err(error) => {
                    is_stuck.store(true, Ordering::Relaxed);
                    tracing::error!(%error, rows = settlements.len(), "how rows ended could not be written down; trying again");
                    tokio::time::sleep(TRY_AGAIN).await;
                }
            }
        };
        is_stuck.store(false, Ordering::Relaxed);
        for (waiting, was_ours) in waiting.into_iter().zip(ours) {
            // Whoever handed it in may have been stopped.
            let _ = waiting.send(was_ours);
        }
    }
}

//! From received to done: takes rows in hand, has them handled, and closes them. Knows nothing of Telegram.
//!
//! A row is open until its handling has succeeded and what that left behind is stored, in one transaction. A process that dies in between leaves the row
//! to be handled again: at least once, and again only where it is unknown whether a send was carried out.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::store::{Lease, MAX_ATTEMPTS, Millis, Record, Store, StoreError};

/// How many rows are in hand at once: so many chats may hang before others wait.
const MAX_IN_HAND: usize = 256;
/// How long handling one row may take.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long a row is ours; longer than handling may take, so that nobody else takes it meanwhile.
const LEASE: Duration = Duration::from_secs(40);
/// Look at the table this often even if nobody has called.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long the rows in hand may take after the stop signal.
const DRAIN: Duration = Duration::from_secs(15);
/// How often old rows are cleared away.
const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// Why a row could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Somebody told us to wait so long: the row is fine.
    Wait(Duration),
    /// Something that every row needs is away (a server, the network, the database): the row is fine, however long that takes.
    Away(String),
    /// This row went wrong, or may have been done without our knowing; another time it may work.
    Again(String),
    /// It never will.
    Hopeless(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Away(error.to_string())
    }
}

/// Handles one row.
pub trait Handler: Send + Sync + 'static {
    /// Does what the row asks for and says what that leaves behind. Called again after a failure, so it must bear repetition.
    fn handle(&self, lease: &Lease) -> impl Future<Output = Result<Record, Failure>> + Send;
}

/// Now, in milliseconds since 1970 UTC.
#[must_use]
pub fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// Works on the inbox until it is told to stop, then finishes what is in hand.
///
/// # Errors
/// When the database cannot be used at the start. Later failures of the database are waited out.
pub async fn run<H: Handler>(
    store: Store,
    handler: Arc<H>,
    wake: Arc<Notify>,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let left_over = store.release_leases().await?;
    if left_over > 0 {
        tracing::info!(rows = left_over, "taking up what an earlier run left unfinished");
    }
    let mut in_hand = JoinSet::new();
    let mut pruned_at = None;
    loop {
        // Registered before looking, so that a row put in after the look is not missed.
        let called = wake.notified();
        tokio::pin!(called);
        called.as_mut().enable();
        if stop.is_cancelled() {
            break;
        }
        if let Err(error) = step(&store, &handler, &mut in_hand).await {
            tracing::error!(%error, "the inbox could not be read");
        }
        if pruned_at.is_none_or(|at: tokio::time::Instant| at.elapsed() >= PRUNE_EVERY) {
            pruned_at = Some(tokio::time::Instant::now());
            if let Err(error) = store.prune(now()).await {
                tracing::error!(%error, "old rows could not be cleared away");
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = called => {}
            Some(_) = in_hand.join_next() => {}
            () = tokio::time::sleep(until_next(&store).await) => {}
        }
    }
    let drained = tokio::time::timeout(DRAIN, async { while in_hand.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!(rows = in_hand.len(), "stopped with rows in hand; they are taken up at the next start");
    }
    in_hand.shutdown().await;
    Ok(())
}

/// How long to sleep when nobody calls: until the next row is due, a second at most.
async fn until_next(store: &Store) -> Duration {
    let due = store.next_due().await.ok().flatten();
    let wait = due.map_or(LOOK_AGAIN, |due| Duration::from_millis(u64::try_from(due - now()).unwrap_or(0)));
    wait.clamp(Duration::from_millis(20), LOOK_AGAIN)
}

/// Takes as many due rows in hand as there is room for, and starts a task for each.
async fn step<H: Handler>(store: &Store, handler: &Arc<H>, in_hand: &mut JoinSet<()>) -> Result<(), StoreError> {
    while in_hand.try_join_next().is_some() {}
    let room = MAX_IN_HAND.saturating_sub(in_hand.len());
    let expired = store.expire(now()).await?;
    if expired > 0 {
        tracing::warn!(rows = expired, "dropped: nobody waits for these any more");
        metrics::counter!("footnote_expired_total").increment(expired);
    }
    let lease_until = now() + LEASE.as_millis() as Millis;
    for lease in store.lease(now(), lease_until, room as i64).await? {
        in_hand.spawn(work_on(store.clone(), Arc::clone(handler), lease));
    }
    Ok(())
}

/// Has one row handled and settles it. A panic or a row that takes too long is a failed attempt, not the end of the bot.
async fn work_on<H: Handler>(store: Store, handler: Arc<H>, lease: Lease) {
    let handled = AssertUnwindSafe(tokio::time::timeout(PATIENCE, handler.handle(&lease))).catch_unwind().await;
    let outcome = match handled {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Failure::Again("it took too long".to_owned())),
        Err(_) => Err(Failure::Again("the handler panicked".to_owned())),
    };
    let settled = match outcome {
        Ok(record) => {
            note_answer(&lease, &record);
            store.finish(&lease, &record, now()).await.map(|ours| {
                if !ours {
                    tracing::warn!(update = lease.update_id, "handled twice: the lease had run out");
                }
            })
        }
        Err(failure) => settle_failure(&store, &lease, failure).await,
    };
    if let Err(error) = settled {
        tracing::error!(update = lease.update_id, %error, "the row could not be settled; it is taken up when its lease runs out");
    }
}

/// Counts a question that was answered, and how long that took.
fn note_answer(lease: &Lease, record: &Record) {
    let Some(turn) = &record.turn else { return };
    let labels =
        [("door", turn.door.to_owned()), ("decision", turn.decision.to_owned()), ("language", turn.language.clone())];
    metrics::counter!("footnote_questions_total", &labels).increment(1);
    metrics::histogram!("footnote_answer_seconds").record((now() - lease.received_at) as f64 / 1000.0);
}

async fn settle_failure(store: &Store, lease: &Lease, failure: Failure) -> Result<(), StoreError> {
    let reason = match &failure {
        Failure::Wait(_) => "told to wait",
        Failure::Away(_) => "away",
        Failure::Again(_) => "failed",
        Failure::Hopeless(_) => "hopeless",
    };
    let (wait, counts) = match failure {
        Failure::Wait(wait) => {
            tracing::debug!(update = lease.update_id, ?wait, "told to wait");
            (wait, false)
        }
        Failure::Away(reason) => {
            tracing::warn!(update = lease.update_id, reason, "waiting until it works again");
            (LOOK_AGAIN * 2 + spread(lease), false)
        }
        Failure::Again(reason) if lease.attempts < MAX_ATTEMPTS => {
            tracing::warn!(update = lease.update_id, attempt = lease.attempts, reason, "trying again");
            (backoff(lease), true)
        }
        Failure::Again(reason) | Failure::Hopeless(reason) => {
            tracing::error!(update = lease.update_id, attempt = lease.attempts, reason, "parked");
            metrics::counter!("footnote_parked_total").increment(1);
            return store.park(lease, now()).await;
        }
    };
    metrics::counter!("footnote_retries_total", "reason" => reason).increment(1);
    store.put_back(lease, now() + wait.as_millis() as Millis, counts).await
}

/// A second, doubling with every attempt, up to half a minute.
fn backoff(lease: &Lease) -> Duration {
    let exponent = u32::try_from(lease.attempts.clamp(1, 6) - 1).unwrap_or(0);
    (Duration::from_secs(1 << exponent) + spread(lease)).min(Duration::from_secs(30))
}

/// A fraction of a second by the row's number, so that many rows do not come back at once.
fn spread(lease: &Lease) -> Duration {
    Duration::from_millis(lease.update_id.rem_euclid(500).unsigned_abs())
}

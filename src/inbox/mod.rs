//! From received to done: takes rows in hand, has them handled, and closes them. Knows nothing of Telegram.
//!
//! A row is open until its handling has succeeded and what that left behind is stored, in one transaction. A process that dies in between leaves the row
//! to be handled again: at least once, and again only where it is unknown whether a send was carried out.

mod ack_batcher;
mod grace_period;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::store::{Effects, Lease, Millis, Outcome, Store, StoreError};
use ack_batcher::AckBatcher;
use grace_period::GracePeriod;

/// A row that failed so often is parked: it will not get better by itself, and its lane must go on.
pub const MAX_ATTEMPTS: i64 = 5;
/// A row that was taken in hand so often and never put down may be what ends us each time.
const MAX_LEASES: i64 = 20;
/// How many rows are in hand at once: so many chats may hang before others wait.
const MAX_IN_HAND: usize = 128;
/// How long handling one row may take.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long a row is ours; longer than handling may take, so that nobody else takes it meanwhile.
const LEASE: Duration = Duration::from_secs(40);
/// Look at the table this often even if nobody has called.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long the rows in hand may take after the stop signal.
const DRAIN: Duration = Duration::from_secs(15);
/// How often rows are closed that nobody waits for any more.
const EXPIRE_EVERY: Duration = Duration::from_secs(1);
/// How often the clock is set and old rows are cleared away, and how many at a time: what is longer in the writer's hands holds up answers.
const PRUNE_EVERY: Duration = Duration::from_secs(60);
const PRUNE_AT_ONCE: i64 = 5_000;

/// Why a row could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Somebody told us to wait so long: the row is fine.
    Throttled(Duration),
    /// Something that every row needs is away (a server, the network, the database): the row is fine, however long that takes.
    Unavailable(String),
    /// This row went wrong, or may have been done without our knowing; another time it may work.
    Retryable(String),
    /// It never will.
    Permanent(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Unavailable(error.to_string())
    }
}

/// Handles one row.
pub trait Handler: Send + Sync + 'static {
    /// Does what the row asks for and says what that leaves behind. Called again after a failure, so it must bear repetition.
    fn handle(&self, lease: &Lease) -> impl Future<Output = Result<Effects, Failure>> + Send;
}

/// Works on the inbox until it is told to stop, then finishes what is in hand. What the database does not do now, it is asked again.
pub async fn run<H: Handler>(store: Store, handler: Arc<H>, wake: Arc<Notify>, stop: CancellationToken) {
    recover_leases(&store, &stop).await;
    let (desk, at_the_desk) = AckBatcher::open(store.clone());
    let at_the_desk = tokio::spawn(at_the_desk);
    let mut in_hand = JoinSet::new();
    let (mut chores, mut outage) = (Maintenance::default(), GracePeriod::perhaps_just_ended());
    loop {
        // Registered before looking, so that a row put in after the look is not missed.
        let called = wake.notified();
        tokio::pin!(called);
        called.as_mut().enable();
        if stop.is_cancelled() {
            break;
        }
        if chores.run(&store).await.is_err() {
            outage.note(true);
        }
        let stepped = step(&store, &handler, &desk, &wake, &outage, &mut in_hand).await;
        outage.note(stepped.is_err() || desk.is_stuck());
        if let Err(error) = stepped {
            tracing::error!(%error, "the inbox could not be read");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = called => {}
            Some(_) = in_hand.join_next() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
    let drained = tokio::time::timeout(DRAIN, async { while in_hand.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!(rows = in_hand.len(), "stopped with rows in hand; they are taken up at the next start");
    }
    in_hand.shutdown().await;
    at_the_desk.abort();
}

/// Frees what an earlier run had in hand when it ended.
async fn recover_leases(store: &Store, stop: &CancellationToken) {
    loop {
        match store.release_leases(store.now()).await {
            Ok(0) => return,
            Ok(rows) => return tracing::info!(rows, "taking up what an earlier run left unfinished"),
            Err(error) => tracing::error!(%error, "what an earlier run left unfinished cannot be taken up yet"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// What is to be done from time to time.
#[derive(Default)]
struct Maintenance {
    expired_at: Option<Instant>,
    pruned_at: Option<Instant>,
}

impl Maintenance {
    async fn run(&mut self, store: &Store) -> Result<(), StoreError> {
        let is_due = |at: Option<Instant>, every| at.is_none_or(|at| at.elapsed() >= every);
        if is_due(self.expired_at, EXPIRE_EVERY) {
            self.expired_at = Some(Instant::now());
            let rows = store.expire(store.now()).await.inspect_err(|error| {
                tracing::error!(%error, "what nobody waits for could not be closed");
            })?;
            if rows > 0 {
                tracing::warn!(rows, "dropped: nobody waits for these any more");
                metrics::counter!("footnote_expired_total").increment(rows);
            }
        }
        if is_due(self.pruned_at, PRUNE_EVERY) {
            self.pruned_at = Some(Instant::now());
            store.set_clock().await;
            let rows = store.prune(store.now(), PRUNE_AT_ONCE).await.inspect_err(|error| {
                tracing::error!(%error, "old rows could not be cleared away");
            })?;
            if i64::try_from(rows) == Ok(PRUNE_AT_ONCE) {
                // There is more; the next round may have it.
                self.pruned_at = None;
            }
        }
        Ok(())
    }
}

/// Takes as many due rows in hand as there is room for, and starts a task for each.
async fn step<H: Handler>(
    store: &Store,
    handler: &Arc<H>,
    desk: &AckBatcher,
    wake: &Arc<Notify>,
    outage: &GracePeriod,
    in_flight: &mut JoinSet<()>,
) -> Result<(), StoreError> {
    while in_flight.try_join_next().is_some() {}
    let room = MAX_IN_HAND.saturating_sub(in_flight.len());
    if room == 0 || desk.is_stuck() {
        return Ok(());
    }
    store.give_back_the_unheard().await?;
    let (now, room) = (store.now(), room as i64);
    let until = now + LEASE.as_millis() as Millis;
    let leases = match outage.excuses() {
        true => store.lease_unheld(now, until, room).await?,
        false => store.lease(now, until, room).await?,
    };
    for lease in leases {
        in_flight.spawn(work_on(store.clone(), desk.clone(), Arc::clone(handler), Arc::clone(wake), lease));
    }
    Ok(())
}

/// Has one row handled and settles it. A panic or a row that takes too long is a failed attempt, not the end of the bot.
async fn work_on<H: Handler>(store: Store, desk: AckBatcher, handler: Arc<H>, wake: Arc<Notify>, lease: Lease) {
    let outcome = if lease.attempts > MAX_LEASES {
        Err(Failure::Permanent("it never came to an end".to_owned()))
    } else {
        let handled = AssertUnwindSafe(tokio::time::timeout(PATIENCE, handler.handle(&lease))).catch_unwind().await;
        match handled {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Failure::Retryable("it took too long".to_owned())),
            Err(_) => Err(Failure::Retryable("the handler panicked".to_owned())),
        }
    };
    let now = store.now();
    let outcome = match outcome {
        Ok(record) => {
            note_answer(&lease, &record, now);
            Outcome::Done(Box::new(record))
        }
        Err(failure) => after_failure(&lease, failure, now),
    };
    let due = if let Outcome::Wait(due) | Outcome::Again(due) = outcome { Some(due) } else { None };
    if !desk.settle(lease.settled(outcome)).await {
        tracing::warn!(update = lease.update_id, "perhaps handled twice: the lease had run out");
    }
    if let Some(due) = due {
        // When it is due again is known here. Whoever is stopped meanwhile, or finds such a row at the start, looks every second.
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(u64::try_from(due - store.now()).unwrap_or(0))).await;
            wake.notify_one();
        });
    }
}

/// Counts a question that was answered, and how long that took.
fn note_answer(lease: &Lease, record: &Effects, now: Millis) {
    let Some(turn) = &record.turn else { return };
    let labels =
        [("door", turn.door.to_owned()), ("decision", turn.decision.to_owned()), ("language", turn.language.clone())];
    metrics::counter!("footnote_questions_total", &labels).increment(1);
    metrics::histogram!("footnote_answer_seconds").record((now - lease.received_at) as f64 / 1000.0);
}

fn after_failure(lease: &Lease, failure: Failure, now: Millis) -> Outcome {
    let at = |wait: Duration| now + wait.as_millis() as Millis;
    let reason = match &failure {
        Failure::Throttled(_) => "told to wait",
        Failure::Unavailable(_) => "away",
        Failure::Retryable(_) => "failed",
        Failure::Permanent(_) => "hopeless",
    };
    metrics::counter!("footnote_retries_total", "reason" => reason).increment(1);
    match failure {
        Failure::Throttled(wait) => {
            tracing::debug!(update = lease.update_id, ?wait, "told to wait");
            Outcome::Wait(at(wait))
        }
        Failure::Unavailable(reason) => {
            tracing::warn!(update = lease.update_id, reason, "waiting until it works again");
            Outcome::Wait(at(LOOK_AGAIN * 2 + jitter(lease)))
        }
        Failure::Retryable(reason) if lease.attempts < MAX_ATTEMPTS => {
            tracing::warn!(update = lease.update_id, attempt = lease.attempts, reason, "trying again");
            Outcome::Again(at(backoff(lease)))
        }
        Failure::Retryable(reason) | Failure::Permanent(reason) => {
            tracing::error!(update = lease.update_id, attempt = lease.attempts, reason, "parked");
            metrics::counter!("footnote_parked_total").increment(1);
            Outcome::DeadLettered
        }
    }
}

/// A second, doubling with every attempt, up to half a minute.
fn backoff(lease: &Lease) -> Duration {
    let exponent = u32::try_from(lease.attempts.clamp(1, 6) - 1).unwrap_or(0);
    (Duration::from_secs(1 << exponent) + jitter(lease)).min(Duration::from_secs(30))
}

/// A fraction of a second by the row's number, so that many rows do not come back at once.
fn jitter(lease: &Lease) -> Duration {
    Duration::from_millis(lease.update_id.rem_euclid(500).unsigned_abs())
}

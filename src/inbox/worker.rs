//! The main loop of the inbox worker: leases due rows, handles each row in its own task, and
//! completes the rows.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::ack_batcher::AckBatcher;
use super::grace_period::GracePeriod;
use super::handler::{Failure, Handler};
use super::maintenance::Maintenance;
use super::retry::after_failure;
use crate::health::metrics;
use crate::store::{Effects, Lease, Millis, Outcome, Store, StoreError};

/// Maximum number of leases of one inbox row. A row leased more often becomes a dead letter,
/// because handling it may be what crashes the process.
const MAX_LEASES: i64 = 20;
/// Maximum number of inbox rows that are handled at the same time. If this many handlers hang, all
/// other chats have to wait.
const MAX_IN_FLIGHT: usize = 128;
/// Time limit for handling one inbox row. A longer attempt counts as failed.
const HANDLER_TIMEOUT: Duration = Duration::from_secs(25);
/// Duration of a lease (visibility timeout), during which no other worker may lease the row. Longer
/// than [`HANDLER_TIMEOUT`], so that a lease does not expire while its row is handled.
const LEASE: Duration = Duration::from_secs(40);
/// How often the worker looks for due rows if no notification wakes it earlier.
const POLL_EVERY: Duration = Duration::from_secs(1);
/// How long the worker waits for running handlers after the stop signal.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);

/// Handles rows of the inbox until `stop` is cancelled, then waits for the running handlers.
/// Retries failed database operations.
pub async fn run<H: Handler>(store: Store, handler: Arc<H>, wake: Arc<Notify>, stop: CancellationToken) {
    recover_leases(&store, &stop).await;
    let (batcher, batching) = AckBatcher::new(store.clone());
    let batching = tokio::spawn(batching);
    let mut in_flight = JoinSet::new();
    let (mut maintenance, mut grace_period) = (Maintenance::default(), GracePeriod::after_start());
    loop {
        // Registers for wake-ups before querying the inbox table. Otherwise a row that is enqueued
        // after the query would go unnoticed until the next poll.
        let woken = wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        if stop.is_cancelled() {
            break;
        }
        if maintenance.run(&store).await.is_err() {
            grace_period.note(true);
        }
        let leased = lease_due(&store, &handler, &batcher, &wake, &grace_period, &mut in_flight).await;
        grace_period.note(leased.is_err() || batcher.is_stuck());
        if let Err(error) = leased {
            tracing::error!(%error, "could not lease rows of the inbox; retrying");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = woken => {}
            Some(_) = in_flight.join_next() => {}
            () = tokio::time::sleep(POLL_EVERY) => {}
        }
    }
    let drain = async { while in_flight.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN_TIMEOUT, drain).await.is_err() {
        tracing::warn!(rows = in_flight.len(), "stopped with rows in flight; the next start handles them again");
    }
    in_flight.shutdown().await;
    batching.abort();
}

/// Re-queues inbox rows that a previous process leased but did not complete.
async fn recover_leases(store: &Store, stop: &CancellationToken) {
    loop {
        match store.release_leases(store.now()).await {
            Ok(0) => return,
            Ok(rows) => return tracing::info!(rows, "re-queued rows that an earlier run did not complete"),
            Err(error) => tracing::error!(%error, "could not re-queue the rows of an earlier run; retrying"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(POLL_EVERY) => {}
        }
    }
}

/// Leases due rows of the inbox until `MAX_IN_FLIGHT` rows are in flight, and starts a task for
/// each leased row.
async fn lease_due<H: Handler>(
    store: &Store,
    handler: &Arc<H>,
    batcher: &AckBatcher,
    wake: &Arc<Notify>,
    grace_period: &GracePeriod,
    in_flight: &mut JoinSet<()>,
) -> Result<(), StoreError> {
    while in_flight.try_join_next().is_some() {}
    let room = MAX_IN_FLIGHT.saturating_sub(in_flight.len());
    if room == 0 || batcher.is_stuck() {
        return Ok(());
    }
    store.requeue_orphaned_leases().await?;
    let (now, room) = (store.now(), room as i64);
    let until = now + LEASE.as_millis() as Millis;
    let leases = match grace_period.is_active() {
        true => store.lease_unheld(now, until, room).await?,
        false => store.lease(now, until, room).await?,
    };
    for lease in leases {
        in_flight.spawn(handle(store.clone(), batcher.clone(), Arc::clone(handler), Arc::clone(wake), lease));
    }
    Ok(())
}

/// Handles one inbox row and completes it. A panic or a timeout of the handler counts as a failed
/// attempt and does not stop the bot.
async fn handle<H: Handler>(store: Store, batcher: AckBatcher, handler: Arc<H>, wake: Arc<Notify>, lease: Lease) {
    let handled = if lease.attempts > MAX_LEASES {
        Err(Failure::Permanent("no attempt came to an end".to_owned()))
    } else {
        let handling = tokio::time::timeout(HANDLER_TIMEOUT, handler.handle(&lease));
        match AssertUnwindSafe(handling).catch_unwind().await {
            Ok(Ok(handled)) => handled,
            Ok(Err(_)) => Err(Failure::Retryable("it took too long".to_owned())),
            Err(_) => Err(Failure::Retryable("the handler panicked".to_owned())),
        }
    };
    let now = store.now();
    let outcome = match handled {
        Ok(effects) => {
            count_answer(&lease, &effects, now);
            Outcome::Done(Box::new(effects))
        }
        Err(failure) => after_failure(&lease, failure, now),
    };
    let due = if let Outcome::Postponed(due) | Outcome::Retry(due) = outcome { Some(due) } else { None };
    if !batcher.complete(lease.completion(outcome)).await {
        tracing::warn!(
            update = lease.update_id,
            "an update may be handled twice: its lease ran out before it completed"
        );
    }
    if let Some(due) = due {
        // Wakes the worker when the retried row is due. If the process restarts before that, the
        // worker finds the row by polling.
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(u64::try_from(due - store.now()).unwrap_or(0))).await;
            wake.notify_one();
        });
    }
}

fn count_answer(lease: &Lease, effects: &Effects, now: Millis) {
    let Some(turn) = &effects.turn else { return };
    metrics::question_answered(turn.door, turn.decision, &turn.language);
    metrics::answer_took((now - lease.received_at) as f64 / 1000.0);
}

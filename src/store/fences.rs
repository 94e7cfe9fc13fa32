//! Fencing tokens. Each lease statement gets a number, so that a worker whose lease was taken over
//! cannot complete the row. This module also tracks lease statements whose response was lost.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Generates the fencing tokens of one process. Each lease statement gets a token that no process
/// has used before.
#[derive(Debug, Clone)]
pub(super) struct Fences(Arc<State>);

#[derive(Debug)]
struct State {
    next: AtomicI64,
    orphaned: Mutex<Vec<i64>>,
}

impl Fences {
    /// Starts at a random number between 1 and 2⁶², so that two processes do not generate the same
    /// tokens.
    pub fn new() -> Fences {
        let start = i64::try_from(RandomState::new().hash_one("fences") >> 2).unwrap_or(0);
        Fences(Arc::new(State { next: AtomicI64::new(start + 1), orphaned: Mutex::default() }))
    }

    pub fn next(&self) -> i64 {
        self.0.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Records that the response to a lease statement was lost. The database may have leased rows
    /// that this process does not know of.
    pub fn mark_orphaned(&self, fence: i64) {
        self.orphaned().push(fence);
    }

    /// Returns the most recent orphaned token, or `None`. A token is orphaned if the response to
    /// its lease statement was lost and its rows are not yet re-queued.
    pub fn last_orphaned(&self) -> Option<i64> {
        self.orphaned().last().copied()
    }

    /// Records that the rows leased with this token are back in the queue.
    pub fn mark_requeued(&self, fence: i64) {
        self.orphaned().retain(|orphaned| *orphaned != fence);
    }

    fn orphaned(&self) -> MutexGuard<'_, Vec<i64>> {
        self.0.orphaned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

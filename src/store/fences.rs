//! Generates fencing tokens, one for each statement that leases rows. A worker whose lease was
//! taken over cannot complete the row, because its token is outdated. This module also remembers
//! lease statements whose response was lost.

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
    /// Creates a generator that starts at a random number between 1 and 2⁶². Two processes
    /// therefore do not generate the same tokens.
    pub fn new() -> Fences {
        let start = i64::try_from(RandomState::new().hash_one("fences") >> 2).unwrap_or(0);
        Fences(Arc::new(State { next: AtomicI64::new(start + 1), orphaned: Mutex::default() }))
    }

    pub fn next(&self) -> i64 {
        self.0.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Records that the response to the lease statement with this token was lost. The database may
    /// have leased rows to this process without the process knowing them.
    pub fn mark_orphaned(&self, fence: i64) {
        self.orphaned().push(fence);
    }

    /// Returns the last token that was marked as orphaned, or `None`. A token is orphaned while the
    /// rows of its lost lease statement are not re-queued.
    pub fn last_orphaned(&self) -> Option<i64> {
        self.orphaned().last().copied()
    }

    /// Records that the inbox rows leased with this token are re-queued, so the token is no longer
    /// orphaned.
    pub fn mark_requeued(&self, fence: i64) {
        self.orphaned().retain(|orphaned| *orphaned != fence);
    }

    fn orphaned(&self) -> MutexGuard<'_, Vec<i64>> {
        self.0.orphaned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

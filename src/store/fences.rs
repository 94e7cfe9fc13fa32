//! Numbers the leases, and remembers those of which it was never heard whether they were given.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The fences of one process: each goes to one statement that takes rows in hand, and no process has had it before.
#[derive(Debug, Clone)]
pub(super) struct Fences(Arc<State>);

#[derive(Debug)]
struct State {
    next: AtomicI64,
    orphaned: Mutex<Vec<i64>>,
}

impl Fences {
    /// Begins somewhere between 1 and 2⁶²: that two processes come to the same number is as likely as a guessed key.
    pub fn new() -> Fences {
        let somewhere = i64::try_from(RandomState::new().hash_one("fences") >> 2).unwrap_or(0);
        Fences(Arc::new(State { next: AtomicI64::new(somewhere + 1), orphaned: Mutex::default() }))
    }

    /// The fence of the next lease.
    pub fn next(&self) -> i64 {
        self.0.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Notes that the answer to a lease was lost: rows may be in hand of which nobody here knows.
    pub fn unheard(&self, fence: i64) {
        self.0.orphaned.lock().unwrap_or_else(PoisonError::into_inner).push(fence);
    }

    /// The last that was noted and not yet mended.
    pub fn last_unheard(&self) -> Option<i64> {
        self.0.orphaned.lock().unwrap_or_else(PoisonError::into_inner).last().copied()
    }

    /// Notes that its rows have been given back.
    pub fn given_back(&self, fence: i64) {
        self.0.orphaned.lock().unwrap_or_else(PoisonError::into_inner).retain(|unheard| *unheard != fence);
    }
}

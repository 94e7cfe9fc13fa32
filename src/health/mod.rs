//! How the bot is doing, for those who watch it: what the edges note here, and a small HTTP server that tells it.

mod server;

use std::sync::atomic::{AtomicI64, Ordering};

pub use server::{Metrics, serve};

use crate::store::Millis;

/// What the edges note of their own state. Times are milliseconds since 1970 UTC; 0 is never.
#[derive(Debug, Default)]
pub struct HealthState {
    fetched_at: AtomicI64,
    conflict_since: AtomicI64,
    not_kept_at: AtomicI64,
}

/// A bot that has heard nothing of Telegram for so long is not well: a call that waits for updates ends after less.
const LONGEST_SILENCE: Millis = 90_000;

/// For so long it counts that updates could not be kept. Who gets no updates because of that cannot show that it keeps them again, so it ends by itself.
const DOUBT: Millis = 10_000;

impl HealthState {
    /// Takes note that Telegram has been asked for updates, or has brought some.
    pub fn fetched(&self, now: Millis) {
        self.fetched_at.store(now, Ordering::Relaxed);
        self.conflict_since.store(0, Ordering::Relaxed);
    }

    /// Takes note of whether updates could be kept: a database may be read and not written, as on a full disk.
    pub fn kept(&self, is_ok: bool, now: Millis) {
        self.not_kept_at.store(if is_ok { 0 } else { now }, Ordering::Relaxed);
    }

    /// Takes note that another program fetches the same bot's updates, and says for how long it has.
    pub fn conflicted(&self, now: Millis) -> Millis {
        let first = self.conflict_since.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        now - first.map_or_else(|since| since, |_| now)
    }

    /// What is wrong with fetching, if anything is; where Telegram brings updates by itself, silence is no sign.
    #[must_use]
    pub fn problem(&self, now: Millis, fetches: bool) -> Option<&'static str> {
        let fetched_at = self.fetched_at.load(Ordering::Relaxed);
        let not_kept_at = self.not_kept_at.load(Ordering::Relaxed);
        if not_kept_at != 0 && now - not_kept_at < DOUBT {
            Some("updates cannot be kept; Telegram keeps them")
        } else if self.conflict_since.load(Ordering::Relaxed) != 0 {
            Some("another program fetches this bot's updates")
        } else if fetches && fetched_at == 0 {
            Some("Telegram has not been reached yet")
        } else if fetches && now - fetched_at > LONGEST_SILENCE {
            Some("Telegram has not been reached for more than 90 seconds")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_and_conflicts_are_trouble() {
        let vitals = HealthState::default();
        assert!(vitals.problem(1, true).is_some() && vitals.problem(1, false).is_none());
        vitals.fetched(1_000);
        assert_eq!(vitals.problem(60_000, true), None);
        assert!(vitals.problem(100_000, true).is_some());
        assert_eq!((vitals.conflicted(5_000), vitals.conflicted(9_000)), (0, 4_000));
        assert!(vitals.problem(9_000, true).is_some_and(|t| t.contains("another program")));
        vitals.fetched(10_000);
        assert_eq!((vitals.problem(10_000, true), vitals.conflicted(11_000)), (None, 0));
        vitals.fetched(12_000);
        vitals.kept(false, 12_000);
        assert!(vitals.problem(12_000, true).is_some_and(|t| t.contains("kept")));
        assert_eq!(vitals.problem(22_000, false), None, "without updates nobody can show that they are kept again");
        vitals.kept(false, 22_000);
        vitals.kept(true, 22_001);
        assert_eq!(vitals.problem(22_001, true), None);
    }
}

//! Records whether the bot receives updates from Telegram and can store them. `/readyz` reports
//! this.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::store::Millis;

/// Times of the events that show whether updates from Telegram are received and stored. The poller
/// and the webhook record the events. The times are milliseconds since 1970 UTC; 0 means never.
#[derive(Debug, Default)]
pub struct HealthState {
    fetched_at: AtomicI64,
    conflict_since: AtomicI64,
    store_failed_at: AtomicI64,
}

/// Maximum time since Telegram's last response to a poll, in milliseconds. After that, the bot is
/// unhealthy. Must exceed the duration of a long poll, since Telegram may respond only at the end
/// of the poll.
const MAX_SILENCE: Millis = 90_000;

/// How long the bot counts as unhealthy after it failed to store updates, in milliseconds. This
/// state expires because a load balancer may stop sending updates to an unhealthy process. Such a
/// process could never show that it stores updates again.
const STORE_FAILURE_COUNTS: Millis = 10_000;

impl HealthState {
    /// Records that Telegram responded to a poll, or sent an update to the webhook.
    pub fn fetched(&self, now: Millis) {
        self.fetched_at.store(now, Ordering::Relaxed);
        self.conflict_since.store(0, Ordering::Relaxed);
    }

    /// Records whether the database stored the received updates. A database may be readable but not
    /// writable, for example when the disk is full.
    pub fn stored(&self, is_ok: bool, now: Millis) {
        self.store_failed_at.store(if is_ok { 0 } else { now }, Ordering::Relaxed);
    }

    /// Records that Telegram reported a conflict (409): another program polls with the same token.
    /// Returns how long the conflict has lasted, in milliseconds.
    pub fn conflicted(&self, now: Millis) -> Millis {
        let first = self.conflict_since.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        now - first.map_or_else(|since| since, |_| now)
    }

    /// Describes why the bot does not receive or store updates, or returns `None` if it does. If
    /// `polls` is false, the time since Telegram's last response does not matter.
    #[must_use]
    pub fn problem(&self, now: Millis, polls: bool) -> Option<&'static str> {
        let fetched_at = self.fetched_at.load(Ordering::Relaxed);
        let store_failed_at = self.store_failed_at.load(Ordering::Relaxed);
        if store_failed_at != 0 && now - store_failed_at < STORE_FAILURE_COUNTS {
            Some("updates cannot be kept; Telegram keeps them")
        } else if self.conflict_since.load(Ordering::Relaxed) != 0 {
            Some("another program fetches this bot's updates")
        } else if polls && fetched_at == 0 {
            Some("Telegram has not been reached yet")
        } else if polls && now - fetched_at > MAX_SILENCE {
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
    fn silence_and_conflicts_are_problems() {
        let health = HealthState::default();
        assert!(health.problem(1, true).is_some() && health.problem(1, false).is_none());
        health.fetched(1_000);
        assert_eq!(health.problem(60_000, true), None);
        assert!(health.problem(100_000, true).is_some());
        assert_eq!((health.conflicted(5_000), health.conflicted(9_000)), (0, 4_000));
        assert!(health.problem(9_000, true).is_some_and(|t| t.contains("another program")));
        health.fetched(10_000);
        assert_eq!((health.problem(10_000, true), health.conflicted(11_000)), (None, 0));
        health.fetched(12_000);
        health.stored(false, 12_000);
        assert!(health.problem(12_000, true).is_some_and(|t| t.contains("kept")));
        assert_eq!(
            health.problem(22_000, false),
            None,
            "a process without updates cannot show that it stores them again"
        );
        health.stored(false, 22_000);
        health.stored(true, 22_001);
        assert_eq!(health.problem(22_001, true), None);
    }
}

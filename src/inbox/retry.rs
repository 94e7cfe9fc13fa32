//! Retry policy: decides whether an inbox row whose handling failed is retried, and when, or
//! becomes a dead letter.

use std::time::Duration;

use super::handler::Failure;
use crate::health::metrics;
use crate::store::{Lease, Millis, Outcome};

/// Maximum number of failed attempts to handle a row. After that the row becomes a dead letter, so
/// that the bot can handle later rows of the same chat.
pub const MAX_ATTEMPTS: i64 = 5;
/// Delay before the next attempt when Telegram's server, the network or the database is
/// unavailable. Jitter is added.
const UNAVAILABLE_DELAY: Duration = Duration::from_secs(2);

/// Decides what becomes of a row after a failed attempt: it is postponed, retried or dead-lettered.
pub(super) fn after_failure(lease: &Lease, failure: Failure, now: Millis) -> Outcome {
    let at = |delay: Duration| now + delay.as_millis() as Millis;
    let reason = match &failure {
        Failure::Throttled(_) => "told to wait",
        Failure::Unavailable(_) => "away",
        Failure::Retryable(_) => "failed",
        Failure::Permanent(_) => "hopeless",
    };
    metrics::row_failed(reason);
    match failure {
        Failure::Throttled(delay) => {
            tracing::debug!(
                update = lease.update_id,
                ?delay,
                "the rate limit delays an update; retrying after the delay"
            );
            Outcome::Postponed(at(delay))
        }
        Failure::Unavailable(reason) => {
            tracing::warn!(
                update = lease.update_id,
                reason,
                "an update needs what is unavailable; retrying until it is back"
            );
            Outcome::Postponed(at(UNAVAILABLE_DELAY + jitter(lease)))
        }
        Failure::Retryable(reason) if lease.attempts < MAX_ATTEMPTS => {
            tracing::warn!(
                update = lease.update_id,
                attempt = lease.attempts,
                reason,
                "could not handle an update; retrying"
            );
            Outcome::Retry(at(backoff(lease)))
        }
        Failure::Retryable(reason) | Failure::Permanent(reason) => {
            tracing::error!(
                update = lease.update_id,
                attempt = lease.attempts,
                reason,
                "could not handle an update; giving up: it is now a dead letter"
            );
            metrics::row_dead_lettered();
            Outcome::DeadLettered
        }
    }
}

/// Returns the delay before the next attempt (exponential backoff): one second, doubled with every
/// attempt, at most 30 seconds.
fn backoff(lease: &Lease) -> Duration {
    let exponent = u32::try_from(lease.attempts.clamp(1, 6) - 1).unwrap_or(0);
    (Duration::from_secs(1 << exponent) + jitter(lease)).min(Duration::from_secs(30))
}

/// Returns a delay of up to half a second, derived from the update's id, so that many rows do not
/// retry at the same moment.
fn jitter(lease: &Lease) -> Duration {
    Duration::from_millis(lease.update_id.rem_euclid(500).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(attempts: i64) -> Lease {
        Lease { update_id: 3, ordering_key: 1, fence: 1, attempts, received_at: 0, payload: String::new() }
    }

    #[track_caller]
    fn check(attempts: i64, failure: Failure, expected: Outcome) {
        assert_eq!(after_failure(&lease(attempts), failure, 1_000), expected);
    }

    #[test]
    fn a_failed_row_is_retried_with_backoff_then_dead_lettered() {
        let failed = || Failure::Retryable(String::new());
        check(1, failed(), Outcome::Retry(2_003));
        check(2, failed(), Outcome::Retry(3_003));
        check(4, failed(), Outcome::Retry(9_003));
        check(5, failed(), Outcome::DeadLettered);
        check(1, Failure::Permanent(String::new()), Outcome::DeadLettered);
    }

    #[test]
    fn a_row_that_is_not_at_fault_never_becomes_a_dead_letter() {
        check(19, Failure::Throttled(Duration::from_secs(40)), Outcome::Postponed(41_000));
        check(19, Failure::Unavailable(String::new()), Outcome::Postponed(3_003));
    }
}

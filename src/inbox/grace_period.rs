//! A grace period after a database outage, during which expired leases of other processes are not
//! taken over.
//!
//! During an outage, leases expire because no worker can complete its rows. Another process may
//! have answered a row without being able to store the completion. Without the grace period, the
//! first process to reconnect would lease that row and answer it again.

use std::time::Duration;

use tokio::time::Instant;

/// How long expired leases are not taken over after a database outage. Within this time, other
/// processes can reconnect and complete their rows.
const GRACE: Duration = Duration::from_secs(6);

#[derive(Debug)]
pub(super) enum GracePeriod {
    DuringOutage,
    SinceOutage(Instant),
}

impl GracePeriod {
    /// Returns an active grace period, for the start of a process. A new process cannot know
    /// whether a database outage has just ended.
    pub fn after_start() -> GracePeriod {
        GracePeriod::SinceOutage(Instant::now())
    }

    /// Records whether the database is currently unavailable.
    pub fn note(&mut self, is_unavailable: bool) {
        match self {
            _ if is_unavailable => *self = GracePeriod::DuringOutage,
            GracePeriod::DuringOutage => *self = GracePeriod::SinceOutage(Instant::now()),
            GracePeriod::SinceOutage(_) => {}
        }
    }

    /// Returns true during a database outage and for `GRACE` after it. Leases may then have expired
    /// only because of the outage.
    pub fn is_active(&self) -> bool {
        match self {
            GracePeriod::DuringOutage => true,
            GracePeriod::SinceOutage(ended) => ended.elapsed() < GRACE,
        }
    }
}

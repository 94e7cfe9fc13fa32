//! A grace period after a database outage, during which expired leases of other processes are not
//! taken over.
//!
//! During an outage, leases expire because no worker can complete rows. Another process may have
//! answered a row without being able to store the completion. Without the grace period, the first
//! process to reconnect would lease that row and answer it again.

use std::time::Duration;

use tokio::time::Instant;

/// How long expired leases are left alone after an outage. Long enough for other processes to
/// reconnect and complete their rows.
const GRACE: Duration = Duration::from_secs(6);

#[derive(Debug)]
pub(super) enum GracePeriod {
    DuringOutage,
    SinceOutage(Instant),
}

impl GracePeriod {
    /// Starts with an active grace period. A new process cannot know whether an outage has just
    /// ended.
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

    /// Returns true if leases may have expired only because of an outage.
    pub fn is_active(&self) -> bool {
        match self {
            GracePeriod::DuringOutage => true,
            GracePeriod::SinceOutage(ended) => ended.elapsed() < GRACE,
        }
    }
}

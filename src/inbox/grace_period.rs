//! A grace period for other processes' leases after an outage of the database.
//!
//! During an outage leases run out. Their holders may be alive and have answered, but cannot say
//! so. The first process to reconnect would otherwise lease their rows and answer again.

use std::time::Duration;

use tokio::time::Instant;

/// How long expired leases are left alone after an outage: longer than their holders need to
/// reconnect and complete them.
const GRACE: Duration = Duration::from_secs(6);

#[derive(Debug)]
pub(super) enum GracePeriod {
    DuringOutage,
    SinceOutage(Instant),
}

impl GracePeriod {
    /// A process that starts does not know whether there has just been an outage.
    pub fn after_start() -> GracePeriod {
        GracePeriod::SinceOutage(Instant::now())
    }

    /// Notes whether the database is unavailable.
    pub fn note(&mut self, is_unavailable: bool) {
        match self {
            _ if is_unavailable => *self = GracePeriod::DuringOutage,
            GracePeriod::DuringOutage => *self = GracePeriod::SinceOutage(Instant::now()),
            GracePeriod::SinceOutage(_) => {}
        }
    }

    /// May a lease have run out only because of the outage?
    pub fn is_active(&self) -> bool {
        match self {
            GracePeriod::DuringOutage => true,
            GracePeriod::SinceOutage(ended) => ended.elapsed() < GRACE,
        }
    }
}

//! Remembers whether the database is or was just away, from one process's sight.

use std::time::Duration;

use tokio::time::Instant;

/// How long what others have in hand is left to them once the database is back: longer than it takes them to connect again and write down how it ended.
const LEFT_TO_OTHERS: Duration = Duration::from_secs(6);

/// While the database is away leases run out, and those who hold them may be alive, have answered, and not be able to say so. Whoever came back first would answer again.
#[derive(Debug)]
pub(super) enum GracePeriod {
    Lasts,
    EndedAt(Instant),
}

impl GracePeriod {
    /// Whoever starts does not know whether there was one.
    pub fn perhaps_just_ended() -> GracePeriod {
        GracePeriod::EndedAt(Instant::now())
    }

    /// Takes note of whether the database does what it is asked.
    pub fn note(&mut self, is_away: bool) {
        match self {
            _ if is_away => *self = GracePeriod::Lasts,
            GracePeriod::Lasts => *self = GracePeriod::EndedAt(Instant::now()),
            GracePeriod::EndedAt(_) => {}
        }
    }

    /// May a lease have run out only because the database was away?
    pub fn excuses(&self) -> bool {
        match self {
            GracePeriod::Lasts => true,
            GracePeriod::EndedAt(at) => at.elapsed() < LEFT_TO_OTHERS,
        }
    }
}

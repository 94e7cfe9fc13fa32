//! What time it is for the rows of the database: close to the clock on the wall, and never in leaps.
//!
//! Leases, pauses and expiry are times in rows. Were they held against a clock that an administrator or a time server sets, an hour forward would take every row in hand for
//! abandoned and have it answered twice, and a day back would leave whatever waits for a second waiting for a day. So time here passes as the machine's uptime does, and what the
//! clock on the wall has gained or lost is made up for at no more than a quarter of a second per second (as adjtime(3) slews a clock). Several processes share their
//! database's clock, whatever their own machines believe.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Millis;

/// A clock that is off is made up for by one part in so many of the time that passes. A lease of 40 seconds thus lasts 32 at the least.
const SLEW: i64 = 4;

/// Microseconds since 1970 UTC.
type Micros = i64;

/// The clock that a database's rows go by.
#[derive(Debug, Clone)]
pub(super) struct Clock(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// When it was last looked at, and what it showed.
    looked_at: Instant,
    shown: Micros,
    /// The clock of the database, when it was asked; none where the one of this machine is followed.
    asked: Option<(Instant, Micros)>,
}

impl Clock {
    /// Follows the clock of this machine.
    pub fn of_this_machine() -> Clock {
        Clock::starting(on_the_wall(), None)
    }

    /// Follows a database's clock, which has just said this.
    pub fn of_a_database(said: Micros) -> Clock {
        Clock::starting(said, Some((Instant::now(), said)))
    }

    fn starting(shown: Micros, asked: Option<(Instant, Micros)>) -> Clock {
        Clock(Arc::new(Mutex::new(State { looked_at: Instant::now(), shown, asked })))
    }

    /// Takes note of what the database's clock says now.
    pub fn heard(&self, said: Micros) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).asked = Some((Instant::now(), said));
    }

    /// What time it is.
    pub fn now(&self) -> Millis {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let followed = match state.asked {
            Some((at, said)) => said.saturating_add(micros(now - at)),
            None => on_the_wall(),
        };
        state.shown = follow(state.shown, micros(now - state.looked_at), followed);
        state.looked_at = now;
        state.shown / 1_000
    }
}

/// What a clock shows after so much time that follows another.
fn follow(shown: Micros, passed: Micros, followed: Micros) -> Micros {
    let by_itself = shown.saturating_add(passed);
    let most = passed / SLEW;
    by_itself.saturating_add(followed.saturating_sub(by_itself).clamp(-most, most))
}

fn on_the_wall() -> Micros {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, micros)
}

fn micros(duration: Duration) -> Micros {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;
    const HOUR: Micros = 3_600 * SECOND;

    #[test]
    fn a_leap_of_the_clock_is_made_up_for_bit_by_bit() {
        for (leap, after_a_minute) in [
            (0, 60 * SECOND),
            (SECOND, 61 * SECOND),
            (HOUR, 75 * SECOND),
            (-HOUR, 45 * SECOND),
            (-24 * HOUR, 45 * SECOND),
        ] {
            let (mut shown, mut wall) = (1_000 * HOUR, 1_000 * HOUR + leap);
            for _ in 0..600 {
                wall += SECOND / 10;
                let before = shown;
                shown = follow(shown, SECOND / 10, wall);
                assert!(shown > before, "it never goes back");
            }
            assert_eq!(shown - 1_000 * HOUR, after_a_minute, "after a leap of {leap}");
        }
    }

    #[test]
    fn in_the_end_it_shows_what_it_follows() {
        let (mut shown, mut wall) = (0, HOUR);
        for _ in 0..5 * 3_600 {
            wall += SECOND;
            shown = follow(shown, SECOND, wall);
        }
        assert_eq!(shown, wall);
    }

    #[test]
    fn a_databases_clock_is_the_one_that_counts() {
        let clock = Clock::of_a_database(7 * HOUR);
        assert!((7 * HOUR / 1_000..7 * HOUR / 1_000 + 1_000).contains(&clock.now()));
    }
}

//! The clock for all times in database rows. The clock follows the wall clock but never jumps.
//!
//! Leases, retries and expiry are stored as times. If the wall clock jumped an hour ahead, every
//! lease would expire, and its row would be answered twice. If the wall clock jumped a day back, a
//! retry due in a second would wait for a day.
//!
//! The clock therefore advances with the machine's monotonic clock. A difference from the wall
//! clock is corrected gradually, by at most a quarter of a second per second, as adjtime(3) does.
//! Processes that share a PostgreSQL database follow the clock of the database server instead of
//! the wall clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

/// Limits the correction of this clock towards the wall clock or the database server's clock, to
/// 1/`SLEW` of the elapsed time. While the clock catches up, it advances by at most 1 + 1/4 = 1.25
/// seconds per second. A lease of 40 seconds therefore lasts at least 40 / 1.25 = 32 seconds.
const SLEW: i64 = 4;

/// Microseconds since 1970 UTC.
type Micros = i64;

#[derive(Debug, Clone)]
pub(super) struct Clock(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// The time of the last reading, by the machine's monotonic clock.
    read_at: Instant,
    /// The time that the last reading returned.
    shown: Micros,
    /// When the database server's clock was last read, and the time that it showed. `None` if this
    /// clock follows the machine's wall clock.
    reference: Option<(Instant, Micros)>,
}

impl Clock {
    /// Creates a clock that follows this machine's wall clock.
    pub fn following_system() -> Clock {
        Clock::starting(system_time(), None)
    }

    /// Creates a clock that follows the clock of the PostgreSQL server. `time` is the server's
    /// current time.
    pub fn following_database(time: Micros) -> Clock {
        Clock::starting(time, Some((Instant::now(), time)))
    }

    fn starting(shown: Micros, reference: Option<(Instant, Micros)>) -> Clock {
        Clock(Arc::new(Mutex::new(State { read_at: Instant::now(), shown, reference })))
    }

    /// Tells the clock the current time of the database server. Later readings are corrected
    /// gradually towards the server's time.
    pub fn synchronize(&self, time: Micros) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).reference = Some((Instant::now(), time));
    }

    pub fn now(&self) -> Millis {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let target = match state.reference {
            Some((at, time)) => time.saturating_add(micros(now - at)),
            None => system_time(),
        };
        state.shown = slew(state.shown, micros(now - state.read_at), target);
        state.read_at = now;
        state.shown / 1_000
    }
}

/// Returns the next reading of the clock: the last reading `shown` plus `elapsed`, corrected
/// towards `target`. The correction is at most `elapsed / SLEW`.
fn slew(shown: Micros, elapsed: Micros, target: Micros) -> Micros {
    let uncorrected = shown.saturating_add(elapsed);
    let max = elapsed / SLEW;
    uncorrected.saturating_add(target.saturating_sub(uncorrected).clamp(-max, max))
}

fn system_time() -> Micros {
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
    fn a_jump_is_corrected_gradually() {
        for (jump, after_a_minute) in [
            (0, 60 * SECOND),
            (SECOND, 61 * SECOND),
            (HOUR, 75 * SECOND),
            (-HOUR, 45 * SECOND),
            (-24 * HOUR, 45 * SECOND),
        ] {
            let (mut shown, mut wall) = (1_000 * HOUR, 1_000 * HOUR + jump);
            for _ in 0..600 {
                wall += SECOND / 10;
                let before = shown;
                shown = slew(shown, SECOND / 10, wall);
                assert!(shown > before, "it never goes backwards");
            }
            assert_eq!(shown - 1_000 * HOUR, after_a_minute, "after a jump of {jump}");
        }
    }

    #[test]
    fn the_clock_converges() {
        let (mut shown, mut wall) = (0, HOUR);
        for _ in 0..5 * 3_600 {
            wall += SECOND;
            shown = slew(shown, SECOND, wall);
        }
        assert_eq!(shown, wall);
    }

    #[test]
    fn the_clock_follows_the_database() {
        let clock = Clock::following_database(7 * HOUR);
        assert!((7 * HOUR / 1_000..7 * HOUR / 1_000 + 1_000).contains(&clock.now()));
    }
}

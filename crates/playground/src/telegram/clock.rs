//! Current time in Unix seconds, the format of dates in Telegram's messages.

use std::time::{SystemTime, UNIX_EPOCH};

pub(super) fn unix_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

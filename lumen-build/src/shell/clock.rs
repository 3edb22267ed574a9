//! The time of day. Only compared with times of files and used in names; never part of a result.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Nanoseconds since 1970, 0 if the clock stands before that.
#[expect(clippy::disallowed_methods, reason = "the shell reads the clock")]
pub(crate) fn nanoseconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// A moment to measure from.
#[expect(clippy::disallowed_methods, reason = "the shell reads the clock")]
pub(crate) fn moment() -> Instant {
    Instant::now()
}

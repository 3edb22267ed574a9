//! Moments as people read them. Formats and logs count seconds since 1970; nobody reads those.

use jiff::Timestamp;

/// `2026-11-21T03:13:42Z` (ISO 8601, UTC) for seconds since 1970; a number that is no moment stays a number.
pub fn utc(seconds: u64) -> String {
    let moment = i64::try_from(seconds).ok().map(Timestamp::from_second);
    match moment {
        Some(Ok(moment)) => moment.to_string(),
        Some(Err(_)) | None => format!("{seconds} seconds after 1970"),
    }
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn moments_are_in_utc() {
        assert_eq!(utc(0), "1970-01-01T00:00:00Z");
        assert_eq!(utc(1_795_230_822), "2026-11-21T03:13:42Z");
        assert_eq!(utc(u64::MAX), "18446744073709551615 seconds after 1970");
    }
}

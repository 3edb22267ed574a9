//! The clock must not go far backwards between refreshes: with an old clock, expired metadata looks fresh.
//!
//! The store keeps the time of the last refresh that succeeded. At that time a timestamp had not expired, which the registry
//! signs for a day, so that time cannot have been more than about a day ahead of the true one: refusing clocks that are a day
//! behind it locks nobody out whose clock is right.

use super::refusal::{Refusal, Rule, TufError};
use super::staged::Staged;
use super::store::StoreError;
use jiff::{SignedDuration, Timestamp};

const FILE: &str = "clock";

/// # Errors
/// [`Rule::Clock`] if `now` is more than `tolerance` seconds before the last refresh.
pub(super) fn check(staged: &Staged, now: Timestamp, tolerance: u64) -> Result<(), TufError> {
    let Some(bytes) = staged.read(FILE)? else {
        return Ok(());
    };
    let last = parse(&bytes)?;
    let tolerance = SignedDuration::from_secs(i64::try_from(tolerance).unwrap_or(i64::MAX));
    match now.duration_until(last) > tolerance {
        true => Err(Refusal::new(
            "clock",
            Rule::Clock,
            format!("a time after {last}"),
            now.to_string(),
        )
        .into()),
        false => Ok(()),
    }
}

/// Notes a refresh that succeeded, if it is the latest by more than an hour: a refresh that changes nothing writes nothing.
pub(super) fn note(staged: &Staged, now: Timestamp) -> Result<(), TufError> {
    let last = staged.read(FILE)?.map(|bytes| parse(&bytes)).transpose()?;
    match last.is_some_and(|last| last.duration_until(now) < SignedDuration::from_hours(1)) {
        true => Ok(()),
        false => Ok(staged.keep(FILE, now.to_string().as_bytes())?),
    }
}

fn parse(bytes: &[u8]) -> Result<Timestamp, StoreError> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    text.parse().map_err(|_| StoreError::Damaged {
        file: FILE.to_owned(),
        reason: "holds no time".to_owned(),
    })
}

//! Which candidates may be chosen at all, and why the others may not. The one place that knows the rules of yanked and young versions.

use super::model::{Candidate, Policy, Source};

/// Why a version is left out although it exists. The lock's versions never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// Its publisher took it back.
    Yanked,
    /// Its registry wants versions to have been there for a while.
    TooYoung {
        /// Seconds since it was published.
        age: u64,
        /// Seconds that the policy asks for.
        minimum: u64,
    },
    /// The policy asks for an age, but nobody says when the version was published.
    NoTime,
}

impl Exclusion {
    /// Why `candidate` of a package from `source` may not be chosen; `None` if it may.
    pub(super) fn of(candidate: &Candidate, source: &Source, locked: bool, policy: &Policy) -> Option<Self> {
        if locked {
            return None;
        }
        if candidate.yanked {
            return Some(Self::Yanked);
        }
        let Source::Registry(origin) = source else {
            return None;
        };
        let minimum = *policy.minimum_release_age.get(&**origin)?;
        let Some(time) = candidate.time else {
            return (minimum > 0).then_some(Self::NoTime);
        };
        let age = policy.now.saturating_sub(time);
        (age < minimum).then_some(Self::TooYoung { age, minimum })
    }
}

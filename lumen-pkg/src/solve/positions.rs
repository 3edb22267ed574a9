//! Sets of versions, as the search sees them: positions in a package's sorted list of candidates.
//!
//! All candidates of a package are known before it is mentioned in a constraint, so a requirement is the exact set of the candidates
//! that it matches. This gives pre-releases their rule (`Requirement::matches` decides) without any arithmetic on versions, and every
//! set that is not empty has a candidate.

use pubgrub::{Ranges, VersionSet};
use std::fmt;

/// A set of positions. Every interval is half open, `[low, high)`, so that no interval is without a whole number and equal sets are
/// equal values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Positions(Ranges<u32>);

impl Positions {
    /// From positions in ascending order.
    pub(super) fn from_sorted(positions: impl IntoIterator<Item = u32>) -> Self {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for position in positions {
            match runs.last_mut() {
                Some((_, end)) if *end == position => *end = position + 1,
                _ => runs.push((position, position + 1)),
            }
        }
        let bounds = |(low, high)| (std::ops::Bound::Included(low), std::ops::Bound::Excluded(high));
        Self(runs.into_iter().map(bounds).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are between the first and the last: how much there is to decide.
    pub(super) fn width(&self) -> u32 {
        let ends = self.first().zip(self.last());
        ends.map_or(u32::MAX, |(first, last)| last - first)
    }

    /// The smallest; `None` of the empty set.
    pub(super) fn first(&self) -> Option<u32> {
        self.0.bounding_range().map(|(low, _)| match low {
            std::ops::Bound::Included(low) => *low,
            std::ops::Bound::Excluded(_) | std::ops::Bound::Unbounded => 0,
        })
    }

    /// The largest; `None` of the empty set and of one without an upper end.
    pub(super) fn last(&self) -> Option<u32> {
        match self.0.bounding_range()?.1 {
            std::ops::Bound::Excluded(high) => high.checked_sub(1),
            std::ops::Bound::Included(high) => Some(*high),
            std::ops::Bound::Unbounded => None,
        }
    }
}

impl VersionSet for Positions {
    type V = u32;

    fn empty() -> Self {
        Self(Ranges::empty())
    }

    fn singleton(position: u32) -> Self {
        Self(Ranges::between(position, position.saturating_add(1)))
    }

    fn complement(&self) -> Self {
        Self(self.0.complement())
    }

    fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0))
    }

    fn contains(&self, position: &u32) -> bool {
        self.0.contains(position)
    }

    fn full() -> Self {
        Self(Ranges::full())
    }

    fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0))
    }

    fn is_disjoint(&self, other: &Self) -> bool {
        self.0.is_disjoint(&other.0)
    }

    fn subset_of(&self, other: &Self) -> bool {
        self.0.subset_of(&other.0)
    }
}

impl fmt::Display for Positions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

//! What the search decides about: small numbers for the packages of PubGrub, and what they stand for.

use super::positions::Positions;
use crate::requirement::Requirement;
use std::fmt;

/// A package of the universe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PackageId(u32);

/// A package in PubGrub's sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node(u32);

/// What a node stands for, and so what its versions are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum NodeKind {
    /// The problem: one version, 0, that needs the roots.
    Root,
    /// A package within one compatible range: versions are positions in the package's list.
    Versions {
        /// The package.
        package: PackageId,
        /// Place in its list of buckets.
        bucket: u32,
    },
    /// A need that several compatible ranges could meet: versions are places in the list of buckets, and each needs the versions of
    /// that bucket that fit. Needs that the same versions fit share the choice, so they never add a second copy of a package.
    Choice {
        /// The package.
        package: PackageId,
        /// The versions that fit.
        fitting: Positions,
    },
    /// A need that no version meets: it has no versions.
    Missing {
        /// The package.
        package: PackageId,
        /// What is asked of it.
        requirement: Option<Requirement>,
    },
}

impl PackageId {
    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("there are fewer packages than 2^32"))
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Node {
    /// The problem itself.
    pub(super) const ROOT: Self = Self(0);

    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("there are fewer nodes than 2^32"))
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", self.0)
    }
}

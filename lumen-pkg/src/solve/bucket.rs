//! Compatible ranges: versions that cargo's caret takes for interchangeable. A package occurs at most once in each.

use semver::Version;
use std::fmt;

/// A compatible range, `1.x`, `0.3.x` or `0.0.7`. A pre-release belongs to the range of the version that it precedes.
/// Ordered as its versions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket {
    major: u64,
    /// Zero unless `major` is.
    minor: u64,
    /// Zero unless `major` and `minor` are.
    patch: u64,
}

impl Bucket {
    /// The range of a version.
    pub fn of(version: &Version) -> Self {
        match (version.major, version.minor) {
            (0, 0) => Self {
                major: 0,
                minor: 0,
                patch: version.patch,
            },
            (0, minor) => Self {
                major: 0,
                minor,
                patch: 0,
            },
            (major, _) => Self {
                major,
                minor: 0,
                patch: 0,
            },
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.major, self.minor) {
            (0, 0) => write!(formatter, "0.0.{}", self.patch),
            (0, minor) => write!(formatter, "0.{minor}.x"),
            (major, _) => write!(formatter, "{major}.x"),
        }
    }
}

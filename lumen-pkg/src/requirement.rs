//! Version requirements, `^1.2`: SemVer ranges with cargo's reading (a bare `1.2` is `^1.2`).

use semver::{Version, VersionReq};
use std::fmt;

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Requirement(VersionReq);

impl Requirement {
    /// Parses a requirement as cargo does: comparators separated by commas, `^` when there is no operator.
    ///
    /// # Errors
    /// The reason, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("it is empty; `*` accepts every version".to_owned());
        }
        VersionReq::parse(text)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// Whether `version` lies in the range. A pre-release only does when the requirement names one of the same version.
    pub fn matches(&self, version: &Version) -> bool {
        self.0.matches(version)
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

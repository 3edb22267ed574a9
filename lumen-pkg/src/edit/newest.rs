//! Which version a new dependency is to ask for.

use crate::name::PackageName;
use crate::requirement::Requirement;
use semver::Version;

/// Says which versions of a package there are. A registry's client does, and in tests a list.
pub trait Versions {
    /// Why versions are not known.
    type Error;

    /// All versions of a package, in any order, from the registry called `registry`, or without that from the one that its scope is bound to.
    ///
    /// # Errors
    /// If they are not known.
    fn versions(&self, package: &PackageName, registry: Option<&str>) -> Result<Vec<Available>, Self::Error>;
}

/// A version that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Available {
    /// The version.
    pub version: Version,
    /// Not to be chosen for what is new.
    pub yanked: bool,
}

/// The newest version that `requirement` accepts (any, without one). A pre-release only if the requirement accepts it, or there is nothing else; a
/// yanked one never.
pub fn newest<'v>(versions: &'v [Available], requirement: Option<&Requirement>) -> Option<&'v Version> {
    let fitting = || {
        versions
            .iter()
            .filter(|available| !available.yanked)
            .map(|available| &available.version)
    };
    match requirement {
        Some(requirement) => fitting().filter(|version| requirement.matches(version)).max(),
        None => fitting()
            .filter(|version| version.pre.is_empty())
            .max()
            .or_else(|| fitting().max()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_that_is_meant_for_use_is_chosen() {
        let versions: Vec<Available> = [
            ("1.0.0", false),
            ("2.0.0", true),
            ("1.10.0", false),
            ("1.9.0", false),
            ("3.0.0-beta.1", false),
        ]
        .into_iter()
        .map(|(version, yanked)| Available {
            version: Version::parse(version).expect("a version"),
            yanked,
        })
        .collect();
        let chosen = |requirement: Option<&str>| {
            let requirement = requirement.map(|text| Requirement::parse(text).expect("a requirement"));
            newest(&versions, requirement.as_ref()).map(ToString::to_string)
        };
        assert_eq!(chosen(None).as_deref(), Some("1.10.0"));
        assert_eq!(chosen(Some("<1.10")).as_deref(), Some("1.9.0"));
        assert_eq!(chosen(Some("2")), None);
        assert_eq!(chosen(Some("3.0.0-alpha")).as_deref(), Some("3.0.0-beta.1"));
        assert_eq!(newest(&versions[4..], None), Some(&versions[4].version));
    }
}

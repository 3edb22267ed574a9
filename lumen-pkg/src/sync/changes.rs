//! What differs between two locks, for people: packages of this disk are left out, since everybody can see those.

use super::ByVersion;
use crate::lock::{Lock, LockedPackage, LockedSource};
use crate::name::PackageName;
use crate::solve::Bucket;
use semver::Version;
use std::collections::BTreeSet;
use std::fmt;

/// One difference. Shown as `Updating @acme/money 1.2.0 -> 1.3.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The package.
    pub name: PackageName,
    /// The version that is gone.
    pub before: Option<Version>,
    /// The version that is there.
    pub after: Option<Version>,
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if before == after => {
                write!(formatter, "Changing {name} {after} (another source)")
            }
            (Some(before), Some(after)) if before > after => {
                write!(formatter, "Downgrading {name} {before} -> {after}")
            }
            (Some(before), Some(after)) => write!(formatter, "Updating {name} {before} -> {after}"),
            (None, Some(after)) => write!(formatter, "Adding {name} {after}"),
            (Some(before), None) => write!(formatter, "Removing {name} {before}"),
            (None, None) => write!(formatter, "Keeping {name}"),
        }
    }
}

/// What is another in `new`: a version of the same compatible range in place of one that is gone is an update.
pub(super) fn between(old: Option<&Lock>, new: &Lock) -> Vec<Change> {
    let empty = Lock::default();
    let (old, new) = (by_version(old.unwrap_or(&empty)), by_version(new));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    let mut changes: Vec<Change> = Vec::new();
    for key @ (name, version) in keys {
        let (before, after) = match (old.get(&key), new.get(&key)) {
            (Some(before), Some(after)) if before.source == after.source => continue,
            (before, after) => (before.map(|_| version.clone()), after.map(|_| version.clone())),
        };
        // One half of an update may have come before.
        let half = changes
            .iter_mut()
            .rev()
            .take_while(|change| change.name == *name)
            .find(|change| {
                let other = change.before.as_ref().or(change.after.as_ref());
                change.before.is_some() != before.is_some()
                    && change.after.is_some() != after.is_some()
                    && other.is_some_and(|other| Bucket::of(other) == Bucket::of(version))
            });
        match half {
            Some(half) => {
                half.before = half.before.take().or(before);
                half.after = half.after.take().or(after);
            }
            None => changes.push(Change {
                name: name.clone(),
                before,
                after,
            }),
        }
    }
    changes.sort();
    changes
}

fn by_version(lock: &Lock) -> ByVersion<'_> {
    let fetched =
        |package: &&LockedPackage| !matches!(package.source, LockedSource::Workspace | LockedSource::Path(_));
    let packages = lock.packages.iter().filter(fetched);
    packages
        .map(|package| ((&package.name, &package.version), package))
        .collect()
}

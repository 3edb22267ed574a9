//! `--offline`: the registries and repositories as the lock and this disk know them. Nobody is asked; what is not here is remembered, so
//! that it can be named.

use super::packages::{FetchError, Packages, Published, Repositories};
use crate::client::Violation;
use crate::config::Registry;
use crate::git::{CommitId, GitReference, GitUrl};
use crate::lock::{
    Lock, LockedBundle, LockedCheckpoint, LockedPackage, LockedRegistry, LockedSource, Proofs,
};
use crate::requirement::Requirement;
use crate::solve::{Candidate, Need, Provider, ProviderError, Source, SourcedName};
use semver::Version;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Both windows, shut.
pub(super) struct Offline<'o> {
    /// Empty if there is none.
    pub(super) lock: &'o Lock,
    pub(super) packages: &'o dyn Packages,
    pub(super) repositories: &'o dyn Repositories,
    missing: RefCell<BTreeSet<String>>,
}

impl<'o> Offline<'o> {
    pub(super) fn new(
        lock: &'o Lock,
        packages: &'o dyn Packages,
        repositories: &'o dyn Repositories,
    ) -> Self {
        Self {
            lock,
            packages,
            repositories,
            missing: RefCell::default(),
        }
    }

    /// What was asked for and is not here.
    pub(super) fn missing(&self) -> Vec<String> {
        self.missing.borrow().iter().cloned().collect()
    }

    fn miss(&self, what: String) -> FetchError {
        self.missing.borrow_mut().insert(what.clone());
        FetchError::failed(format!("{what} is not on this disk"))
    }

    fn locked(&self, package: &SourcedName) -> impl Iterator<Item = &LockedPackage> {
        let Source::Registry(wanted) = package.source.clone() else {
            return Vec::new().into_iter();
        };
        let from = move |locked: &&LockedPackage| match &locked.source {
            LockedSource::Registry { origin, .. } => **origin == *wanted,
            _ => false,
        };
        let found: Vec<&LockedPackage> = self.lock.of_name(&package.name).iter().filter(from).collect();
        found.into_iter()
    }
}

impl Provider for Offline<'_> {
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
        let candidate = |locked: &LockedPackage| {
            let need = |edge| {
                let end = self.lock.find(edge)?;
                Some(Need {
                    package: SourcedName {
                        name: end.name.clone(),
                        source: Source::parse(&end.source.to_string())?,
                    },
                    requirement: Requirement::parse(&format!("={}", end.version)).ok(),
                })
            };
            Candidate {
                needs: locked.dependencies.iter().filter_map(need).collect(),
                ..Candidate::new(locked.version.clone())
            }
        };
        let found: Vec<Candidate> = self.locked(package).map(candidate).collect();
        match found.is_empty() {
            true => {
                self.miss(format!("`{}`", package.name));
                Err(ProviderError::NotFound)
            }
            false => Ok(found.into()),
        }
    }

    fn cancelled(&self) -> bool {
        self.packages.cancelled()
    }
}

impl Packages for Offline<'_> {
    fn origin(&self, registry: &Registry) -> Result<String, FetchError> {
        let known = self
            .lock
            .registries
            .iter()
            .find(|known| known.name == registry.name);
        known
            .map(|known| known.origin.clone())
            .ok_or_else(|| self.miss(format!("the registry `{}`", registry.name)))
    }

    fn minimum_release_age(&self, _origin: &str) -> Result<Option<u64>, FetchError> {
        Ok(None)
    }

    fn published(&self, package: &SourcedName, version: &Version) -> Result<Published, FetchError> {
        let found = self.locked(package).find(|locked| locked.version == *version);
        match found.map(|locked| (&locked.source, &locked.grants)) {
            Some((
                LockedSource::Registry {
                    archive, files, leaf, ..
                },
                grants,
            )) => Ok(Published {
                archive: *archive,
                files: *files,
                leaf: *leaf,
                grants: grants.clone(),
            }),
            _ => Err(self.miss(format!("`{} {version}`", package.name))),
        }
    }

    fn registry(&self, origin: &str) -> Result<LockedRegistry, FetchError> {
        let known = self.lock.registries.iter().find(|known| known.origin == origin);
        known
            .cloned()
            .ok_or_else(|| self.miss(format!("the registry {origin}")))
    }

    fn continues(&self, _seen: &LockedRegistry) -> Result<(), FetchError> {
        Ok(())
    }

    fn stored(&self, package: &LockedPackage) -> Option<PathBuf> {
        self.packages.stored(package)
    }

    fn obtain(&self, packages: &[&LockedPackage]) -> Result<Vec<PathBuf>, FetchError> {
        let mut last = FetchError::failed("nothing was asked for");
        for package in packages {
            last = self.miss(format!("`{} {}`", package.name, package.version));
        }
        Err(last)
    }

    fn prove(
        &self,
        registry: &LockedRegistry,
        _packages: &[&LockedPackage],
    ) -> Result<(LockedCheckpoint, Vec<LockedBundle>), FetchError> {
        Err(self.miss(format!("a proof of the registry {}", registry.origin)))
    }

    fn check_proofs(&self, proofs: &Proofs, packages: &[&LockedPackage]) -> Result<(), FetchError> {
        self.packages.check_proofs(proofs, packages)
    }

    fn is_yanked(&self, package: &LockedPackage) -> bool {
        self.packages.is_yanked(package)
    }

    fn refused(&self, violation: Box<Violation>) -> FetchError {
        self.packages.refused(violation)
    }
}

impl Repositories for Offline<'_> {
    fn commit(&self, url: &GitUrl, reference: &GitReference) -> Result<CommitId, FetchError> {
        Err(self.miss(format!("{reference} of {url}")))
    }

    fn stored(&self, url: &GitUrl, commit: &CommitId) -> Option<PathBuf> {
        self.repositories.stored(url, commit)
    }

    fn checkout(&self, url: &GitUrl, commit: &CommitId) -> Result<PathBuf, FetchError> {
        self.repositories
            .stored(url, commit)
            .ok_or_else(|| self.miss(format!("commit {commit} of {url}")))
    }
}

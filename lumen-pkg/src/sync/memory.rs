//! The twins of registries and repositories in memory, for tests of this crate and of its callers.

use super::packages::{FetchError, Packages, Published, Repositories};
use super::proofs::not_proved;
use crate::client::{ClientError, Violation};
use crate::config::Registry;
use crate::digest::Digest;
use crate::git::{CommitId, GitReference, GitUrl};
use crate::grant::Grant;
use crate::lock::{LockedBundle, LockedCheckpoint, LockedPackage, LockedRegistry, LockedSource, Proofs};
use crate::name::PackageName;
use crate::solve::{Candidate, Provider, ProviderError, Source, SourcedName};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Registries in memory. The archive of a version is named by a digest that depends on its registry, name and version; the folder of a stored
/// one is `/store/HEX`.
#[derive(Debug, Default)]
pub struct MemoryPackages {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    origins: BTreeMap<String, String>,
    versions: BTreeMap<SourcedName, Vec<(Candidate, Vec<Grant>)>>,
    ages: BTreeMap<String, u64>,
    /// Archives, as publications: leaf and origin.
    stored: BTreeSet<(Digest, u64, String)>,
    forged: BTreeSet<PackageName>,
    evidence: Vec<String>,
    rewritten: bool,
    requests: Vec<String>,
    leaves: u64,
}

impl MemoryPackages {
    /// A registry; `name` is what the configuration calls it.
    pub fn add_registry(&self, name: &str, origin: &str) {
        self.state().origins.insert(name.to_owned(), origin.to_owned());
    }

    /// Makes a registry not answer any more.
    pub fn remove_registry(&self, name: &str) {
        self.state().origins.remove(name);
    }

    /// The minimum release age, in seconds, that the registry's own policy names.
    pub fn set_minimum_release_age(&self, origin: &str, seconds: u64) {
        self.state().ages.insert(origin.to_owned(), seconds);
    }

    /// Takes a version back, or (`yanked` false) brings it back. Nothing if there is none.
    pub fn yank(&self, origin: &str, name: &PackageName, version: &Version, yanked: bool) {
        let package = SourcedName {
            name: name.clone(),
            source: Source::Registry(origin.into()),
        };
        let mut state = self.state();
        state.leaves += 1;
        for (candidate, _) in state.versions.get_mut(&package).into_iter().flatten() {
            if candidate.version == *version {
                candidate.yanked = yanked;
            }
        }
    }

    /// Publishes a version in the registry of that origin.
    pub fn publish(&self, origin: &str, name: &PackageName, candidate: Candidate, grants: Vec<Grant>) {
        let mut state = self.state();
        state.leaves += 1;
        let package = SourcedName {
            name: name.clone(),
            source: Source::Registry(origin.into()),
        };
        let versions = state.versions.entry(package).or_default();
        versions.retain(|(known, _)| known.version != candidate.version);
        versions.push((candidate, grants));
    }

    /// Makes fetching a package fail as if its archive were not the published one.
    pub fn forge(&self, name: &PackageName) {
        self.state().forged.insert(name.clone());
    }

    /// Makes the logs of all registries others than those that locks have seen.
    pub fn rewrite_history(&self) {
        self.state().rewritten = true;
    }

    /// Removes all packages from the store.
    pub fn empty_store(&self) {
        self.state().stored.clear();
    }

    /// What was asked since the last call: `origin NAME`, `versions @a/b`, `archive @a/b 1.0.0`.
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state().requests)
    }

    /// The evidence files kept since the last call.
    pub fn take_evidence(&self) -> Vec<String> {
        std::mem::take(&mut self.state().evidence)
    }

    /// The folder of a version in the store.
    pub fn folder(origin: &str, name: &PackageName, version: &Version) -> PathBuf {
        PathBuf::from(format!("/store/{}", archive(origin, name, version)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether the registry of a locked package has it so.
    fn has(&self, locked: &LockedPackage) -> bool {
        let LockedSource::Registry {
            origin,
            archive: held,
            leaf,
            ..
        } = &locked.source
        else {
            return false;
        };
        let package = SourcedName {
            name: locked.name.clone(),
            source: Source::Registry(origin.as_str().into()),
        };
        let mut versions = (0..).zip(self.versions.get(&package).into_iter().flatten());
        let is_published =
            versions.any(|(index, (candidate, _))| index == *leaf && candidate.version == locked.version);
        is_published && *held == archive(origin, &locked.name, &locked.version)
    }
}

fn archive(origin: &str, name: &PackageName, version: &Version) -> Digest {
    Digest::of(format!("{origin} {name} {version}").as_bytes())
}

impl Provider for MemoryPackages {
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
        let mut state = self.state();
        state.requests.push(format!("versions {}", package.name));
        let versions = state.versions.get(package).ok_or(ProviderError::NotFound)?;
        Ok(versions.iter().map(|(candidate, _)| candidate.clone()).collect())
    }
}

impl Packages for MemoryPackages {
    fn origin(&self, registry: &Registry) -> Result<String, FetchError> {
        let mut state = self.state();
        state.requests.push(format!("origin {}", registry.name));
        let known = state.origins.get(&registry.name).cloned();
        known.ok_or_else(|| {
            FetchError::Unreachable(format!("{} does not answer", registry.url.as_str()).into())
        })
    }

    fn minimum_release_age(&self, origin: &str) -> Result<Option<u64>, FetchError> {
        Ok(self.state().ages.get(origin).copied())
    }

    fn published(&self, package: &SourcedName, version: &Version) -> Result<Published, FetchError> {
        let state = self.state();
        let versions = state.versions.get(package);
        let found = versions
            .into_iter()
            .flatten()
            .enumerate()
            .find(|(_, (candidate, _))| candidate.version == *version);
        let (Some((leaf, (_, grants))), Source::Registry(origin)) = (found, &package.source) else {
            return Err(FetchError::failed(format!("no {} {version}", package.name)));
        };
        let archive = archive(origin, &package.name, version);
        Ok(Published {
            archive,
            files: Digest::of(archive.as_bytes()),
            leaf: leaf as u64,
            grants: grants.clone(),
        })
    }

    fn registry(&self, origin: &str) -> Result<LockedRegistry, FetchError> {
        let state = self.state();
        let name = state.origins.iter().find(|(_, known)| *known == origin);
        let (name, _) = name.ok_or_else(|| FetchError::failed(format!("no registry {origin}")))?;
        Ok(LockedRegistry {
            name: name.clone(),
            origin: origin.to_owned(),
            url: None,
            size: state.leaves,
            root: Digest::of(&state.leaves.to_be_bytes()),
        })
    }

    fn continues(&self, seen: &LockedRegistry) -> Result<(), FetchError> {
        match self.state().rewritten {
            true => {
                let message = format!("the log {} does not continue the one of the lock", seen.origin);
                Err(FetchError::Security(message.into()))
            }
            false => Ok(()),
        }
    }

    fn stored(&self, package: &LockedPackage) -> Option<PathBuf> {
        match &package.source {
            LockedSource::Registry {
                origin,
                archive,
                leaf,
                ..
            } => {
                let publication = (*archive, *leaf, origin.clone());
                let is_stored = self.state().stored.contains(&publication);
                is_stored.then(|| PathBuf::from(format!("/store/{archive}")))
            }
            _ => None,
        }
    }

    fn obtain(&self, packages: &[&LockedPackage]) -> Result<Vec<PathBuf>, FetchError> {
        let mut state = self.state();
        let mut folders = Vec::with_capacity(packages.len());
        for package in packages {
            let LockedSource::Registry {
                origin,
                archive,
                leaf,
                ..
            } = &package.source
            else {
                return Err(FetchError::failed(format!(
                    "{} is from no registry",
                    package.name
                )));
            };
            state
                .requests
                .push(format!("archive {} {}", package.name, package.version));
            if state.forged.contains(&package.name) {
                let message = format!(
                    "the archive of {} {} is not the published one",
                    package.name, package.version
                );
                return Err(FetchError::Security(message.into()));
            }
            if !state.has(package) {
                let message = format!(
                    "the registry {origin} does not have what the lock holds: {} {}",
                    package.name, package.version
                );
                return Err(FetchError::Security(message.into()));
            }
            state.stored.insert((*archive, *leaf, origin.clone()));
            folders.push(PathBuf::from(format!("/store/{archive}")));
        }
        Ok(folders)
    }

    fn prove(
        &self,
        registry: &LockedRegistry,
        packages: &[&LockedPackage],
    ) -> Result<(LockedCheckpoint, Vec<LockedBundle>), FetchError> {
        let checkpoint = LockedCheckpoint {
            origin: registry.origin.clone(),
            note: format!("{} {}\n", registry.origin, self.state().leaves),
        };
        let bundle = |package: &&LockedPackage| LockedBundle {
            name: package.name.clone(),
            version: package.version.clone(),
            origin: registry.origin.clone(),
            bundle: proof(package),
        };
        Ok((checkpoint, packages.iter().map(bundle).collect()))
    }

    fn check_proofs(&self, proofs: &Proofs, packages: &[&LockedPackage]) -> Result<(), FetchError> {
        for package in packages {
            let bundle = proofs.bundle(&package.name, &package.version);
            let bundle = bundle.ok_or_else(|| not_proved(package))?;
            if bundle.bundle != proof(package) {
                let message = format!(
                    "the proof of {} {} does not verify",
                    package.name, package.version
                );
                return Err(FetchError::Security(message.into()));
            }
        }
        Ok(())
    }

    fn is_yanked(&self, package: &LockedPackage) -> bool {
        let Some(origin) = package.source.origin() else {
            return false;
        };
        let sourced = SourcedName {
            name: package.name.clone(),
            source: Source::Registry(origin.into()),
        };
        let state = self.state();
        let mut versions = state.versions.get(&sourced).into_iter().flatten();
        versions.any(|(candidate, _)| candidate.version == package.version && candidate.yanked)
    }

    fn refused(&self, mut violation: Box<Violation>) -> FetchError {
        let mut state = self.state();
        state.evidence.push(violation.file());
        violation.kept = Some(format!("evidence {}", state.evidence.len()));
        FetchError::Security(Box::new(ClientError::Security(violation)))
    }
}

/// What proves a package in memory.
fn proof(package: &LockedPackage) -> String {
    match &package.source {
        LockedSource::Registry { archive, leaf, .. } => format!("{archive} {leaf}\n"),
        _ => String::new(),
    }
}

/// Repositories in memory: what their references name. The folder of a commit is `/git/COMMIT`; its files are the caller's to write.
#[derive(Debug, Default)]
pub struct MemoryRepositories {
    state: Mutex<GitState>,
}

#[derive(Debug, Default)]
struct GitState {
    commits: BTreeMap<(GitUrl, GitReference), CommitId>,
    stored: BTreeSet<CommitId>,
    requests: Vec<String>,
}

impl MemoryRepositories {
    /// Makes a reference name a commit.
    pub fn set(&self, url: GitUrl, reference: GitReference, commit: CommitId) {
        self.state().commits.insert((url, reference), commit);
    }

    /// What was asked since the last call: `commit URL`, `checkout COMMIT`.
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state().requests)
    }

    fn state(&self) -> MutexGuard<'_, GitState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Repositories for MemoryRepositories {
    fn commit(&self, url: &GitUrl, reference: &GitReference) -> Result<CommitId, FetchError> {
        let mut state = self.state();
        state.requests.push(format!("commit {url}"));
        let known = state.commits.get(&(url.clone(), reference.clone())).cloned();
        known.ok_or_else(|| FetchError::failed(format!("the repository {url} has no {reference}")))
    }

    fn stored(&self, _url: &GitUrl, commit: &CommitId) -> Option<PathBuf> {
        let is_stored = self.state().stored.contains(commit);
        is_stored.then(|| PathBuf::from(format!("/git/{commit}")))
    }

    fn checkout(&self, url: &GitUrl, commit: &CommitId) -> Result<PathBuf, FetchError> {
        if let Some(folder) = self.stored(url, commit) {
            return Ok(folder);
        }
        let mut state = self.state();
        state.requests.push(format!("checkout {commit}"));
        state.stored.insert(commit.clone());
        Ok(PathBuf::from(format!("/git/{commit}")))
    }
}

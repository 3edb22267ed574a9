//! Everything that a resolution may choose from, as one [`Provider`]: the packages of this disk, those of repositories, and registries.

use super::checkout::Checkout;
use super::packages::{FetchError, Packages, Repositories};
use super::{Request, SyncError, Update};
use crate::config::Registries;
use crate::git::{CommitId, GitReference, GitUrl};
use crate::graph::{Dependency, PackageIndex, PackageNode, Workspace};
use crate::load::Loaded;
use crate::lock::{Lock, LockedRepository};
use crate::name::PackageName;
use crate::outside::{Outside, Patched, Place, Want};
use crate::path::relative;
use crate::problem::{Problem, Severity};
use crate::solve::{Candidate, Need, Provider, ProviderError, Source, SourcedName};
use crate::source::ManifestSource;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// What a workspace can see. Lives as long as one `sync`; what it has asked for once it remembers.
pub(super) struct World<'w> {
    pub(super) workspace: &'w Workspace,
    pub(super) outside: &'w Outside,
    pub(super) registries: &'w Registries,
    pub(super) packages: &'w dyn Packages,
    repositories: &'w dyn Repositories,
    pub(super) manifests: &'w dyn ManifestSource,
    /// Commits that references keep.
    pinned: BTreeMap<(GitUrl, GitReference), CommitId>,
    commits: RefCell<BTreeMap<(GitUrl, GitReference), CommitId>>,
    checkouts: RefCell<BTreeMap<(GitUrl, CommitId), Rc<Checkout>>>,
    origins: RefCell<BTreeMap<String, Arc<str>>>,
}

impl<'w> World<'w> {
    /// `lock` says what references stand for, as far as `request` does not ask anew.
    pub(super) fn new(
        loaded: &'w Loaded,
        workspace: &'w Workspace,
        sources: &super::Sources<'w>,
        lock: Option<&Lock>,
        request: &Request,
    ) -> Self {
        let mut pinned = BTreeMap::new();
        for known in lock.iter().flat_map(|lock| &lock.repositories) {
            let LockedRepository {
                url,
                reference,
                commit,
            } = known;
            if !is_updated(lock, &request.update, url, commit) {
                pinned.insert((url.clone(), reference.clone()), commit.clone());
            }
        }
        Self {
            workspace,
            outside: &loaded.outside,
            registries: sources.registries,
            packages: sources.packages,
            repositories: sources.repositories,
            manifests: sources.manifests,
            pinned,
            commits: RefCell::default(),
            checkouts: RefCell::default(),
            origins: RefCell::default(),
        }
    }

    /// The source of a package of this disk, as a resolution sees it.
    pub(super) fn source_of(&self, package: &PackageNode) -> Source {
        local_source(self.workspace, package)
    }

    /// The packages of a commit, fetched if need be.
    pub(super) fn checkout(&self, url: &GitUrl, commit: &CommitId) -> Result<Rc<Checkout>, FetchError> {
        let key = (url.clone(), commit.clone());
        if let Some(known) = self.checkouts.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let folder = self.repositories.checkout(url, commit)?;
        let checkout = Rc::new(Checkout::read(self.manifests, &folder, (url, commit))?);
        self.checkouts.borrow_mut().insert(key, Rc::clone(&checkout));
        Ok(checkout)
    }

    /// The commit that a reference stands for: what the lock says, else what the repository does.
    pub(super) fn commit(&self, url: &GitUrl, reference: &GitReference) -> Result<CommitId, FetchError> {
        let key = (url.clone(), reference.clone());
        let known = self.commits.borrow().get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let commit = match self.pinned.get(&key) {
            Some(pinned) => pinned.clone(),
            None => self.repositories.commit(url, reference)?,
        };
        self.commits.borrow_mut().insert(key, commit.clone());
        Ok(commit)
    }

    /// The references that were asked for.
    pub(super) fn repositories(&self) -> Vec<LockedRepository> {
        let commits = self.commits.borrow();
        let known = commits.iter().map(|((url, reference), commit)| LockedRepository {
            url: url.clone(),
            reference: reference.clone(),
            commit: commit.clone(),
        });
        known.collect()
    }

    /// The origin of a registry that the configuration has.
    pub(super) fn origin(&self, name: &str) -> Result<Arc<str>, FetchError> {
        if let Some(known) = self.origins.borrow().get(name) {
            return Ok(Arc::clone(known));
        }
        let registry = self
            .registries
            .get(name)
            .ok_or_else(|| FetchError::failed(format!("there is no registry `{name}`")))?;
        let origin: Arc<str> = self.packages.origin(registry)?.into();
        self.origins
            .borrow_mut()
            .insert(name.to_owned(), Arc::clone(&origin));
        Ok(origin)
    }

    /// Registries whose origin is known, by name.
    pub(super) fn origins(&self) -> BTreeMap<String, Arc<str>> {
        self.origins.borrow().clone()
    }

    /// The source of a state of a repository.
    pub(super) fn git(&self, url: &GitUrl, reference: &GitReference) -> Result<Source, FetchError> {
        Ok(Source::Git {
            url: url.as_str().into(),
            revision: self.commit(url, reference)?.as_str().into(),
        })
    }

    /// What a dependency on something from elsewhere means.
    pub(super) fn need(&self, want: &Want) -> Result<Need, FetchError> {
        let source = match &want.place {
            Place::Git { url, reference } => self.git(url, reference)?,
            Place::Registry { asked } => {
                let registry = self
                    .registries
                    .choose(&want.name, asked.as_deref())
                    .map_err(|error| FetchError::failed(format!("{error}\n  help: {}", error.help())))?;
                Source::Registry(self.origin(&registry.name)?)
            }
        };
        Ok(Need {
            package: SourcedName {
                name: want.name.clone(),
                source,
            },
            requirement: want.requirement.clone(),
        })
    }

    /// The needs of the workspace's own packages that no registry can meet are reported where they are written.
    pub(super) fn check_wants(&self) -> Result<(), SyncError> {
        let mut problems = Vec::new();
        for want in &self.outside.wants {
            let Place::Registry { asked } = &want.place else {
                continue;
            };
            if let Err(error) = self.registries.choose(&want.name, asked.as_deref()) {
                problems.push(Problem {
                    severity: Severity::Error,
                    code: None,
                    message: error.to_string(),
                    location: want.location.clone(),
                    labels: Vec::new(),
                    help: Some(error.help()),
                });
            }
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(SyncError::Manifests(problems)),
        }
    }

    /// `[patch]`, as a resolution takes it.
    pub(super) fn patches(&self) -> Result<BTreeMap<PackageName, Source>, FetchError> {
        let patch = |(name, patched): (&PackageName, &Patched)| {
            let source = match patched {
                Patched::Here(index) => self.source_of(self.workspace.package(*index)),
                Patched::Git { url, reference } => self.git(url, reference)?,
            };
            Ok((name.clone(), source))
        };
        self.outside.patches.iter().map(patch).collect()
    }

    fn local_candidate(&self, name: &SourcedName) -> Option<Result<Candidate, FetchError>> {
        let is_it = |index: &PackageIndex| self.source_of(self.workspace.package(*index)) == name.source;
        let index = self.workspace.named(name.name.as_str()).find(is_it)?;
        Some(self.candidate((self.workspace, self.outside), index, |package| {
            self.source_of(package)
        }))
    }

    fn git_candidate(
        &self,
        name: &SourcedName,
        url: &str,
        revision: &str,
    ) -> Result<Candidate, ProviderError> {
        let (Ok(url), Some(commit)) = (GitUrl::parse(url), CommitId::parse(revision)) else {
            return Err(ProviderError::NotFound);
        };
        let checkout = self.checkout(&url, &commit).map_err(failed)?;
        let (index, _) = checkout
            .find(&name.name)
            .ok_or_else(|| failed(checkout.lacks(&name.name, &url, &commit)))?;
        self.candidate((&checkout.workspace, &checkout.outside), index, |_| {
            name.source.clone()
        })
        .map_err(failed)
    }

    /// A package of a folder as the only candidate for its name.
    fn candidate(
        &self,
        (workspace, outside): (&Workspace, &Outside),
        index: PackageIndex,
        source: impl Fn(&PackageNode) -> Source,
    ) -> Result<Candidate, FetchError> {
        let package = workspace.package(index);
        let is_own = std::ptr::eq(workspace, self.workspace);
        let here = |dependency: &Dependency| Need {
            package: SourcedName {
                name: dependency.name.clone(),
                source: source(workspace.package(dependency.package)),
            },
            requirement: None,
        };
        let mut needs: Vec<Need> = package.dependencies.iter().map(here).collect();
        let mut dev_needs: Vec<Need> = package.dev_dependencies.iter().map(here).collect();
        for want in outside.wants.iter().filter(|want| want.owner == index) {
            match want.dev {
                false => needs.push(self.need(want)?),
                // Only the tests of members are run.
                true if package.is_member() && is_own => dev_needs.push(self.need(want)?),
                true => {}
            }
        }
        Ok(Candidate {
            needs,
            dev_needs,
            ..Candidate::new(package.version.clone())
        })
    }
}

impl Provider for World<'_> {
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
        match &package.source {
            Source::Registry(_) => self.packages.candidates(package),
            Source::Git { url, revision } => {
                self.git_candidate(package, url, revision).map(|one| [one].into())
            }
            Source::Workspace | Source::Path(_) => match self.local_candidate(package) {
                None => Err(ProviderError::NotFound),
                Some(candidate) => candidate.map(|one| [one].into()).map_err(failed),
            },
        }
    }

    fn prefetch(&self, packages: &[SourcedName]) {
        let from_registries = |package: &&SourcedName| matches!(package.source, Source::Registry(_));
        let wanted: Vec<SourcedName> = packages.iter().filter(from_registries).cloned().collect();
        if !wanted.is_empty() {
            self.packages.prefetch(&wanted);
        }
    }

    fn cancelled(&self) -> bool {
        self.packages.cancelled()
    }
}

fn failed(error: FetchError) -> ProviderError {
    ProviderError::Failed(Box::new(error))
}

/// The source of a package of a workspace's own disk.
pub(super) fn local_source(workspace: &Workspace, package: &PackageNode) -> Source {
    match package.is_member() {
        true => Source::Workspace,
        false => Source::Path(relative(&workspace.root, &package.root).into()),
    }
}

/// Whether an update asks for the commit of a repository anew: all do, or that of a package that comes from there.
fn is_updated(lock: Option<&Lock>, update: &Update, url: &GitUrl, commit: &CommitId) -> bool {
    use crate::lock::LockedSource;
    let names = match update {
        Update::Nothing | Update::Precise(..) => return false,
        Update::Everything => return true,
        Update::Packages(names) => names,
    };
    let mut packages = lock.iter().flat_map(|lock| &lock.packages);
    packages.any(|package| {
        let from =
            matches!(&package.source, LockedSource::Git { url: of, commit: at } if of == url && at == commit);
        from && names.contains(&package.name)
    })
}

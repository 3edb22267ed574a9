//! From the packages of a disk to the whole package graph: what they need from registries and git repositories is chosen, fetched and
//! written into the lock.
//!
//! ```text
//! sync(loaded, lock, sources, request)
//!   satisfied  does the lock say what the manifests say? then nothing is asked and nothing chosen
//!   world      else: everything that may be chosen, for the solver; checkout: the packages of a commit
//!   question   what it is asked: needs, versions to keep, policy
//!   relock     what the solver chose -> a new lock
//!   held       is what the lock says of fetched packages what their manifests say?
//!   complete   the lock and the folders of what it names -> the graph
//! packages     the traits through which registries and repositories are seen; memory: their twin; offline: both shut
//! proofs       what proves the lock's packages again, without a network
//! changes      what differs between two locks, for people
//! ```
//!
//! Pure: what is fetched comes through [`Packages`] and [`Repositories`]. The lock is returned, not written: the caller writes it, and
//! by then everything that it names has been fetched and proved.

mod changes;
mod checkout;
mod complete;
mod error;
mod held;
mod memory;
mod offline;
mod packages;
mod proofs;
mod question;
mod relock;
mod satisfied;
mod world;

pub use changes::Change;
pub use error::SyncError;
pub use memory::{MemoryPackages, MemoryRepositories};
pub use packages::{FetchError, Packages, Published, Repositories};
pub(crate) use proofs::check_checkpoints;

use crate::config::Registries;
use crate::grant::{Grant, new_grants};
use crate::graph::{PackageSource, Workspace};
use crate::load::Loaded;
use crate::lock::{Lock, LockedPackage, Proofs};
use crate::name::PackageName;
use crate::outside::Patched;
use crate::solve::{self, ProviderError, SolveError};
use crate::source::ManifestSource;
use offline::Offline;
use semver::Version;
use std::collections::BTreeMap;
use std::path::PathBuf;
use world::World;

/// What a caller decides.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `--locked`: the lock must not change.
    pub locked: bool,
    /// `--offline`: nobody is asked.
    pub offline: bool,
    /// Which versions of the lock are given up.
    pub update: Update,
    /// `--minimal`: of what is chosen anew, the oldest version that fits.
    pub minimal: bool,
    /// Whether grants that packages newly ask for are given.
    pub accept_grants: bool,
    /// Whether yanked versions of the lock are told of although nobody is asked: as they were last seen.
    pub last_seen_yanks: bool,
    /// The present, in seconds since 1970-01-01T00:00:00Z.
    pub now: u64,
}

/// Which versions of the lock are given up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Update {
    /// None that fits.
    #[default]
    Nothing,
    /// All.
    Everything,
    /// Those of these packages.
    Packages(Vec<PackageName>),
    /// That of this package, for this one.
    Precise(PackageName, Version),
}

/// Where packages come from.
#[derive(Clone, Copy)]
pub struct Sources<'s> {
    /// As the workspace and the user name them.
    pub registries: &'s Registries,
    /// What is in them.
    pub packages: &'s dyn Packages,
    /// Git.
    pub repositories: &'s dyn Repositories,
    /// For the manifests in checkouts.
    pub manifests: &'s dyn ManifestSource,
    /// What `lumen.lock.proofs` says.
    pub proofs: KeptProofs<'s>,
}

/// What lies beside the lock.
#[derive(Debug, Clone, Copy)]
pub enum KeptProofs<'p> {
    /// Nothing.
    Absent,
    /// Something that cannot be read: why. It is made again when registries are asked, and missed where it is needed.
    Damaged(&'p str),
    /// Proofs.
    Whole(&'p Proofs),
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Synced {
    /// The whole graph.
    pub workspace: Workspace,
    /// What it was made from.
    pub lock: Lock,
    /// What `lumen.lock.proofs` is to say; empty for none.
    pub proofs: Proofs,
    /// What differs from the lock before, packages of this disk aside; sorted.
    pub changes: Vec<Change>,
    /// Sentences that are worth a line: a patch that nothing uses.
    pub notes: Vec<String>,
}

/// Completes the package graph of a workspace. `lock` is the one on disk.
///
/// # Errors
/// See [`SyncError`]. Nothing that was asked for is lost then: what was stored stays.
///
/// # Panics
/// If `loaded` has no workspace.
pub fn sync(
    loaded: &Loaded,
    lock: Option<&Lock>,
    sources: &Sources<'_>,
    request: &Request,
) -> Result<Synced, SyncError> {
    let none = Lock::default();
    if !request.offline {
        return Sync::new(loaded, lock, sources, request).run();
    }
    let offline = Offline::new(lock.unwrap_or(&none), sources.packages, sources.repositories);
    let shut = Sources {
        packages: &offline,
        repositories: &offline,
        ..*sources
    };
    let synced = Sync::new(loaded, lock, &shut, request).run();
    synced.map_err(|error| match (error, offline.missing()) {
        (error @ (SyncError::Fetch(_) | SyncError::Unsolvable(_)), missing)
            if !missing.is_empty() && !error.is_security() =>
        {
            SyncError::Offline(missing)
        }
        (error, _) => error,
    })
}

struct Sync<'s> {
    proofs: KeptProofs<'s>,
    workspace: &'s Workspace,
    lock: Option<&'s Lock>,
    request: &'s Request,
    world: World<'s>,
}

impl<'s> Sync<'s> {
    fn new(loaded: &'s Loaded, lock: Option<&'s Lock>, sources: &Sources<'s>, request: &'s Request) -> Self {
        let workspace = loaded.workspace.as_ref().expect("manifests without errors");
        Self {
            proofs: sources.proofs,
            workspace,
            lock,
            request,
            world: World::new(loaded, workspace, sources, lock, request),
        }
    }

    fn run(&self) -> Result<Synced, SyncError> {
        if self.world.outside.is_empty() && self.world.outside.patches.is_empty() {
            return self.run_here();
        }
        self.world.check_wants()?;
        let (lock, chosen) = match self.still_holds()? {
            Some(lock) => (lock, false),
            None => {
                let lock = self.solve()?;
                self.check_history()?;
                self.check_grants(&lock)?;
                (lock, true)
            }
        };
        let (folders, fetched) = self.folders(&lock)?;
        self.check_history()?;
        held::check(&self.world, &lock, &folders)?;
        let asked = !self.request.offline && (chosen || fetched);
        let proofs = proofs::proofs(&lock, self.proofs, self.world.packages, self.request, asked)?;
        let workspace = complete::graph(&self.world, &lock, &folders)?;
        let mut notes = self.unused_patches(&lock);
        if chosen || fetched || self.request.last_seen_yanks {
            notes.extend(self.yanked(&lock));
        }
        Ok(Synced {
            workspace,
            changes: changes::between(self.lock, &lock),
            notes,
            proofs,
            lock,
        })
    }

    /// The logs that were asked continue those that the lock has seen. A disk that knows nothing yet, as those of CI, knows at least this.
    fn check_history(&self) -> Result<(), SyncError> {
        for seen in self.lock.iter().flat_map(|lock| &lock.registries) {
            self.world.packages.continues(seen)?;
        }
        Ok(())
    }

    /// Everything lies on this disk: there is nothing to choose.
    fn run_here(&self) -> Result<Synced, SyncError> {
        match &self.request.update {
            Update::Nothing | Update::Everything => {}
            Update::Packages(names) => self.check_known(names)?,
            Update::Precise(name, _) => self.check_known(std::slice::from_ref(name))?,
        }
        if self.request.locked {
            self.still_holds()?;
        }
        let lock = Lock::of(self.workspace);
        Ok(Synced {
            workspace: self.workspace.clone(),
            changes: changes::between(self.lock, &lock),
            notes: Vec::new(),
            proofs: Proofs::default(),
            lock,
        })
    }

    /// Only what the lock has can be updated.
    fn check_known(&self, names: &[PackageName]) -> Result<(), SyncError> {
        let is_known = |name: &&PackageName| self.lock.is_some_and(|lock| !lock.of_name(name).is_empty());
        match names.iter().find(|name| !is_known(name)) {
            None => Ok(()),
            Some(unknown) => Err(SyncError::not_locked(unknown)),
        }
    }

    /// The lock on disk, if it is to be used as it is.
    fn still_holds(&self) -> Result<Option<Lock>, SyncError> {
        let empty = Lock::default();
        let (outside, registries) = (self.world.outside, self.world.registries);
        let lock = self.lock.unwrap_or(&empty);
        let differences = satisfied::differences(self.workspace, outside, registries, lock);
        match (differences.is_empty(), self.request.locked) {
            (true, _) if self.request.update == Update::Nothing => Ok(Some(lock.clone())),
            (false, true) if self.lock.is_none() => Err(SyncError::Outdated(vec![
                "there is no `lumen.lock` yet".to_owned(),
            ])),
            (false, true) => Err(SyncError::Outdated(differences)),
            _ => Ok(None),
        }
    }

    fn solve(&self) -> Result<Lock, SyncError> {
        let problem = solve::Problem {
            roots: self.roots(),
            locked: self.preferences()?,
            policy: self.policy()?,
        };
        let solution = solve::solve(&problem, &self.world).map_err(|error| match error {
            SolveError::Provider {
                source: ProviderError::Failed(failure),
                package,
            } => match failure.downcast::<FetchError>() {
                Ok(failure) => SyncError::Fetch(*failure),
                Err(failure) => SyncError::Unsolvable(Box::new(SolveError::Provider {
                    package,
                    source: ProviderError::Failed(failure),
                })),
            },
            error => SyncError::Unsolvable(Box::new(error)),
        })?;
        let lock = relock::lock_of(&self.world, &solution, self.lock)?;
        self.check_precise(&lock)?;
        Ok(lock)
    }

    /// `--precise` asks for one version and takes no other.
    fn check_precise(&self, lock: &Lock) -> Result<(), SyncError> {
        let Update::Precise(name, version) = &self.request.update else {
            return Ok(());
        };
        let chosen = lock.of_name(name);
        if chosen.iter().any(|package| package.version == *version) {
            return Ok(());
        }
        let has: Vec<String> = chosen.iter().map(|package| package.version.to_string()).collect();
        Err(SyncError::Update(format!(
            "`{name} {version}` does not exist or is not what the manifests allow; {} is what fits\n  help: `lumen info {name}` shows what there is, `lumen tree --invert {name}` who asks for it; `lumen add {name}@{version}` asks for another",
            has.join(" and ")
        )))
    }

    /// What was granted when the lock was made stays granted; everything else needs the root's consent.
    fn check_grants(&self, lock: &Lock) -> Result<(), SyncError> {
        if self.request.accept_grants {
            return Ok(());
        }
        let mut asked = Vec::new();
        for package in lock.packages.iter().filter(|package| !package.grants.is_empty()) {
            let before: Vec<Grant> = self
                .lock
                .iter()
                .flat_map(|lock| lock.of_name(&package.name))
                .flat_map(|before| before.grants.iter().cloned())
                .collect();
            let new = new_grants(&before, &package.grants);
            let missing = self.world.outside.consent.missing(&package.name, &new);
            if !missing.is_empty() {
                asked.push((package.name.clone(), package.version.clone(), missing));
            }
        }
        match asked.is_empty() {
            true => Ok(()),
            false => Err(SyncError::Ungranted(asked)),
        }
    }

    /// The folders of packages of registries, parallel to the lock's packages, and whether some had to be fetched.
    fn folders(&self, lock: &Lock) -> Result<(Vec<Option<PathBuf>>, bool), SyncError> {
        let packages = self.world.packages;
        let is_published = |package: &&LockedPackage| package.source.origin().is_some();
        let mut folders: Vec<Option<PathBuf>> = lock
            .packages
            .iter()
            .map(|package| is_published(&package).then(|| packages.stored(package)).flatten())
            .collect();
        let missing: Vec<(usize, &LockedPackage)> = lock
            .packages
            .iter()
            .enumerate()
            .filter(|(place, package)| {
                is_published(package) && folders.get(*place).is_some_and(Option::is_none)
            })
            .collect();
        if missing.is_empty() {
            return Ok((folders, false));
        }
        let wanted: Vec<&LockedPackage> = missing.iter().map(|(_, package)| *package).collect();
        for ((place, _), folder) in missing.iter().zip(packages.obtain(&wanted)?) {
            if let Some(slot) = folders.get_mut(*place) {
                *slot = Some(folder);
            }
        }
        Ok((folders, true))
    }

    /// One sentence about all versions of the lock that are known to be yanked. They go on being used: a yank breaks nobody's build.
    fn yanked(&self, lock: &Lock) -> Option<String> {
        let packages = self.world.packages;
        let yanked = lock.packages.iter().filter(|package| packages.is_yanked(package));
        let names: Vec<String> = yanked
            .map(|package| format!("`{} {}`", package.name, package.version))
            .collect();
        (!names.is_empty()).then(|| {
            format!(
                "the lock has what was yanked since: {}; `lumen update` takes other versions where some fit",
                names.join(", ")
            )
        })
    }

    fn unused_patches(&self, lock: &Lock) -> Vec<String> {
        let patches = self.world.outside.patches.iter();
        let is_unused = |(name, patched): &(&PackageName, &Patched)| {
            let member = match patched {
                Patched::Here(index) => self.workspace.package(*index).source == PackageSource::Member,
                Patched::Git { .. } => false,
            };
            !member && lock.of_name(name).is_empty()
        };
        patches
            .filter(is_unused)
            .map(|(name, _)| format!(
                "the patch of `{name}` is not used: nothing that was chosen needs the package; a version that needs what the patch does not fit is never chosen"
            ))
            .collect()
    }
}

/// By name and version, for comparing locks.
type ByVersion<'l> = BTreeMap<(&'l PackageName, &'l Version), &'l LockedPackage>;

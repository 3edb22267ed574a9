//! `lumen.lock`: which packages a workspace was built from. The format is in `docs/spec/manifest-v1.md`.
//!
//! Pure: text in, text out. `shell` reads and writes the file; whether a stale lock is rewritten or refused is the caller's choice.

mod conflict;
mod package;
mod parse;
mod proofs;
mod render;
mod repository;
mod source;

use crate::digest::Digest;
use crate::git::{CommitId, GitReference, GitUrl};
use crate::grant::Grant;
use crate::graph::{Dependency, PackageNode, Workspace};
use crate::name::PackageName;
use crate::problem::Problem;
use semver::Version;
use std::path::Path;

pub use proofs::{LockedBundle, LockedCheckpoint, MAXIMUM_PROOFS_BYTES, PROOFS_FILE, Proofs, ProofsError};
pub use source::LockedSource;

/// The file name of the lock, in the workspace's folder.
pub const LOCK_FILE: &str = "lumen.lock";

/// The version of the format that is written. Version 1, which has no registries and no git repositories, is read too.
pub const LOCK_VERSION: i64 = 2;

/// The content of a lock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// One a registry that packages come from. Sorted by origin, origins are unique.
    pub registries: Vec<LockedRegistry>,
    /// One a state of a git repository that was asked for. Sorted, each once.
    pub repositories: Vec<LockedRepository>,
    /// Sorted by name and version; no version of a name is there twice.
    pub packages: Vec<LockedPackage>,
}

/// The state of a registry that the packages were proved against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedRegistry {
    /// What the workspace called it.
    pub name: String,
    /// The origin of its log, which is its identity.
    pub origin: String,
    /// Where it was. For people, and for a workspace whose configuration has lost it.
    pub url: Option<String>,
    /// How many leaves the log had.
    pub size: u64,
    /// The root of its Merkle tree then.
    pub root: Digest,
}

/// What a reference to a state of a repository stood for. A manifest that names another reference makes the lock stale; that a branch
/// has moved does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedRepository {
    /// The repository.
    pub url: GitUrl,
    /// As a manifest says it.
    pub reference: GitReference,
    /// The commit.
    pub commit: CommitId,
}

/// One package of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPackage {
    /// The lock may have several versions of a name.
    pub name: PackageName,
    /// Exact.
    pub version: Version,
    /// Where it comes from.
    pub source: LockedSource,
    /// What it asks for, sorted.
    pub grants: Vec<Grant>,
    /// Packages of the same lock, sorted.
    pub dependencies: Vec<LockedDependency>,
    /// Packages of the same lock, sorted.
    pub dev_dependencies: Vec<LockedDependency>,
}

/// One end of an edge of the graph.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedDependency {
    /// The package.
    pub name: PackageName,
    /// Only where the lock has several versions of the name, see [`Lock::sort`].
    pub version: Option<Version>,
}

/// What a package's entry in a lock is called among evidence.
pub(crate) const LOCK_ENTRY: &str = "entry of the lock";

impl LockedPackage {
    /// The entry of this package, as a lock has it.
    pub fn render(&self) -> String {
        render::render_entry(self)
    }
}

/// How the lock on disk relates to the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockState {
    /// It says what the manifests say.
    UpToDate,
    /// There is none.
    Missing,
    /// It is well-formed, but the manifests have changed since, or it has an older format.
    Stale,
    /// It is no lock: merge conflict, newer version, damage. A caller must not overwrite it unasked.
    Broken(Vec<Problem>),
}

impl Lock {
    /// The lock of a workspace without packages from elsewhere. The same for the same manifests, wherever the workspace lies.
    pub fn of(workspace: &Workspace) -> Self {
        Self {
            registries: Vec::new(),
            repositories: Vec::new(),
            packages: workspace
                .packages
                .iter()
                .map(|package| locked(workspace, package))
                .collect(),
        }
    }

    /// Brings everything into its order, and takes the versions out of dependencies whose name the lock has once. [`Lock::render`] expects a lock that is
    /// sorted, [`Lock::parse`] gives one.
    pub fn sort(&mut self) {
        self.registries
            .sort_by(|left, right| left.origin.cmp(&right.origin));
        self.repositories.sort();
        self.repositories.dedup();
        self.packages
            .sort_by(|left, right| (&left.name, &left.version).cmp(&(&right.name, &right.version)));
        let several: std::collections::BTreeSet<PackageName> = self
            .packages
            .windows(2)
            .filter_map(|pair| match pair {
                [first, second] if first.name == second.name => Some(first.name.clone()),
                _ => None,
            })
            .collect();
        for package in &mut self.packages {
            package.grants.sort();
            for dependencies in [&mut package.dependencies, &mut package.dev_dependencies] {
                for dependency in dependencies.iter_mut() {
                    if !several.contains(&dependency.name) {
                        dependency.version = None;
                    }
                }
                dependencies.sort();
                dependencies.dedup();
            }
        }
    }

    /// The package at the end of an edge; `None` if the lock has none, or several and the edge does not say which.
    pub fn find(&self, dependency: &LockedDependency) -> Option<&LockedPackage> {
        let mut fitting = self.of_name(&dependency.name).iter().filter(|package| {
            dependency
                .version
                .as_ref()
                .is_none_or(|version| *version == package.version)
        });
        match (fitting.next(), fitting.next()) {
            (Some(package), None) => Some(package),
            _ => None,
        }
    }

    /// The commit that a reference stood for.
    pub fn commit(&self, url: &GitUrl, reference: &GitReference) -> Option<&CommitId> {
        let wanted = |known: &&LockedRepository| known.url == *url && known.reference == *reference;
        self.repositories.iter().find(wanted).map(|known| &known.commit)
    }

    /// All versions of a name, oldest first. Logarithmic.
    pub fn of_name(&self, name: &PackageName) -> &[LockedPackage] {
        let start = self.packages.partition_point(|package| package.name < *name);
        let end = self.packages.partition_point(|package| package.name <= *name);
        self.packages.get(start..end).unwrap_or_default()
    }

    /// The text of the lock: `\n` line ends, sorted, one name a line.
    pub fn render(&self) -> String {
        render::render(self)
    }

    /// Reads a lock of version 2 or 1; `file` is where problems are said to be. Packages may come in any order, as after a merge.
    ///
    /// # Errors
    /// Everything wrong with it.
    pub fn parse(file: &Path, text: &str) -> Result<Self, Vec<Problem>> {
        parse::parse(file, text).map(|(lock, _)| lock)
    }
}

impl LockState {
    /// Compares the lock on disk (`None` if there is none) with the workspace. Cheap if they are byte for byte the same.
    pub fn of(workspace: &Workspace, on_disk: Option<&str>) -> Self {
        Self::compare(&workspace.root, &Lock::of(workspace), on_disk)
    }

    /// Compares the lock on disk (`None` if there is none) of the workspace in `root` with the one that should be there.
    pub fn compare(root: &Path, lock: &Lock, on_disk: Option<&str>) -> Self {
        let Some(text) = on_disk else { return Self::Missing };
        if lock.render() == text {
            return Self::UpToDate;
        }
        match parse::parse(&root.join(LOCK_FILE), text) {
            Ok((parsed, LOCK_VERSION)) if parsed == *lock => Self::UpToDate,
            Ok(_) => Self::Stale,
            Err(problems) => Self::Broken(problems),
        }
    }
}

fn locked(workspace: &Workspace, package: &PackageNode) -> LockedPackage {
    let names = |dependencies: &[Dependency]| {
        dependencies
            .iter()
            .map(|dependency| LockedDependency {
                name: dependency.name.clone(),
                version: None,
            })
            .collect()
    };
    LockedPackage {
        name: package.name.clone(),
        version: package.version.clone(),
        source: match package.is_member() {
            true => LockedSource::Workspace,
            false => LockedSource::Path(workspace.relative_root(package)),
        },
        grants: Vec::new(),
        dependencies: names(&package.dependencies),
        dev_dependencies: names(&package.dev_dependencies),
    }
}

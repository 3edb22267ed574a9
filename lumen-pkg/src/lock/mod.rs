//! `lumen.lock`: which packages a workspace was built from. The format is in `docs/spec/manifest-v1.md`.
//!
//! Pure: text in, text out. `shell` reads and writes the file; whether a stale lock is rewritten or refused is the caller's choice.

mod parse;
mod render;

use crate::graph::{Dependency, PackageNode, Workspace};
use crate::name::PackageName;
use crate::problem::Problem;
use semver::Version;
use std::path::Path;

/// The file name of the lock, in the workspace's folder.
pub const LOCK_FILE: &str = "lumen.lock";

/// The version of the format that is written, and the only one that is read.
pub const LOCK_VERSION: i64 = 1;

/// The content of a lock. Packages are sorted by name, names are unique.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// Members and the packages that they reach by path.
    pub packages: Vec<LockedPackage>,
}

/// One package of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPackage {
    /// Unique in the lock.
    pub name: PackageName,
    /// Exact.
    pub version: Version,
    /// Where it comes from.
    pub source: LockedSource,
    /// Names of packages of the same lock, sorted.
    pub dependencies: Vec<PackageName>,
    /// Names of packages of the same lock, sorted.
    pub dev_dependencies: Vec<PackageName>,
}

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockedSource {
    /// A member of the workspace.
    Workspace,
    /// A folder outside of it, relative to the workspace's, with `/`.
    Path(String),
}

/// How the lock on disk relates to the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockState {
    /// It says what the manifests say.
    UpToDate,
    /// There is none.
    Missing,
    /// It is well-formed, but the manifests have changed since.
    Stale,
    /// It is no lock: merge conflict, newer version, damage. A caller must not overwrite it unasked.
    Broken(Vec<Problem>),
}

impl Lock {
    /// The lock of a workspace. The same for the same manifests, wherever the workspace lies.
    pub fn of(workspace: &Workspace) -> Self {
        Self {
            packages: workspace
                .packages
                .iter()
                .map(|package| locked(workspace, package))
                .collect(),
        }
    }

    /// The text of the lock: ASCII apart from paths, `\n` line ends, sorted, one name a line.
    pub fn render(&self) -> String {
        render::render(self)
    }

    /// Reads a lock; `file` is where problems are said to be. Packages may come in any order, as after a merge.
    ///
    /// # Errors
    /// Everything wrong with it.
    pub fn parse(file: &Path, text: &str) -> Result<Self, Vec<Problem>> {
        parse::parse(file, text)
    }
}

impl LockState {
    /// Compares the lock on disk (`None` if there is none) with the workspace. Cheap if they are byte for byte the same.
    pub fn of(workspace: &Workspace, on_disk: Option<&str>) -> Self {
        let Some(text) = on_disk else { return Self::Missing };
        let lock = Lock::of(workspace);
        if lock.render() == text {
            return Self::UpToDate;
        }
        match Lock::parse(&workspace.root.join(LOCK_FILE), text) {
            Ok(parsed) if parsed == lock => Self::UpToDate,
            Ok(_) => Self::Stale,
            Err(problems) => Self::Broken(problems),
        }
    }
}

fn locked(workspace: &Workspace, package: &PackageNode) -> LockedPackage {
    let names = |dependencies: &[Dependency]| {
        dependencies
            .iter()
            .map(|dependency| dependency.name.clone())
            .collect()
    };
    LockedPackage {
        name: package.name.clone(),
        version: package.version.clone(),
        source: match package.is_member() {
            true => LockedSource::Workspace,
            false => LockedSource::Path(workspace.relative_root(package)),
        },
        dependencies: names(&package.dependencies),
        dev_dependencies: names(&package.dev_dependencies),
    }
}

//! The packages of a commit of a git repository: its manifests, read as those of a workspace that ends at the top of the checkout.

use super::packages::FetchError;
use crate::git::{CommitId, GitUrl};
use crate::graph::{PackageIndex, PackageNode, Workspace};
use crate::load::{Loaded, load_dependency};
use crate::name::PackageName;
use crate::outside::Outside;
use crate::problem::Severity;
use crate::source::{FolderEntry, ManifestSource, ReadError};
use std::path::Path;

/// How many packages of a commit are listed where one is looked for in vain.
const LISTED: usize = 10;

/// A commit's packages.
pub(super) struct Checkout {
    pub(super) workspace: Workspace,
    pub(super) outside: Outside,
}

impl Checkout {
    /// Reads the manifests in `folder`, the files of a commit.
    ///
    /// # Errors
    /// If there are none, or one of them is wrong.
    pub(super) fn read(
        manifests: &dyn ManifestSource,
        folder: &Path,
        (url, commit): (&GitUrl, &CommitId),
    ) -> Result<Self, FetchError> {
        let confined = Confined { manifests, folder };
        let Loaded {
            workspace,
            outside,
            problems,
            root,
            ..
        } = load_dependency(&confined, folder);
        if root.is_none() {
            return Err(FetchError::failed(format!(
                "the repository {url} has no `lumen.toml` at its top in commit {commit}"
            )));
        }
        match workspace {
            Some(workspace) => Ok(Self { workspace, outside }),
            None => {
                let error = problems
                    .iter()
                    .find(|problem| problem.severity == Severity::Error)
                    .map(|problem| problem.message.as_str())
                    .unwrap_or_default();
                Err(FetchError::failed(format!(
                    "the manifests of the repository {url} are wrong in commit {commit}: {error}"
                )))
            }
        }
    }

    /// The package of that name.
    pub(super) fn find(&self, name: &PackageName) -> Option<(PackageIndex, &PackageNode)> {
        let index = self.workspace.named(name.as_str()).next()?;
        Some((index, self.workspace.package(index)))
    }

    /// That there is no package of that name, and which there are.
    pub(super) fn lacks(&self, name: &PackageName, url: &GitUrl, commit: &CommitId) -> FetchError {
        let packages = self.workspace.members().map(|(_, package)| package.name.as_str());
        let mut names: Vec<&str> = packages.take(LISTED).collect();
        if self.workspace.members().count() > names.len() {
            names.push("...");
        }
        FetchError::failed(format!(
            "the repository {url} has no package `{name}` in commit {commit}\n  help: it has {}",
            names.join(", ")
        ))
    }
}

/// Files below a folder; outside of it there is nothing.
struct Confined<'c> {
    manifests: &'c dyn ManifestSource,
    folder: &'c Path,
}

impl ManifestSource for Confined<'_> {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match path.starts_with(self.folder) {
            true => self.manifests.read(path, limit),
            false => Err(ReadError::Absent),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, ReadError> {
        match folder.starts_with(self.folder) {
            true => self.manifests.list(folder),
            false => Err(ReadError::Absent),
        }
    }
}

/// What the folder of a package of a commit holds.
pub(super) fn content(commit: &CommitId) -> String {
    format!("git:{commit}")
}

//! The window through which a workspace sees what is not on this disk: registries and git repositories.
//!
//! The client implements [`Packages`] over verified registries, `shell` implements [`Repositories`] with the git command;
//! [`super::memory`] has a twin of both. What is handed out here has been proved: nobody above checks it again.

use crate::client::Violation;
use crate::config::Registry;
use crate::digest::Digest;
use crate::git::{CommitId, GitReference, GitUrl};
use crate::grant::Grant;
use crate::lock::{LockedBundle, LockedCheckpoint, LockedPackage, LockedRegistry, Proofs};
use crate::solve::{Provider, SourcedName};
use semver::Version;
use std::path::PathBuf;

/// All registries of a workspace. As a [`Provider`] it is asked for packages of registries only.
pub trait Packages: Provider {
    /// The origin of a registry's log, which is its identity. The first question that a registry is asked.
    ///
    /// # Errors
    /// If it is not known yet and cannot be found out, or does not verify.
    fn origin(&self, registry: &Registry) -> Result<String, FetchError>;

    /// The minimum release age, in seconds, that a registry's own policy names.
    ///
    /// # Errors
    /// As [`Packages::origin`].
    fn minimum_release_age(&self, origin: &str) -> Result<Option<u64>, FetchError>;

    /// What the lock says of a version that [`Provider::candidates`] has listed.
    ///
    /// # Errors
    /// If it cannot be found out, or does not verify.
    fn published(&self, package: &SourcedName, version: &Version) -> Result<Published, FetchError>;

    /// The state of a registry that its answers were proved against.
    ///
    /// # Errors
    /// If the registry was not asked before.
    fn registry(&self, origin: &str) -> Result<LockedRegistry, FetchError>;

    /// Whether the log of a registry continues the one that a lock has seen. Nobody is asked for this alone: of a registry that was not asked before, nothing new
    /// can have come.
    ///
    /// # Errors
    /// If it does not, which is one of security: the registry has rewritten its history, or shows two.
    fn continues(&self, seen: &LockedRegistry) -> Result<(), FetchError>;

    /// The folder of a package of a registry, if it is on this disk already. Asks nobody.
    fn stored(&self, package: &LockedPackage) -> Option<PathBuf>;

    /// Fetches, proves and stores packages of registries that are not on this disk: all of them or an error. Their folders, in order.
    ///
    /// # Errors
    /// The first failure.
    fn obtain(&self, packages: &[&LockedPackage]) -> Result<Vec<PathBuf>, FetchError>;

    /// Proves again without a network later that packages of a registry are in its log: its checkpoint, which continues that of the lock, and the
    /// bundle of each package.
    ///
    /// # Errors
    /// If a proof cannot be had, or does not verify.
    fn prove(
        &self,
        registry: &LockedRegistry,
        packages: &[&LockedPackage],
    ) -> Result<(LockedCheckpoint, Vec<LockedBundle>), FetchError>;

    /// Verifies packages by proofs that were kept. Asks nobody.
    ///
    /// # Errors
    /// If a proof is missing or does not verify.
    fn check_proofs(&self, proofs: &Proofs, packages: &[&LockedPackage]) -> Result<(), FetchError>;

    /// Whether a package of a registry is known to be yanked: by what the registry was asked, or else by what was last seen of it. Asks nobody.
    fn is_yanked(&self, package: &LockedPackage) -> bool;

    /// Something that this disk has, of a lock for instance, did not verify: its evidence is kept. The error, which says where.
    fn refused(&self, violation: Box<Violation>) -> FetchError;
}

/// What a registry says of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// SHA-256 of the canonical tar.
    pub archive: Digest,
    /// The root of the Merkle tree over its files.
    pub files: Digest,
    /// The index of its `publish` leaf.
    pub leaf: u64,
    /// What it asks for, sorted.
    pub grants: Vec<Grant>,
}

/// Git repositories.
pub trait Repositories {
    /// The commit that a reference names now. Asks the repository.
    ///
    /// # Errors
    /// If there is none, or the repository cannot be reached.
    fn commit(&self, url: &GitUrl, reference: &GitReference) -> Result<CommitId, FetchError>;

    /// The folder with the files of a commit, if it is on this disk already. Asks nobody.
    fn stored(&self, url: &GitUrl, commit: &CommitId) -> Option<PathBuf>;

    /// The folder with the files of a commit, fetched if need be. What is in it never changes.
    ///
    /// # Errors
    /// If it cannot be fetched.
    fn checkout(&self, url: &GitUrl, commit: &CommitId) -> Result<PathBuf, FetchError>;
}

/// Why something was not fetched. Shown to people as it is; may have several lines.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Something did not verify: exit status 4. Nothing was stored.
    #[error("{0}")]
    Security(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A registry does not answer: exit status 5.
    #[error("{0}")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A repository, the disk, or something that is not there.
    #[error("{0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl FetchError {
    /// A failure in words.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into().into())
    }

    /// Whether something did not verify.
    pub fn is_security(&self) -> bool {
        matches!(self, Self::Security(_))
    }

    /// Whether a registry did not answer.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

//! The window through which a build gets packages that are not on this disk: registries, git repositories, the user's configuration.
//!
//! The command line hands in the real ones. Nothing is opened as long as the lock holds and nothing is missing.

use lumen_pkg::client::{ClientError, Violation};
use lumen_pkg::config::{Registries, Registry, UserConfig};
use lumen_pkg::solve::{Candidate, Provider, ProviderError, SourcedName};
use lumen_pkg::sync::{FetchError, Packages, Published, Repositories};
use lumen_pkg::{
    CommitId, GitReference, GitUrl, LockedBundle, LockedCheckpoint, LockedPackage, LockedRegistry, Problem,
    Proofs, Version, Workspace,
};
use std::path::PathBuf;
use std::sync::Arc;

/// Where packages come from.
pub trait Surroundings: Sync {
    /// The file of the user's configuration, whether it is there or not; `None` if there is no place for one.
    fn configuration_file(&self) -> Option<PathBuf>;

    /// The user's configuration.
    ///
    /// # Errors
    /// What is wrong with it.
    fn configuration(&self) -> Result<UserConfig, Vec<Problem>>;

    /// The registries of a workspace. Asks none of them yet.
    ///
    /// # Errors
    /// If there cannot be any.
    fn packages<'s>(
        &'s self,
        workspace: &Workspace,
        registries: &'s Registries,
    ) -> Result<Box<dyn Packages + 's>, FetchError>;

    /// Git repositories.
    fn repositories(&self) -> &dyn Repositories;
}

/// No surroundings: everything has to lie on this disk.
pub(crate) struct Closed;

const CLOSED: &str = "packages from registries and repositories cannot be had here";

impl Surroundings for Closed {
    fn configuration_file(&self) -> Option<PathBuf> {
        None
    }

    fn configuration(&self) -> Result<UserConfig, Vec<Problem>> {
        Ok(UserConfig::default())
    }

    fn packages<'s>(
        &'s self,
        _workspace: &Workspace,
        _registries: &'s Registries,
    ) -> Result<Box<dyn Packages + 's>, FetchError> {
        Ok(Box::new(Closed))
    }

    fn repositories(&self) -> &dyn Repositories {
        &Closed
    }
}

impl Provider for Closed {
    fn candidates(&self, _package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
        Err(ProviderError::Failed(Box::new(FetchError::failed(CLOSED))))
    }
}

impl Packages for Closed {
    fn origin(&self, _registry: &Registry) -> Result<String, FetchError> {
        Err(FetchError::failed(CLOSED))
    }

    fn minimum_release_age(&self, _origin: &str) -> Result<Option<u64>, FetchError> {
        Err(FetchError::failed(CLOSED))
    }

    fn published(&self, _package: &SourcedName, _version: &Version) -> Result<Published, FetchError> {
        Err(FetchError::failed(CLOSED))
    }

    fn registry(&self, _origin: &str) -> Result<LockedRegistry, FetchError> {
        Err(FetchError::failed(CLOSED))
    }

    fn continues(&self, _seen: &LockedRegistry) -> Result<(), FetchError> {
        Err(FetchError::failed(CLOSED))
    }

    fn stored(&self, _package: &LockedPackage) -> Option<PathBuf> {
        None
    }

    fn obtain(&self, _packages: &[&LockedPackage]) -> Result<Vec<PathBuf>, FetchError> {
        Err(FetchError::failed(CLOSED))
    }

    fn prove(
        &self,
        _registry: &LockedRegistry,
        _packages: &[&LockedPackage],
    ) -> Result<(LockedCheckpoint, Vec<LockedBundle>), FetchError> {
        Err(FetchError::failed(CLOSED))
    }

    fn check_proofs(&self, _proofs: &Proofs, _packages: &[&LockedPackage]) -> Result<(), FetchError> {
        Err(FetchError::failed(CLOSED))
    }

    fn is_yanked(&self, _package: &LockedPackage) -> bool {
        false
    }

    fn refused(&self, violation: Box<Violation>) -> FetchError {
        FetchError::Security(Box::new(ClientError::Security(violation)))
    }
}

impl Repositories for Closed {
    fn commit(&self, _url: &GitUrl, _reference: &GitReference) -> Result<CommitId, FetchError> {
        Err(FetchError::failed(CLOSED))
    }

    fn stored(&self, _url: &GitUrl, _commit: &CommitId) -> Option<PathBuf> {
        None
    }

    fn checkout(&self, _url: &GitUrl, _commit: &CommitId) -> Result<PathBuf, FetchError> {
        Err(FetchError::failed(CLOSED))
    }
}

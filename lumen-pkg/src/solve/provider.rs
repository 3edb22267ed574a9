//! Where the solver learns which versions exist. It knows no transport: the client, the workspace graph and git implement this, and
//! [`MemoryProvider`] is the twin for tests.

use super::model::{Candidate, SourcedName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Answers with the versions of packages. An answer must not change during a resolution; each package is asked for once.
pub trait Provider {
    /// All versions of a package, in any order, each once. Exactly one for everything that is not from a registry.
    ///
    /// # Errors
    /// See [`ProviderError`].
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError>;

    /// Packages that [`Self::candidates`] is about to be called for: a chance to fetch them in parallel. Failures are to be kept for
    /// that call.
    fn prefetch(&self, _packages: &[SourcedName]) {}

    /// Whether to give up; asked at every step.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Why there are no candidates.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// There is no such package there. A version that needs it is not chosen; other sources are not asked.
    #[error("there is no such package")]
    NotFound,
    /// It could not be found out. Ends the resolution.
    #[error(transparent)]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// A provider that holds everything in memory.
#[derive(Debug, Default)]
pub struct MemoryProvider {
    packages: BTreeMap<SourcedName, Arc<[Candidate]>>,
}

impl MemoryProvider {
    /// Adds a package, or replaces it.
    pub fn insert(&mut self, package: SourcedName, candidates: impl Into<Arc<[Candidate]>>) {
        self.packages.insert(package, candidates.into());
    }
}

impl Provider for MemoryProvider {
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
        let found = self.packages.get(package);
        found.map(Arc::clone).ok_or(ProviderError::NotFound)
    }
}

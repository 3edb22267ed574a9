//! What a client remembers of a registry: trust state, which only moves forwards, and a cache, which may always be lost.

use super::error::ClientError;
use super::violation::Violation;
use crate::tuf::{MapRoot, RegistryConfig};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The version of the format of [`TrustState`].
pub const TRUST_STATE_FORMAT: u64 = 1;

/// What was last verified, as one value, so that it is written as a whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustState {
    /// [`TRUST_STATE_FORMAT`].
    pub format: u64,
    /// When, in seconds since 1970.
    pub refreshed: u64,
    /// The TUF metadata, by role.
    pub metadata: BTreeMap<String, String>,
    /// What the registry is, as it was verified.
    pub registry: RegistryConfig,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
    /// The map at that checkpoint.
    pub map_root: MapRoot,
}

/// A place for what is remembered of one registry. Used by several processes at once.
pub trait TrustStore: Send + Sync {
    /// The state as it is.
    ///
    /// # Errors
    /// If there is one that cannot be read.
    fn load(&self) -> Result<Option<TrustState>, ClientError>;

    /// Replaces the state by what `change` makes of it, with no other process in between. If `change` fails, everything is as it was.
    ///
    /// # Errors
    /// Those of `change`, and if the state cannot be read or written.
    fn update(
        &self,
        change: &mut dyn FnMut(Option<TrustState>) -> Result<TrustState, ClientError>,
    ) -> Result<TrustState, ClientError>;

    /// Something cached under a path of the registry. To be verified like what comes over the wire.
    fn cached(&self, path: &str) -> Option<Vec<u8>>;

    /// Caches something that was verified and never changes. May do nothing.
    fn cache(&self, path: &str, content: &[u8]);

    /// Keeps the evidence of a violation; says where, for people.
    fn keep(&self, violation: &Violation) -> Option<String>;
}

/// A trust store in memory: the twin for tests.
#[derive(Debug, Default)]
pub struct MemoryTrust {
    state: Mutex<Option<TrustState>>,
    cache: Mutex<BTreeMap<String, Vec<u8>>>,
    evidence: Mutex<Vec<String>>,
}

impl MemoryTrust {
    /// The evidence kept so far.
    pub fn evidence(&self) -> Vec<String> {
        self.evidence
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl TrustStore for MemoryTrust {
    fn load(&self) -> Result<Option<TrustState>, ClientError> {
        Ok(self.state.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn update(
        &self,
        change: &mut dyn FnMut(Option<TrustState>) -> Result<TrustState, ClientError>,
    ) -> Result<TrustState, ClientError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let next = change(state.clone())?;
        *state = Some(next.clone());
        Ok(next)
    }

    fn cached(&self, path: &str) -> Option<Vec<u8>> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(path).cloned()
    }

    fn cache(&self, path: &str, content: &[u8]) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(path.to_owned(), content.to_vec());
    }

    fn keep(&self, violation: &Violation) -> Option<String> {
        let mut evidence = self.evidence.lock().unwrap_or_else(PoisonError::into_inner);
        evidence.push(violation.file());
        Some(format!("evidence {}", evidence.len()))
    }
}

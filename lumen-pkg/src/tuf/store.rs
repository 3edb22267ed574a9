//! Where verified metadata is kept between runs: the trait, and a twin in memory.
//!
//! Names are `root.json`, `timestamp.json`, `snapshot.json`, `targets.json`, `ROLE.json` (delegated, percent-encoded),
//! `roots/N.json` (the chain of roots since the pinned one) and `clock`. One refresh runs between taking and giving back a
//! lock that the caller owns; readers without the lock see whole files, since each is replaced atomically.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Keeps files by name.
pub trait MetadataStore: Send + Sync {
    /// The bytes kept under `name`, if any.
    ///
    /// # Errors
    /// [`StoreError::Io`] if there may be such a file, but it cannot be read. A refresh then fails: without its floors it
    /// could not tell a rollback.
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps `bytes` under `name`, replacing what is there in one step: after a crash the file is the old or the new one.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError>;
}

/// Why the stored state cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file system says no.
    #[error("{file}: {reason}")]
    Io {
        /// The name in the store.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// A file is not what was stored, or does not follow from the pinned root.
    #[error("{file} {reason}")]
    Damaged {
        /// The name in the store.
        file: String,
        /// In which way.
        reason: String,
    },
}

/// [`MetadataStore`] in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<BTreeMap<String, Vec<u8>>>);

impl MemoryStore {
    /// Everything kept, by name.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl MetadataStore for MemoryStore {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned())
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}

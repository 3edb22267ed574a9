//! Where metadata comes from: the trait that a transport implements, the sizes that it must keep, and a twin in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Reads files of a registry's `tuf/` folder.
pub trait Fetch: Send + Sync {
    /// The bytes of `file` (`timestamp.json`, `4.snapshot.json`, `targets/HASH.NAME`), relative to `tuf/`; `None` if the
    /// registry has no such file (404, and 403 of object stores). Names are percent-encoded already.
    ///
    /// # Errors
    /// See [`FetchError`]. More than `maximum` bytes must not be read, let alone returned: [`FetchError::TooLarge`].
    fn fetch(&self, file: &str, maximum: u64) -> Result<Option<Vec<u8>>, FetchError>;
}

/// Why nothing could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The registry sends more than this role may have: an endless-data attack, or a wrong address.
    #[error("it is larger than {maximum} bytes")]
    TooLarge {
        /// The limit, in bytes.
        maximum: u64,
    },
    /// The registry does not answer, breaks off, or answers with another status.
    #[error("{0}")]
    Unreachable(String),
}

/// What is read at most. The defaults are ample for a registry, whose metadata does not grow with its packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a root.
    pub root: u64,
    /// Bytes of the timestamp.
    pub timestamp: u64,
    /// Bytes of the snapshot.
    pub snapshot: u64,
    /// Bytes of a targets role.
    pub targets: u64,
    /// Bytes of a target.
    pub target: u64,
    /// New roots in one refresh.
    pub roots: u32,
    /// Targets roles that are read to find one target.
    pub delegations: u32,
    /// Seconds by which the clock may go backwards between two refreshes (see `clock`).
    pub clock: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            root: 64 * 1024,
            timestamp: 16 * 1024,
            snapshot: 64 * 1024,
            targets: 256 * 1024,
            target: 64 * 1024,
            roots: 64,
            delegations: 8,
            clock: 24 * 60 * 60,
        }
    }
}

/// [`Fetch`] from a map, for tests: file name to bytes; notes what was asked for and how many bytes were answered.
#[derive(Debug, Default)]
pub struct MemoryRepository {
    files: Mutex<BTreeMap<String, Result<Vec<u8>, FetchError>>>,
    asked: Mutex<Vec<(String, usize)>>,
}

impl MemoryRepository {
    /// Puts a file, over an older one.
    pub fn put(&self, file: &str, bytes: &[u8]) {
        self.answer(file, Ok(bytes.to_vec()));
    }

    /// Puts what is answered for a file: bytes, or a failure.
    pub fn answer(&self, file: &str, answer: Result<Vec<u8>, FetchError>) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(file.to_owned(), answer);
    }

    /// Takes a file away.
    pub fn remove(&self, file: &str) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.remove(file);
    }

    /// What was asked for since the last call, with the number of bytes answered.
    pub fn take_asked(&self) -> Vec<(String, usize)> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Fetch for MemoryRepository {
    fn fetch(&self, file: &str, maximum: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let answer = match self
            .files
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(file)
        {
            Some(Ok(bytes)) if bytes.len() as u64 > maximum => Err(FetchError::TooLarge { maximum }),
            Some(Ok(bytes)) => Ok(Some(bytes.clone())),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(None),
        };
        let bytes = answer.as_ref().ok().and_then(Option::as_ref).map_or(0, Vec::len);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push((file.to_owned(), bytes));
        answer
    }
}

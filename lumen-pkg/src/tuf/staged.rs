//! What one refresh has verified so far, over the store: read through, written only when the refresh is over.
//!
//! A refresh that is refused still keeps what it verified *before* the refusal (new roots, a newer timestamp), since that raises
//! the floors; what was refused never gets here.

use super::source::Fetch;
use super::store::{MetadataStore, StoreError};
use sigstore_tuf::cache::MetadataStore as Cache;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file that was read last: what a failed check was about.
#[derive(Debug, Clone, Default)]
pub(super) struct LastRead {
    /// As asked for: `4.snapshot.json`.
    pub(super) file: String,
    /// The whole of it.
    pub(super) bytes: Vec<u8>,
    /// Whether it came out of the store.
    pub(super) stored: bool,
}

/// Why a read failed, in our terms; the `Updater` only sees text.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    Fetch(String, super::source::FetchError),
    Quorum(String, super::quorum::SharedKey),
    Store(StoreError),
}

/// The state of one refresh, shared by the `Updater`'s repository and cache.
pub(super) struct Staged {
    pub(super) fetch: Arc<dyn Fetch>,
    store: Arc<dyn MetadataStore>,
    cell: Mutex<Cell>,
}

#[derive(Default)]
pub(super) struct Cell {
    fresh: BTreeMap<String, Vec<u8>>,
    order: Vec<String>,
    pub(super) last: LastRead,
    pub(super) failure: Option<Failure>,
    /// Read from the registry even what is stored: the stored copy did not verify.
    pub(super) distrust_stored: bool,
}

impl Staged {
    pub(super) fn new(fetch: Arc<dyn Fetch>, store: Arc<dyn MetadataStore>) -> Self {
        Self {
            fetch,
            store,
            cell: Mutex::default(),
        }
    }

    pub(super) fn cell(&self) -> MutexGuard<'_, Cell> {
        self.cell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest bytes under `name`: of this refresh, or else of the store.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(bytes) = self.cell().fresh.get(name) {
            return Ok(Some(bytes.clone()));
        }
        let loaded = self.store.load(name);
        if let Err(error) = &loaded {
            self.cell().failure = Some(Failure::Store(error.clone()));
        }
        loaded
    }

    /// Keeps verified bytes, unless they are already there.
    pub(super) fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        if self.read(name)?.as_deref() == Some(bytes) {
            return Ok(());
        }
        let mut cell = self.cell();
        if cell.fresh.insert(name.to_owned(), bytes.to_vec()).is_none() {
            cell.order.push(name.to_owned());
        }
        Ok(())
    }

    /// Writes what was kept, in the order in which it was verified, so that a crash in between leaves a state that an
    /// earlier moment of this refresh could have left.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        let (fresh, order) = {
            let mut cell = self.cell();
            (std::mem::take(&mut cell.fresh), std::mem::take(&mut cell.order))
        };
        for name in order {
            if let Some(bytes) = fresh.get(&name) {
                self.store.replace(&name, bytes)?;
            }
        }
        Ok(())
    }
}

/// `sigstore-tuf`'s cache, which names the chain of roots `root_history/N.root.json`, a snapshot also by its version, and
/// downloaded targets `targets/...`; the latter two are not kept.
pub(super) struct StagedCache(pub(super) Arc<Staged>);

impl Cache for StagedCache {
    fn load(&self, name: &str) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        match stored_name(name) {
            Some(name) => self.0.read(&name).map_err(|error| opaque(&error)),
            None => Ok(None),
        }
    }

    fn store(&self, name: &str, bytes: &[u8]) -> sigstore_tuf::Result<()> {
        match stored_name(name) {
            Some(name) => self.0.keep(&name, bytes).map_err(|error| opaque(&error)),
            None => Ok(()),
        }
    }
}

fn opaque(error: &StoreError) -> sigstore_tuf::Error {
    sigstore_tuf::Error::transport(error.to_string())
}

/// Our name of a file of the cache; `None` for what is not kept.
fn stored_name(name: &str) -> Option<String> {
    if let Some(root) = name.strip_prefix("root_history/") {
        let version = root.strip_suffix(".root.json")?;
        return Some(format!("roots/{version}.json"));
    }
    match super::line::versioned(name) {
        Some((_, "snapshot")) => None,
        _ if name.contains('/') => None,
        _ => Some(name.to_owned()),
    }
}

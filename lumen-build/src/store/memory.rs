//! A store in memory, for tests of this crate and of its callers.

use super::{BlobKind, MAXIMUM_TRACES, Store};
use crate::outcome::Note;
use lumen_compiler::interface::Digest;
use rustc_hash::FxHashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps everything until it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    content: Mutex<Content>,
}

#[derive(Debug, Default)]
struct Content {
    blobs: FxHashMap<(BlobKind, Digest), Vec<u8>>,
    actions: FxHashMap<Digest, Vec<Vec<u8>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.content() = Content::default();
    }

    /// Forgets one blob.
    pub fn forget(&self, kind: BlobKind, digest: &Digest) {
        self.content().blobs.remove(&(kind, *digest));
    }

    /// Forgets everything but LIR: interfaces, warnings, lists of tests.
    pub fn clear_plain(&self) {
        self.content()
            .blobs
            .retain(|(kind, _), _| *kind != BlobKind::Plain);
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn blob(&self, kind: BlobKind, digest: &Digest) -> Option<Vec<u8>> {
        self.content().blobs.get(&(kind, *digest)).cloned()
    }

    fn has_blob(&self, kind: BlobKind, digest: &Digest) -> bool {
        self.content().blobs.contains_key(&(kind, *digest))
    }

    fn put_blob(&self, kind: BlobKind, digest: &Digest, bytes: &[u8]) {
        self.content().blobs.insert((kind, *digest), bytes.to_vec());
    }

    fn actions(&self, weak_key: &Digest) -> Vec<Vec<u8>> {
        let content = self.content();
        let entries = content.actions.get(weak_key).into_iter().flatten();
        entries.rev().take(MAXIMUM_TRACES).cloned().collect()
    }

    fn put_action(&self, weak_key: &Digest, bytes: &[u8]) {
        self.content()
            .actions
            .entry(*weak_key)
            .or_default()
            .push(bytes.to_vec());
    }

    fn seal(&self) -> bool {
        true
    }

    fn packs(&self) -> Vec<String> {
        Vec::new()
    }

    fn take_notes(&self) -> Vec<Note> {
        Vec::new()
    }
}

//! The artefact store as the build sees it: blobs by content hash, and action entries by weak key.
//!
//! A store may forget anything at any time; it never returns content that does not match its hash. Trouble (a damaged
//! entry, a read-only folder, a full disk) shows as a miss and at most one note, never as an error. [`MemoryStore`] is
//! the twin for tests; `shell::PackStore` keeps packs in a folder.

pub(crate) mod access;
pub(crate) mod collection;
mod memory;
pub(crate) mod pack;

pub use memory::MemoryStore;

use crate::digest;
use crate::outcome::Note;
use crate::testing::TestKey;
use lumen_compiler::interface::Digest;
use lumen_vm::lir::SectionDigest;
use std::path::Path;

/// At most this many results are looked at for one weak key, the newest.
pub(crate) const MAXIMUM_TRACES: usize = 8;

/// What a blob is: each kind has a digest of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BlobKind {
    /// A LIR module in binary form; its digest is the artefact digest.
    Module,
    /// A LIR debug section in binary form.
    Debug,
    /// Anything else, under its plain SHA-256.
    Plain,
    /// What a test that passed was ([`crate::TestKey`]); that it is there says that it passed.
    Pass,
}

impl BlobKind {
    /// The digest under which `bytes` are kept.
    pub fn digest_of(self, bytes: &[u8]) -> Digest {
        match self {
            BlobKind::Module => SectionDigest::of_module(bytes).0,
            BlobKind::Debug => SectionDigest::of_debug(bytes).0,
            BlobKind::Plain => digest::of(bytes),
            BlobKind::Pass => TestKey::digest_of(bytes),
        }
    }
}

/// Where results live. Safe to use from several threads.
pub trait Store: Sync {
    /// The content of this kind whose digest is `digest`.
    fn blob(&self, kind: BlobKind, digest: &Digest) -> Option<Vec<u8>>;

    /// Whether [`Store::blob`] would find something, without reading it.
    fn has_blob(&self, kind: BlobKind, digest: &Digest) -> bool;

    /// Keeps `bytes` under their digest, [`BlobKind::digest_of`].
    fn put_blob(&self, kind: BlobKind, digest: &Digest, bytes: &[u8]);

    /// The entries kept under `weak_key`, the newest first, at most eight.
    fn actions(&self, weak_key: &Digest) -> Vec<Vec<u8>>;

    /// Adds an entry under `weak_key`.
    fn put_action(&self, weak_key: &Digest, bytes: &[u8]);

    /// Makes what was put permanent. Called at the end of a build, also of a cancelled one. False if that failed; everything
    /// can still be had from this store then, but not from another one.
    fn seal(&self) -> bool;

    /// Names of what the content lies in. While all of them are there, nothing that was found before is gone.
    fn packs(&self) -> Vec<String>;

    /// What went wrong since the last call.
    fn take_notes(&self) -> Vec<Note>;

    /// Keeps what the workspace at `root` needs longer than anything else, as long as it is there. Called when its state was
    /// written, which says what that is.
    fn keep_workspace(&self, _root: &Path) {}

    /// Notes what was used, and makes room if what is kept takes more than `capacity` bytes. Called when nothing waits for it any
    /// more; does a bounded amount of work, and most times none.
    fn tidy(&self, _capacity: &dyn Fn() -> u64) {}
}

impl<S: Store + Send> Store for std::sync::Arc<S> {
    fn blob(&self, kind: BlobKind, digest: &Digest) -> Option<Vec<u8>> {
        (**self).blob(kind, digest)
    }

    fn has_blob(&self, kind: BlobKind, digest: &Digest) -> bool {
        (**self).has_blob(kind, digest)
    }

    fn put_blob(&self, kind: BlobKind, digest: &Digest, bytes: &[u8]) {
        (**self).put_blob(kind, digest, bytes);
    }

    fn actions(&self, weak_key: &Digest) -> Vec<Vec<u8>> {
        (**self).actions(weak_key)
    }

    fn put_action(&self, weak_key: &Digest, bytes: &[u8]) {
        (**self).put_action(weak_key, bytes);
    }

    fn seal(&self) -> bool {
        (**self).seal()
    }

    fn packs(&self) -> Vec<String> {
        (**self).packs()
    }

    fn take_notes(&self) -> Vec<Note> {
        (**self).take_notes()
    }

    fn keep_workspace(&self, root: &Path) {
        (**self).keep_workspace(root);
    }

    fn tidy(&self, capacity: &dyn Fn() -> u64) {
        (**self).tidy(capacity);
    }
}

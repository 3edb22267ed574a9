//! The artefact store in a folder: sealed packs that are only ever added and removed whole.
//!
//! Each process collects what it makes in a pack of its own and seals it by writing a temporary file and renaming it.
//! There is no lock: two processes never write one file, and content is checked whenever it is read. Whatever goes
//! wrong is a miss and one note.

use super::sealed::Pack;
use super::{access, collect, compact, workspaces};
use crate::outcome::Note;
use crate::store::access::{AccessTable, KeyPrefix, prefix};
use crate::store::pack::{self, EntryKind, PACK_VERSION, PackBuilder};
use crate::store::{BlobKind, MAXIMUM_TRACES, Store};
use lumen_compiler::interface::Digest;
use rustc_hash::FxHashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// A pack is sealed when it holds this much, in bytes.
const PACK_LIMIT: usize = 32 << 20;

/// The store in a folder.
pub struct PackStore {
    /// `CACHE/v1`.
    folder: PathBuf,
    /// Whether damaged packs are taken away.
    mends: bool,
    /// Sealed packs, the newest first.
    packs: RwLock<Vec<Arc<Pack>>>,
    own: Mutex<Own>,
    notes: Mutex<Vec<Note>>,
    /// When this was opened, nanoseconds since 1970.
    opened: i64,
    /// What was found in packs that are older than a day: entries of younger ones have not been idle.
    used: Mutex<FxHashSet<KeyPrefix>>,
    /// Whether this process has sealed a pack since it last tidied up.
    has_sealed: AtomicBool,
}

/// What this process has put.
#[derive(Default)]
struct Own {
    builder: PackBuilder,
    /// Packs that could not be written; they serve this process alone.
    unwritten: Vec<PackBuilder>,
    sequence: u32,
}

/// The folder of this format version below the cache folder.
pub(crate) fn version_folder(cache: &Path) -> PathBuf {
    cache.join(format!("v{PACK_VERSION}"))
}

/// Names of the sealed packs of a folder, the newest first. Names start with the time of sealing.
pub(crate) fn sealed_packs(folder: &Path) -> io::Result<Vec<String>> {
    #[expect(clippy::disallowed_methods, reason = "the shell lists the cache")]
    let entries = std::fs::read_dir(folder)?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut packs: Vec<String> = names.filter(|name| name.ends_with(".pack")).collect();
    packs.sort_unstable_by(|left, right| right.cmp(left));
    Ok(packs)
}

impl PackStore {
    /// The store below `cache`, to be asked and not to be changed: a damaged pack stays where it is.
    pub fn open_to_read(cache: &Path) -> PackStore {
        PackStore {
            mends: false,
            ..PackStore::open(cache)
        }
    }

    /// The store below `cache`, which need not exist. Lists the packs and opens none.
    pub fn open(cache: &Path) -> PackStore {
        PackStore::open_at(cache, super::clock::nanoseconds())
    }

    /// The store as it is opened at a certain time, nanoseconds since 1970.
    pub(crate) fn open_at(cache: &Path, now: i64) -> PackStore {
        let folder = version_folder(cache);
        let mut notes = Vec::new();
        let names = sealed_packs(&folder).unwrap_or_else(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                notes.push(Note::new(format!(
                    "the cache `{}` cannot be read: {error}",
                    folder.display()
                )));
            }
            Vec::new()
        });
        let packs = names
            .into_iter()
            .map(|name| Arc::new(Pack::new(&folder, name)))
            .collect();
        PackStore {
            folder,
            mends: true,
            packs: RwLock::new(packs),
            own: Mutex::default(),
            notes: Mutex::new(notes),
            opened: now,
            used: Mutex::default(),
            has_sealed: AtomicBool::new(false),
        }
    }

    fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sealed(&self) -> Vec<Arc<Pack>> {
        self.packs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps the first note alone: one is enough to know that the cache has trouble.
    fn note(&self, text: impl FnOnce() -> String) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.is_empty() {
            notes.push(Note::new(text()));
        }
    }

    /// Reads the folder again; packs that are open already stay so.
    fn list_again(&self) {
        let names = sealed_packs(&self.folder).unwrap_or_default();
        let mut packs = self.packs.write().unwrap_or_else(PoisonError::into_inner);
        let known = std::mem::take(&mut *packs);
        *packs = names
            .into_iter()
            .map(|name| {
                let same = known.iter().find(|pack| pack.name() == name);
                same.map_or_else(|| Arc::new(Pack::new(&self.folder, name)), Arc::clone)
            })
            .collect();
    }

    /// Another process may have put what a pack held into another one. Whether there may be something new to find.
    fn follow_vanished(&self) -> bool {
        let vanished = self.sealed().iter().any(|pack| pack.has_vanished());
        if vanished {
            self.list_again();
        }
        vanished
    }

    fn note_use(&self, key: &Digest, pack: &Pack) {
        if self.opened.saturating_sub(pack.time()) > collect::DAY {
            let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
            used.insert(prefix(key));
        }
    }

    /// What sealed packs hold under a key, the newest first; stops when `enough` say so.
    fn lookup(&self, key: &Digest, kind: EntryKind, enough: usize) -> Vec<Vec<u8>> {
        let found = self.lookup_listed(key, kind, enough);
        match found.is_empty() && self.follow_vanished() {
            true => self.lookup_listed(key, kind, enough),
            false => found,
        }
    }

    fn lookup_listed(&self, key: &Digest, kind: EntryKind, enough: usize) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for pack in self.sealed() {
            if found.len() >= enough {
                break;
            }
            let Some(open) = pack.open() else {
                if pack.is_there() {
                    self.note(|| {
                        format!(
                            "the cache file `{}` was damaged; what it held is made again",
                            pack.path().display()
                        )
                    });
                    if self.mends {
                        pack.remove();
                    }
                }
                continue;
            };
            for place in open.places(key, kind).into_iter().take(enough - found.len()) {
                match open
                    .read(place)
                    .and_then(|stored| pack::checked_payload(key, kind, stored))
                {
                    Some(payload) => {
                        self.note_use(key, &pack);
                        found.push(payload);
                    }
                    None => {
                        self.note(|| {
                            format!(
                                "the cache file `{}` has damaged entries; they are made again",
                                pack.path().display()
                            )
                        });
                    }
                }
            }
        }
        found
    }

    fn seal_own(&self, own: &mut Own) {
        if own.builder.is_empty() {
            return;
        }
        own.sequence += 1;
        let name = format!(
            "{:016x}-{:x}-{}.pack",
            super::clock::nanoseconds(),
            std::process::id(),
            own.sequence
        );
        let builder = std::mem::take(&mut own.builder);
        let file = builder.encode();
        match write_whole(&self.folder, &name, &file) {
            Ok(()) => {
                self.has_sealed.store(true, Ordering::Relaxed);
                let mut packs = self.packs.write().unwrap_or_else(PoisonError::into_inner);
                packs.insert(0, Arc::new(Pack::new(&self.folder, name)));
            }
            Err(error) => {
                own.unwritten.push(builder);
                self.note(|| format!("the cache `{}` cannot be written: {error}", self.folder.display()));
            }
        }
    }
}

impl Store for PackStore {
    fn blob(&self, kind: BlobKind, digest: &Digest) -> Option<Vec<u8>> {
        let own = self.own();
        let mut builders = std::iter::once(&own.builder).chain(&own.unwritten);
        if let Some(blob) = builders.find_map(|builder| builder.blob(kind, digest)) {
            return Some(blob.to_vec());
        }
        drop(own);
        self.lookup(digest, EntryKind::Blob(kind), 1).pop()
    }

    fn has_blob(&self, kind: BlobKind, digest: &Digest) -> bool {
        let own = self.own();
        let pending = std::iter::once(&own.builder)
            .chain(&own.unwritten)
            .any(|builder| builder.blob(kind, digest).is_some());
        drop(own);
        let kind = EntryKind::Blob(kind);
        let lies_in = |pack: &Arc<Pack>| {
            let found = pack
                .open()
                .is_some_and(|open| !open.places(digest, kind).is_empty());
            if found {
                self.note_use(digest, pack);
            }
            found
        };
        let sealed = || self.sealed().iter().any(lies_in);
        pending || sealed() || self.follow_vanished() && sealed()
    }

    fn put_blob(&self, kind: BlobKind, digest: &Digest, bytes: &[u8]) {
        let mut own = self.own();
        own.builder.add_blob(kind, digest, bytes);
        if own.builder.len() > PACK_LIMIT {
            self.seal_own(&mut own);
        }
    }

    fn actions(&self, weak_key: &Digest) -> Vec<Vec<u8>> {
        let own = self.own();
        let builders = std::iter::once(&own.builder).chain(own.unwritten.iter().rev());
        let mut found: Vec<Vec<u8>> = builders
            .flat_map(|builder| builder.actions(weak_key))
            .take(MAXIMUM_TRACES)
            .collect();
        drop(own);
        found.extend(self.lookup(weak_key, EntryKind::Action, MAXIMUM_TRACES - found.len()));
        found
    }

    fn put_action(&self, weak_key: &Digest, bytes: &[u8]) {
        self.own().builder.add_action(weak_key, bytes);
    }

    fn seal(&self) -> bool {
        let mut own = self.own();
        self.seal_own(&mut own);
        let permanent = own.unwritten.is_empty();
        drop(own);
        if compact::compact(&self.folder) {
            self.list_again();
        }
        permanent
    }

    fn packs(&self) -> Vec<String> {
        self.sealed().iter().map(|pack| pack.name().to_owned()).collect()
    }

    fn take_notes(&self) -> Vec<Note> {
        std::mem::take(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep_workspace(&self, root: &Path) {
        workspaces::register(&self.folder, root);
    }

    fn tidy(&self, capacity: &dyn Fn() -> u64) {
        let used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        if !used.is_empty() {
            let mut table = AccessTable::default();
            used.into_iter()
                .for_each(|prefix| table.note(prefix, self.opened));
            access::write(&self.folder, &table, self.opened);
        }
        if !self.has_sealed.swap(false, Ordering::Relaxed) {
            return;
        }
        let collected = collect::after_build(&self.folder, capacity(), super::clock::nanoseconds());
        if let Some(note) = collected.and_then(|collected| collected.overflow_note()) {
            self.note(|| note);
        }
        self.list_again();
    }
}

/// Writes a file under a temporary name and renames it. Not synced: a torn file fails its checks later.
#[expect(clippy::disallowed_methods, reason = "the shell writes the cache")]
pub(crate) fn write_whole(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    // Builds of one process must not share a temporary file either.
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let write = WRITES.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!("{name}.{:x}-{write}.tmp", std::process::id()));
    let result =
        std::fs::write(&temporary, content).and_then(|()| std::fs::rename(&temporary, folder.join(name)));
    if result.is_err() {
        // Nothing of it is of use; if it cannot be removed either, it only takes space.
        let _ = std::fs::remove_file(&temporary);
    }
    result
}

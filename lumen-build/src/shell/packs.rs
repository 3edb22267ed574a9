//! The artefact store in a folder: sealed packs that are only ever added and removed whole.
//!
//! Each process collects what it makes in a pack of its own and seals it by writing a temporary file and renaming it.
//! There is no lock: two processes never write one file, and content is checked whenever it is read. Whatever goes
//! wrong is a miss and one note.

use super::compact;
use crate::outcome::Note;
use crate::store::pack::{self, EntryKind, PACK_VERSION, PackBuilder, Place, TRAILER_LENGTH, Trailer};
use crate::store::{BlobKind, MAXIMUM_TRACES, Store};
use lumen_compiler::interface::Digest;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

/// A pack is sealed when it holds this much, in bytes.
const PACK_LIMIT: usize = 32 << 20;

/// The store in a folder.
pub struct PackStore {
    /// `CACHE/v1`.
    folder: PathBuf,
    /// Sealed packs, the newest first.
    packs: RwLock<Vec<Arc<Pack>>>,
    own: Mutex<Own>,
    notes: Mutex<Vec<Note>>,
}

/// What this process has put.
#[derive(Default)]
struct Own {
    builder: PackBuilder,
    /// Packs that could not be written; they serve this process alone.
    unwritten: Vec<PackBuilder>,
    sequence: u32,
}

/// A sealed pack; opened when something is looked up in it.
pub(super) struct Pack {
    name: String,
    path: PathBuf,
    open: OnceLock<Option<OpenPack>>,
}

struct OpenPack {
    file: Mutex<File>,
    length: u64,
    trailer: Trailer,
    buckets: Vec<OnceLock<Vec<u8>>>,
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
    /// The store below `cache`, which need not exist. Lists the packs and opens none.
    pub fn open(cache: &Path) -> PackStore {
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
            packs: RwLock::new(packs),
            own: Mutex::default(),
            notes: Mutex::new(notes),
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

    /// What sealed packs hold under a key, the newest first; stops when `enough` say so.
    fn lookup(&self, key: &Digest, kind: EntryKind, enough: usize) -> Vec<Vec<u8>> {
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
                            pack.path.display()
                        )
                    });
                    pack.remove();
                }
                continue;
            };
            for place in open.places(key, kind).into_iter().take(enough - found.len()) {
                match open
                    .read(place)
                    .and_then(|stored| pack::checked_payload(key, kind, stored))
                {
                    Some(payload) => found.push(payload),
                    None => {
                        self.note(|| {
                            format!(
                                "the cache file `{}` has damaged entries; they are made again",
                                pack.path.display()
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
        pending
            || self.sealed().iter().any(|pack| {
                pack.open()
                    .is_some_and(|open| !open.places(digest, EntryKind::Blob(kind)).is_empty())
            })
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
        if compact::compact(&self.folder, compact::CAPACITY) {
            let names = sealed_packs(&self.folder).unwrap_or_default();
            *self.packs.write().unwrap_or_else(PoisonError::into_inner) = names
                .into_iter()
                .map(|name| Arc::new(Pack::new(&self.folder, name)))
                .collect();
        }
        permanent
    }

    fn packs(&self) -> Vec<String> {
        self.sealed().iter().map(|pack| pack.name.clone()).collect()
    }

    fn take_notes(&self) -> Vec<Note> {
        std::mem::take(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Pack {
    fn new(folder: &Path, name: String) -> Pack {
        Pack {
            path: folder.join(&name),
            name,
            open: OnceLock::new(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Number of entries, by the whole index.
    pub(super) fn entry_count(&self) -> usize {
        let Some(open) = self.open() else { return 0 };
        let indexes = (0..=u8::MAX).filter_map(|bucket| open.read(open.trailer.bucket(bucket)));
        indexes.map(|index| pack::index_entries(&index).count()).sum()
    }

    /// `None` if it is not there or not a pack.
    fn open(&self) -> Option<&OpenPack> {
        self.open.get_or_init(|| OpenPack::open(&self.path)).as_ref()
    }

    /// Takes a damaged pack away, so that it is named once and not by every build. One that cannot even be opened (too many
    /// open files, no permission) may be whole and stays. If it cannot be removed, it is only named again.
    #[expect(clippy::disallowed_methods, reason = "the shell mends the cache")]
    fn remove(&self) {
        if File::open(&self.path).is_ok() {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn is_there(&self) -> bool {
        #[expect(
            clippy::disallowed_methods,
            reason = "the shell tells a vanished pack from a damaged one"
        )]
        std::fs::metadata(&self.path).is_ok()
    }
}

impl OpenPack {
    fn open(path: &Path) -> Option<OpenPack> {
        #[expect(clippy::disallowed_methods, reason = "the shell reads the cache")]
        let mut file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        let start = length.checked_sub(TRAILER_LENGTH as u64)?;
        let mut bytes = vec![0; TRAILER_LENGTH];
        file.seek(SeekFrom::Start(start)).ok()?;
        file.read_exact(&mut bytes).ok()?;
        let trailer = Trailer::parse(&bytes, length)?;
        let buckets = (0..=u8::MAX).map(|_| OnceLock::new()).collect();
        Some(OpenPack {
            file: Mutex::new(file),
            length,
            trailer,
            buckets,
        })
    }

    /// Where entries of `key` lie, the newest first.
    fn places(&self, key: &Digest, kind: EntryKind) -> Vec<Place> {
        let Some(bucket) = self.buckets.get(usize::from(key[0])) else {
            return Vec::new();
        };
        let index = bucket.get_or_init(|| self.read(self.trailer.bucket(key[0])).unwrap_or_default());
        let entries = pack::index_entries(index).rev();
        entries
            .filter(|(other, other_kind, _)| other == key && *other_kind == kind)
            .map(|(_, _, place)| place)
            .collect()
    }

    fn read(&self, place: Place) -> Option<Vec<u8>> {
        // A damaged index must not make us reserve what the file cannot hold.
        if place.offset.checked_add(u64::from(place.length))? > self.length {
            return None;
        }
        let mut bytes = vec![0; place.length as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(place.offset)).ok()?;
        file.read_exact(&mut bytes).ok()?;
        Some(bytes)
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

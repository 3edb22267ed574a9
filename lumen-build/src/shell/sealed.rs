//! One sealed pack on disk: opened when something is looked up in it, read by place, never changed.

use crate::store::pack::{self, EntryKind, Place, TRAILER_LENGTH, Trailer};
use lumen_compiler::interface::Digest;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// A sealed pack; opened when something is looked up in it.
pub(super) struct Pack {
    name: String,
    path: PathBuf,
    open: OnceLock<Option<OpenPack>>,
}

pub(super) struct OpenPack {
    file: Mutex<File>,
    length: u64,
    trailer: Trailer,
    buckets: Vec<OnceLock<Vec<u8>>>,
}

impl Pack {
    pub(super) fn new(folder: &Path, name: String) -> Pack {
        Pack {
            path: folder.join(&name),
            name,
            open: OnceLock::new(),
        }
    }

    /// When it was sealed, or the newest one that was merged into it: nanoseconds since 1970.
    pub(super) fn time(&self) -> i64 {
        time_of(&self.name)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is there and can be read, but is no whole pack.
    pub(super) fn is_damaged(&self) -> bool {
        #[expect(clippy::disallowed_methods, reason = "the shell reads the cache")]
        let file = File::open(&self.path);
        file.is_ok() && self.open().is_none()
    }

    /// Whether it could be opened before and cannot be found any more, or could not even then.
    pub(super) fn has_vanished(&self) -> bool {
        matches!(self.open.get(), Some(None)) && !self.is_there()
    }

    /// `None` if it is not there or not a pack.
    pub(super) fn open(&self) -> Option<&OpenPack> {
        self.open.get_or_init(|| OpenPack::open(&self.path)).as_ref()
    }

    /// Takes a damaged pack away, so that it is named once and not by every build. One that cannot even be opened (too many
    /// open files, no permission) may be whole and stays. If it cannot be removed, it is only named again.
    pub(super) fn remove(&self) {
        if self.is_damaged() {
            super::compact::remove(&self.path);
        }
    }

    pub(super) fn is_there(&self) -> bool {
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

    /// Number of entries, as the end of the file says.
    pub(super) fn entries(&self) -> usize {
        self.trailer.entries() as usize
    }

    /// The whole index, in stored form.
    pub(super) fn index(&self) -> Option<Vec<u8>> {
        self.read(self.trailer.index())
    }

    /// Where entries of `key` lie, the newest first.
    pub(super) fn places(&self, key: &Digest, kind: EntryKind) -> Vec<Place> {
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

    /// Whether the file is long enough to have something there.
    pub(super) fn holds(&self, place: Place) -> bool {
        let end = place.offset.checked_add(u64::from(place.length));
        end.is_some_and(|end| end <= self.length)
    }

    pub(super) fn read(&self, place: Place) -> Option<Vec<u8>> {
        // A damaged index must not make us reserve what the file cannot hold.
        if !self.holds(place) {
            return None;
        }
        let mut bytes = vec![0; place.length as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(place.offset)).ok()?;
        file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// The time in a pack's name; 0 if there is none.
pub(super) fn time_of(name: &str) -> i64 {
    let digits = name.split('-').next().unwrap_or_default();
    i64::from_str_radix(digits, 16).unwrap_or(0)
}

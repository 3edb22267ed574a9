//! Reads everything in the cache and compares it with its hashes. Called by `lumen cache verify`.

use super::compact::{remove, size};
use super::packs::{PackStore, sealed_packs, write_whole};
use super::sealed::Pack;
use crate::store::pack::{self, PackBuilder};
use std::io;

/// What came of verifying one pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPack {
    /// Its file name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Entries that are what their keys promise.
    pub sound: usize,
    /// Entries that are not.
    pub damaged: usize,
    /// What is wrong, in words; nothing of a sound pack.
    pub fault: Option<PackFault>,
}

/// What is wrong with a pack, and what was done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackFault {
    /// It is no pack, or was cut off: it was removed.
    Unreadable,
    /// Some entries are damaged: the others were put into a new pack, and it was removed.
    DamagedEntries,
    /// It could not be opened or not be replaced, so that it is still there.
    Left,
}

impl PackStore {
    /// Reads every entry of every pack, the newest pack first. Damaged packs are replaced by what is sound in them, so that later
    /// builds neither look into them nor speak of them.
    ///
    /// # Errors
    /// If the folder cannot be listed.
    pub fn verify(&self, mut visit: impl FnMut(&VerifiedPack)) -> io::Result<()> {
        let names = match sealed_packs(self.folder()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            names => names?,
        };
        for name in names {
            // Gone meanwhile: another process has merged or removed it.
            if let Some(bytes) = size(&self.folder().join(&name)) {
                visit(&self.verify_pack(name, bytes));
            }
        }
        Ok(())
    }

    fn verify_pack(&self, name: String, bytes: u64) -> VerifiedPack {
        let pack = Pack::new(self.folder(), name.clone());
        let mut verified = VerifiedPack {
            name,
            bytes,
            sound: 0,
            damaged: 0,
            fault: None,
        };
        let open = pack.open();
        let Some((open, index)) = open.and_then(|open| Some((open, open.index()?))) else {
            verified.fault = Some(match pack.is_damaged() {
                true => PackFault::Unreadable,
                false => PackFault::Left,
            });
            if pack.is_damaged() {
                remove(pack.path());
            }
            return verified;
        };
        let mut builder = PackBuilder::default();
        let mut listed = 0;
        for (key, kind, place) in pack::index_entries(&index) {
            listed += 1;
            let stored = open.read(place);
            let sound = stored.filter(|stored| pack::checked_payload(&key, kind, stored.clone()).is_some());
            if let Some(stored) = sound {
                verified.sound += 1;
                builder.add_stored(&key, kind, &stored);
            }
        }
        verified.damaged = open.entries().max(listed) - verified.sound;
        if verified.damaged > 0 {
            let replaced = builder.is_empty() || self.replace(&verified.name, &builder);
            verified.fault = Some(match replaced {
                true => PackFault::DamagedEntries,
                false => PackFault::Left,
            });
            if replaced {
                remove(pack.path());
            }
        }
        verified
    }

    /// Writes what is sound to a pack of the same age.
    fn replace(&self, name: &str, builder: &PackBuilder) -> bool {
        let time = name.split('-').next().unwrap_or_default();
        let name = format!(
            "{time}-{:x}-v{:x}.pack",
            std::process::id(),
            super::clock::nanoseconds()
        );
        write_whole(self.folder(), &name, &builder.encode()).is_ok()
    }
}

//! The cache as its owner sees it: what takes how much room, and how to empty it. Called by `lumen cache`.

use super::collect::{self, Collected, CollectionRequest};
use super::packs::{PackStore, sealed_packs};
use super::sealed::Pack;
use crate::store::pack::{self, EntryKind};
use std::collections::BTreeMap;
use std::io;

/// A sealed pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackInfo {
    /// Its file name; names ascend with the time of sealing.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Results and actions in it; 0 for a damaged one.
    pub entries: usize,
}

/// What a cache holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheStatistics {
    /// Sealed packs.
    pub packs: usize,
    /// What they take.
    pub bytes: u64,
    /// Entries and bytes of each kind, by its name.
    pub kinds: BTreeMap<&'static str, (usize, u64)>,
    /// Workspaces that use it and are there.
    pub workspaces: usize,
    /// What they need of it, in bytes.
    pub needed: u64,
    /// When it was last looked through, nanoseconds since 1970; nothing if never.
    pub collected: Option<i64>,
}

impl PackStore {
    /// Counts what is there, by the indexes of the packs.
    pub fn statistics(&self) -> CacheStatistics {
        let (workspaces, needed) = collect::pinned(self.folder(), super::clock::nanoseconds());
        let collected = super::access::last_collection(self.folder());
        let mut statistics = CacheStatistics {
            workspaces,
            needed,
            collected: (collected > 0).then_some(collected),
            ..CacheStatistics::default()
        };
        for kind in EntryKind::TABLE {
            statistics.kinds.entry(kind.name()).or_default();
        }
        for pack in self.sealed() {
            statistics.packs += 1;
            statistics.bytes += super::compact::size(pack.path()).unwrap_or(0);
            let index = pack.open().and_then(|open| open.index()).unwrap_or_default();
            for (_, kind, place) in pack::index_entries(&index) {
                let (entries, bytes) = statistics.kinds.entry(kind.name()).or_default();
                *entries += 1;
                *bytes += u64::from(place.length);
            }
        }
        statistics
    }

    /// Makes room now, however much work that is.
    ///
    /// # Errors
    /// If the folder cannot be listed.
    pub fn collect(&self, request: &CollectionRequest) -> io::Result<Collected> {
        collect::requested(self.folder(), request, super::clock::nanoseconds())
    }

    /// All sealed packs, the newest first.
    pub fn listing(&self) -> Vec<PackInfo> {
        let packs = self.sealed();
        let info = |pack: &std::sync::Arc<Pack>| {
            #[expect(clippy::disallowed_methods, reason = "the shell lists the cache")]
            let bytes = std::fs::metadata(pack.path()).ok()?.len();
            Some(PackInfo {
                name: pack.name().to_owned(),
                bytes,
                entries: pack.open().map_or(0, |open| open.entries()),
            })
        };
        packs.iter().filter_map(info).collect()
    }

    /// Removes all packs and what unfinished ones left; number of packs and bytes. A build that runs meanwhile finds misses.
    ///
    /// # Errors
    /// If the folder cannot be listed, or a file in it not removed.
    pub fn clear(&self) -> io::Result<(usize, u64)> {
        let listing = self.listing();
        let removed = (listing.len(), listing.iter().map(|pack| pack.bytes).sum());
        match sealed_packs(self.folder()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((0, 0)),
            Err(error) => Err(error),
            Ok(_) => {
                #[expect(clippy::disallowed_methods, reason = "the shell empties the cache")]
                std::fs::remove_dir_all(self.folder())?;
                Ok(removed)
            }
        }
    }
}

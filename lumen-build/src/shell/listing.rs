//! The cache as its owner sees it: what takes how much room, and how to empty it. Called by `lumen cache`.

use super::packs::{PackStore, sealed_packs};
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

impl PackStore {
    /// All sealed packs, the newest first.
    pub fn listing(&self) -> Vec<PackInfo> {
        let packs = self.sealed();
        let info = |pack: &std::sync::Arc<super::packs::Pack>| {
            #[expect(clippy::disallowed_methods, reason = "the shell lists the cache")]
            let bytes = std::fs::metadata(pack.path()).ok()?.len();
            Some(PackInfo {
                name: pack.name().to_owned(),
                bytes,
                entries: pack.entry_count(),
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

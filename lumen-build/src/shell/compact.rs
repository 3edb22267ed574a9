//! Keeps packs few: when many of one size class have come together, they are merged into one.
//!
//! A merge copies entries as they are, seals the new pack, and then removes the old ones. Two processes may do it at
//! once: some entries are then there twice, which is harmless. A process that has an old pack open keeps reading it; one
//! that has not finds nothing in it, which is a miss.

use super::packs::{sealed_packs, write_whole};
use crate::store::pack::{self, PackBuilder, Place, TRAILER_LENGTH, Trailer};
use std::path::Path;

/// Upper ends of the size classes that are merged, in bytes. Larger packs stay as they are.
const CLASSES: [u64; 3] = [64 << 10, 512 << 10, 4 << 20];

/// So many packs of one class are merged.
const CROWD: usize = 8;

/// Merges what has come together; whether anything changed.
pub(crate) fn compact(folder: &Path) -> bool {
    let names = sealed_packs(folder).unwrap_or_default();
    if names.len() < CROWD {
        return false;
    }
    let sized = |name: String| size(&folder.join(&name)).map(|size| (name, size));
    let sized: Vec<(String, u64)> = names.into_iter().filter_map(sized).collect();
    let mut low = 0;
    for high in CLASSES {
        let class: Vec<&str> = sized
            .iter()
            .filter(|(_, size)| (low..high).contains(size))
            .map(|(name, _)| name.as_str())
            .collect();
        if class.len() >= CROWD {
            return merge(folder, &class);
        }
        low = high;
    }
    false
}

/// `names` are the newest first, so the merged pack may carry the newest name's time and keep the age order.
fn merge(folder: &Path, names: &[&str]) -> bool {
    let mut builder = PackBuilder::default();
    for name in names.iter().rev() {
        copy_entries(&folder.join(name), &mut builder);
    }
    let Some((time, _)) = names.first().and_then(|newest| newest.split_once('-')) else {
        return false;
    };
    let merged = format!(
        "{time}-{:x}-m{:x}.pack",
        std::process::id(),
        super::clock::nanoseconds()
    );
    if write_whole(folder, &merged, &builder.encode()).is_err() {
        return false;
    }
    names.iter().for_each(|name| remove(&folder.join(name)));
    true
}

/// Copies what is readable; a damaged pack contributes what its index still finds.
fn copy_entries(path: &Path, builder: &mut PackBuilder) {
    #[expect(clippy::disallowed_methods, reason = "the shell reads the cache")]
    let Ok(file) = std::fs::read(path) else { return };
    let part = |place: Place| {
        let start = usize::try_from(place.offset).ok()?;
        file.get(start..)?.get(..place.length as usize)
    };
    let Some(tail) = file
        .len()
        .checked_sub(TRAILER_LENGTH)
        .and_then(|start| file.get(start..))
    else {
        return;
    };
    let Some(trailer) = Trailer::parse(tail, file.len() as u64) else {
        return;
    };
    for (key, kind, place) in pack::index_entries(part(trailer.index()).unwrap_or_default()) {
        if let Some(stored) = part(place) {
            builder.add_stored(&key, kind, stored);
        }
    }
}

pub(super) fn size(path: &Path) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "the shell looks at the cache")]
    std::fs::metadata(path).ok().map(|metadata| metadata.len())
}

pub(super) fn remove(path: &Path) {
    // What cannot be removed is found again at the next merge.
    #[expect(clippy::disallowed_methods, reason = "the shell keeps the cache small")]
    let _ = std::fs::remove_file(path);
}

//! Keeps the cache small: when many packs of one size class have come together, they are merged into one; when all packs
//! together take too much room, the oldest are removed.
//!
//! A merge copies entries as they are, seals the new pack, and then removes the old ones. Two processes may do it at
//! once: some entries are then there twice, which is harmless. A process that has an old pack open keeps reading it; one
//! that has not finds nothing in it, which is a miss.

use super::packs::{sealed_packs, write_whole};
use crate::store::pack::{self, PackBuilder, Place, TRAILER_LENGTH, Trailer};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Upper ends of the size classes that are merged, in bytes. Larger packs stay as they are.
const CLASSES: [u64; 3] = [64 << 10, 512 << 10, 4 << 20];

/// No process takes that long to write a pack.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// So many packs of one class are merged.
const CROWD: usize = 8;

/// What all packs together may take, in bytes (10 GiB).
pub(crate) const CAPACITY: u64 = 10 << 30;

/// Merges what has come together and removes what is too much; whether anything changed.
pub(crate) fn compact(folder: &Path, capacity: u64) -> bool {
    let names = sealed_packs(folder).unwrap_or_default();
    if names.len() < CROWD {
        return false;
    }
    let sized = |name: String| size(&folder.join(&name)).map(|size| (name, size));
    let sized: Vec<(String, u64)> = names.into_iter().filter_map(sized).collect();
    let removed = remove_oldest(folder, &sized, capacity);
    remove_abandoned(folder);
    let mut low = 0;
    for high in CLASSES {
        let class: Vec<&str> = sized
            .iter()
            .filter(|(_, size)| (low..high).contains(size))
            .map(|(name, _)| name.as_str())
            .collect();
        if class.len() >= CROWD {
            return merge(folder, &class) || removed;
        }
        low = high;
    }
    removed
}

/// `sized`: packs with their sizes, the newest first.
fn remove_oldest(folder: &Path, sized: &[(String, u64)], capacity: u64) -> bool {
    let mut total = 0;
    let mut removed = false;
    for (name, size) in sized {
        total += size;
        if total > capacity {
            remove(&folder.join(name));
            removed = true;
        }
    }
    removed
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

/// Removes temporary files that a killed process left behind: those older than a day.
fn remove_abandoned(folder: &Path) {
    #[expect(clippy::disallowed_methods, reason = "the shell keeps the cache small")]
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let is_temporary = entry.file_name().as_encoded_bytes().ends_with(b".tmp");
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_temporary && age().is_some_and(|age| age > ABANDONED_AFTER) {
            remove(&entry.path());
        }
    }
}

fn size(path: &Path) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "the shell looks at the cache")]
    std::fs::metadata(path).ok().map(|metadata| metadata.len())
}

fn remove(path: &PathBuf) {
    // What cannot be removed is found again at the next merge.
    #[expect(clippy::disallowed_methods, reason = "the shell keeps the cache small")]
    let _ = std::fs::remove_file(path);
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests of the shell")]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_packs_and_abandoned_files_make_room() {
        let folder = tempfile::TempDir::new().expect("a folder for the test");
        // Larger than what is merged.
        let content = vec![0; 5 << 20];
        for number in 0..9 {
            write_whole(folder.path(), &format!("{number:016x}-1-1.pack"), &content)
                .expect("it can be written");
        }
        let temporary = |name: &str, age: Duration| {
            let file = std::fs::File::create(folder.path().join(name)).expect("it can be made");
            file.set_modified(std::time::SystemTime::now() - age)
                .expect("its time can be set");
        };
        temporary("a.tmp", Duration::from_secs(3));
        temporary("b.tmp", Duration::from_secs(25 * 60 * 60));
        assert!(!compact(folder.path(), 50 << 20));
        assert!(folder.path().join("a.tmp").exists() && !folder.path().join("b.tmp").exists());
        assert!(compact(folder.path(), 16 << 20));
        let left: Vec<String> = (6..9)
            .rev()
            .map(|number| format!("{number:016x}-1-1.pack"))
            .collect();
        assert_eq!(sealed_packs(folder.path()).expect("it can be listed"), left);
    }
}

//! The record of uses on disk: `access`, one table of what was seen up to the last collection, and `used/`, what processes have
//! noted since.
//!
//! A process writes at most one file, named by its day and content: what the same work uses again on the same day is noted
//! already. Collections fold these files into the table. Nobody waits for anybody; what two collections do at once is
//! done twice.

use super::collect::DAY;
use super::packs::write_whole;
use crate::digest;
use crate::store::access::{AccessTable, START};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The table, in the folder of the cache's version.
const TABLE: &str = "access";
/// The folder of what was noted since.
const USED: &str = "used";
/// At most so many files are folded in one run.
const MAXIMUM_FILES: usize = 10_000;

/// Notes what a process used. `now`: nanoseconds since 1970. What cannot be written is only evicted earlier.
pub(super) fn write(folder: &Path, table: &AccessTable, now: i64) {
    let name = format!("{:x}-{}.used", now / DAY, digest::short_hex(&table.fingerprint()));
    let used = folder.join(USED);
    if super::compact::size(&used.join(&name)).is_none() {
        let _ = write_whole(&used, &name, &table.encode());
    }
}

/// When the cache was last looked through, nanoseconds since 1970; 0: never.
pub(super) fn last_collection(folder: &Path) -> i64 {
    collected(&folder.join(TABLE)).unwrap_or(0)
}

fn collected(path: &Path) -> Option<i64> {
    #[expect(clippy::disallowed_methods, reason = "the shell reads the cache")]
    let mut file = File::open(path).ok()?;
    let mut start = [0; START];
    file.read_exact(&mut start).ok()?;
    AccessTable::collected_of(&start)
}

/// Everything that is known, and the files that it was found in besides the table.
pub(super) fn load(folder: &Path) -> (AccessTable, Vec<PathBuf>) {
    let mut table = read(&folder.join(TABLE)).unwrap_or_default();
    let mut files = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "the shell lists the cache")]
    let entries = std::fs::read_dir(folder.join(USED));
    for entry in entries.into_iter().flatten().flatten().take(MAXIMUM_FILES) {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "used") {
            continue;
        }
        if let Some(used) = read(&path) {
            table.add(&used);
        }
        files.push(path);
    }
    (table, files)
}

/// Replaces the table, and removes the files whose content is in it now.
pub(super) fn save(folder: &Path, table: &AccessTable, folded: &[PathBuf]) {
    if write_whole(folder, TABLE, &table.encode()).is_ok() {
        folded.iter().for_each(|path| super::compact::remove(path));
    }
}

fn read(path: &Path) -> Option<AccessTable> {
    #[expect(clippy::disallowed_methods, reason = "the shell reads the cache")]
    AccessTable::decode(&std::fs::read(path).ok()?)
}

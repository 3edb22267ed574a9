//! The workspace on the file system.

use super::folder::{self, NO_FILE, is_absent};
use crate::files::{Files, Found, Stat};
use lumen_pkg::ManifestSource;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

/// The folder of a workspace that holds what can be made again.
const FOLDER: &str = ".lumen";
/// The state file in it.
const STATE: &str = "state";
/// Previous build logs that are kept.
const LOGS: usize = 4;

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
impl Files for Disk {
    fn list(&self, folder: &Path, visit: &mut dyn FnMut(&OsStr, Found)) -> Result<(), Option<String>> {
        folder::list(folder, visit)
    }

    fn stat(&self, path: &Path) -> Option<Stat> {
        match fs::metadata(path) {
            Ok(metadata) => Some(stat(&metadata)),
            Err(error) if is_absent(&error) => None,
            // Something is there. What cannot be looked at is like nothing that was there before.
            Err(_) => Some(Stat::default()),
        }
    }

    fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, Option<Stat>), String> {
        read(path, limit).map_err(|error| error.to_string())
    }

    fn manifests(&self) -> &dyn ManifestSource {
        &lumen_pkg::shell::Disk
    }

    fn now(&self) -> i64 {
        super::clock::nanoseconds()
    }

    fn load_state(&self, root: &Path) -> Option<Vec<u8>> {
        fs::read(state_file(root)).ok()
    }

    fn save_state(&self, root: &Path, content: &[u8]) -> Result<(), String> {
        super::packs::write_whole(&root.join(FOLDER), STATE, content).map_err(|error| error.to_string())
    }

    fn load_tests(&self, root: &Path) -> Option<Vec<u8>> {
        fs::read(root.join(FOLDER).join("tests")).ok()
    }

    fn save_tests(&self, root: &Path, content: &[u8]) -> Result<(), String> {
        super::packs::write_whole(&root.join(FOLDER), "tests", content).map_err(|error| error.to_string())
    }

    fn save_log(&self, root: &Path, content: &str) -> Result<(), String> {
        let folder = root.join(FOLDER).join("log");
        for number in (0..LOGS).rev() {
            // The one that is not there yet, or cannot be moved, is no loss.
            let _ = fs::rename(log(&folder, number), log(&folder, number + 1));
        }
        super::packs::write_whole(&folder, "build.jsonl", content.as_bytes())
            .map_err(|error| error.to_string())
    }

    fn logs(&self, root: &Path) -> Vec<String> {
        let folder = root.join(FOLDER).join("log");
        // What cannot be read keeps its place, as a log that says nothing.
        let text = |number| match fs::read(log(&folder, number)) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => (!is_absent(&error)).then(String::new),
        };
        (0..=LOGS).filter_map(text).collect()
    }

    fn load_lock(&self, root: &Path) -> Result<Option<String>, String> {
        lumen_pkg::shell::read_lock(root).map_err(|error| error.to_string())
    }

    fn save_lock(&self, root: &Path, text: &str) -> Result<(), String> {
        lumen_pkg::shell::write_lock(root, text).map_err(|error| error.to_string())
    }

    fn load_proofs(&self, root: &Path) -> Result<Option<String>, String> {
        lumen_pkg::shell::read_proofs(root).map_err(|error| error.to_string())
    }

    fn save_proofs(&self, root: &Path, text: Option<&str>) -> Result<(), String> {
        lumen_pkg::shell::write_proofs(root, text).map_err(|error| error.to_string())
    }
}

/// The state file of a workspace.
pub(super) fn state_file(root: &Path) -> PathBuf {
    root.join(FOLDER).join(STATE)
}

/// The log that is `number` builds old.
fn log(folder: &Path, number: usize) -> PathBuf {
    match number {
        0 => folder.join("build.jsonl"),
        _ => folder.join(format!("build.{number}.jsonl")),
    }
}

/// Reads a whole file; its state only if it was the same before and after.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn read(path: &Path, limit: u64) -> io::Result<(Vec<u8>, Option<Stat>)> {
    let mut file = File::open(path)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(io::Error::new(
            ErrorKind::InvalidInput,
            format!("it is {NO_FILE}"),
        ));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(before.len().min(limit)).unwrap_or(0) + 1);
    Read::by_ref(&mut file).take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("it is larger than {limit} bytes"),
        ));
    }
    let (before, after) = (stat(&before), stat(&file.metadata()?));
    Ok((bytes, (before == after).then_some(after)))
}

#[cfg(unix)]
pub(super) fn stat(metadata: &Metadata) -> Stat {
    use std::os::unix::fs::MetadataExt;
    Stat {
        device: metadata.dev(),
        inode: metadata.ino(),
        size: metadata.size(),
        modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    }
}

/// A time of the file system as one number.
#[cfg(unix)]
pub(super) fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
}

#[cfg(not(unix))]
pub(super) fn stat(metadata: &Metadata) -> Stat {
    let since = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let modified = since
        .and_then(|since| i64::try_from(since.as_nanos()).ok())
        .unwrap_or(0);
    Stat {
        size: metadata.len(),
        modified,
        ..Stat::default()
    }
}

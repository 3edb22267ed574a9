//! The file system: reading manifests and listing folders for the pure parts, and reading and writing the lock.

use crate::lock::{LOCK_FILE, MAXIMUM_PROOFS_BYTES, PROOFS_FILE};
use crate::source::{EntryKind, FolderEntry, ManifestSource, ReadError};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl ManifestSource for Disk {
    #[expect(clippy::disallowed_methods, reason = "this is the shell")]
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        // Asking first keeps a pipe or device of that name from blocking or never ending.
        let metadata = fs::metadata(path).map_err(|error| read_error(&error))?;
        if !metadata.is_file() {
            let found = if metadata.is_dir() {
                "a folder"
            } else {
                "a device or pipe"
            };
            return Err(ReadError::WrongKind {
                found,
                expected: "a file",
            });
        }
        if metadata.len() > limit {
            return Err(ReadError::TooLarge { limit });
        }
        let file = File::open(path).map_err(|error| read_error(&error))?;
        let mut content = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
        file.take(limit + 1)
            .read_to_end(&mut content)
            .map_err(|error| read_error(&error))?;
        match content.len() as u64 > limit {
            true => Err(ReadError::TooLarge { limit }),
            false => Ok(content),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the shell")]
    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, ReadError> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| list_error(&error))? {
            let entry = entry.map_err(|error| list_error(&error))?;
            let kind = match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => EntryKind::Folder,
                false => EntryKind::Other,
            };
            entries.push(FolderEntry {
                name: entry.file_name(),
                kind,
            });
        }
        Ok(entries)
    }
}

/// The text of the lock in a workspace's folder; `None` if there is none. Bytes that are not UTF-8 are replaced, so that the
/// parser can say where the file is wrong.
///
/// # Errors
/// If it exists but cannot be read, or is larger than a lock may be.
pub fn read_lock(root: &Path) -> Result<Option<String>, ReadError> {
    match Disk.read(&root.join(LOCK_FILE), crate::MAXIMUM_LOCK_BYTES) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(ReadError::Absent) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces the lock in a workspace's folder. Readers see the old text or the new one, never a part.
///
/// # Errors
/// If the folder cannot be written to; then the old lock is still there.
pub fn write_lock(root: &Path, text: &str) -> io::Result<()> {
    replace_file(&root.join(LOCK_FILE), text)
}

/// The text of the proofs beside a lock; `None` if there are none. Bytes that are not UTF-8 are replaced, so that the parser refuses them.
///
/// # Errors
/// If they exist but cannot be read, or are larger than proofs may be.
pub fn read_proofs(root: &Path) -> Result<Option<String>, ReadError> {
    match Disk.read(&root.join(PROOFS_FILE), MAXIMUM_PROOFS_BYTES) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(ReadError::Absent) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces the proofs beside a lock, or removes them. Readers see the old text or the new one, never a part.
///
/// # Errors
/// If the folder cannot be written to; then they are as they were.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
pub fn write_proofs(root: &Path, text: Option<&str>) -> io::Result<()> {
    let path = root.join(PROOFS_FILE);
    let Some(text) = text else {
        return match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    };
    replace_file(&path, text)
}

/// Replaces a file, or the one that a link of that name leads to. Readers see the old text or the new one, never a part. Permissions stay.
///
/// # Errors
/// If the folder cannot be written to; then the old file is still there.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
pub fn replace_file(path: &Path, text: &str) -> io::Result<()> {
    // Builds of one process must not share a temporary file either.
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let write = WRITES.fetch_add(1, Ordering::Relaxed);
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let temporary = target.with_file_name(format!(".{name}.{}-{write}", std::process::id()));
    let written = File::create(&temporary).and_then(|mut file| file.write_all(text.as_bytes()));
    let kept = written.and_then(|()| match fs::metadata(&target) {
        Ok(old) => fs::set_permissions(&temporary, old.permissions()),
        Err(_) => Ok(()),
    });
    let replaced = kept.and_then(|()| fs::rename(&temporary, &target));
    if replaced.is_err() {
        // Nothing more can be done about a leftover than about the first error, which is the one to report.
        drop(fs::remove_file(&temporary));
    }
    replaced
}

fn read_error(error: &io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => ReadError::Absent,
        _ => ReadError::Unreadable(reason(error)),
    }
}

fn list_error(error: &io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound => ReadError::Absent,
        ErrorKind::NotADirectory => ReadError::WrongKind {
            found: "a file",
            expected: "a folder",
        },
        _ => ReadError::Unreadable(reason(error)),
    }
}

/// The system's words in one form on every platform, where Rust has a name for the error.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

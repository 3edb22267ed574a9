//! Looking at folders and files for a watch.

use crate::files::{Files, MAXIMUM_DOCUMENT_BYTES, Stat};
use crate::shell::disk::{Disk, stat};
use crate::watch::window::{Found, Listing, Look};
use lumen_compiler::interface::Digest;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::io::ErrorKind;
use std::path::Path;

impl Look for Disk {
    #[expect(clippy::disallowed_methods, reason = "this is the shell")]
    fn list(&self, folder: &Path, counts: &dyn Fn(&OsStr) -> bool) -> Listing {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Listing::Gone;
            }
            Err(_) => return Listing::Unreadable,
        };
        let mut listed = BTreeMap::new();
        for entry in entries {
            let Ok(entry) = entry else {
                return Listing::Unreadable;
            };
            let name = entry.file_name();
            if let Some(found) = found(&entry, counts(&name)) {
                listed.insert(name, found);
            }
        }
        Listing::Entries(listed)
    }

    fn stat(&self, path: &Path) -> Option<Stat> {
        Files::stat(self, path)
    }

    fn digest(&self, path: &Path) -> Option<Digest> {
        let (content, _) = self.read(path, MAXIMUM_DOCUMENT_BYTES).ok()?;
        Some(Sha256::digest(content).into())
    }

    fn now(&self) -> i64 {
        crate::shell::clock::nanoseconds()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn found(entry: &DirEntry, counts: bool) -> Option<Found> {
    let kind = entry.file_type().ok()?;
    if kind.is_dir() {
        return Some(Found::Folder);
    }
    // Relative to the open folder where the platform can; a link has to be followed.
    let metadata = match kind.is_symlink() {
        true => fs::metadata(entry.path()),
        false if counts => entry.metadata(),
        false => return None,
    };
    match metadata {
        Ok(metadata) if metadata.is_dir() => Some(Found::FolderLink),
        metadata => counts.then(|| Found::File(metadata.ok().map(|metadata| stat(&metadata)))),
    }
}

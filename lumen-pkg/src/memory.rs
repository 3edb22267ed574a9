//! The in-memory twin of the file system, for tests of this crate and of its callers. Not used by the shipped tool.

use crate::source::{EntryKind, FolderEntry, ManifestSource, ReadError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A tree of files held in memory. Folders exist because files lie in them.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    files: BTreeMap<PathBuf, Vec<u8>>,
    folders: BTreeSet<PathBuf>,
    unreadable: BTreeSet<PathBuf>,
}

impl MemoryTree {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file, and the folders above it.
    pub fn write(&mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) {
        let path = path.as_ref();
        if let Some(parent) = path.parent() {
            self.create_folder(parent);
        }
        self.files.insert(path.to_path_buf(), content.into());
    }

    /// Adds a folder and those above it.
    pub fn create_folder(&mut self, path: impl AsRef<Path>) {
        self.folders
            .extend(path.as_ref().ancestors().map(Path::to_path_buf));
    }

    /// Makes reading a file or listing a folder fail as if permission were denied.
    pub fn deny(&mut self, path: impl AsRef<Path>) {
        self.unreadable.insert(path.as_ref().to_path_buf());
    }

    fn check(&self, path: &Path) -> Result<(), ReadError> {
        match self.unreadable.contains(path) {
            true => Err(ReadError::Unreadable("permission denied".to_owned())),
            false => Ok(()),
        }
    }
}

impl ManifestSource for MemoryTree {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.check(path)?;
        if self.folders.contains(path) {
            return Err(ReadError::WrongKind {
                found: "a folder",
                expected: "a file",
            });
        }
        let content = self.files.get(path).ok_or(ReadError::Absent)?;
        if content.len() as u64 > limit {
            return Err(ReadError::TooLarge { limit });
        }
        Ok(content.clone())
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, ReadError> {
        self.check(folder)?;
        if self.files.contains_key(folder) {
            return Err(ReadError::WrongKind {
                found: "a file",
                expected: "a folder",
            });
        }
        if !self.folders.contains(folder) {
            return Err(ReadError::Absent);
        }
        let children = |path: &&PathBuf| path.parent() == Some(folder);
        let entry = |path: &PathBuf, kind| {
            Some(FolderEntry {
                name: path.file_name()?.to_owned(),
                kind,
            })
        };
        let folders = self
            .folders
            .iter()
            .filter(children)
            .filter_map(|path| entry(path, EntryKind::Folder));
        let files = self
            .files
            .keys()
            .filter(children)
            .filter_map(|path| entry(path, EntryKind::Other));
        Ok(folders.chain(files).collect())
    }
}

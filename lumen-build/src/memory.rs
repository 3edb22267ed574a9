//! The in-memory twin of a workspace's files, for tests of this crate and of its callers. Times are those of a clock that moves
//! with every change, by a second.

use crate::files::{Files, Found, Stat, document_stem};
use lumen_pkg::{
    EntryKind, FolderEntry, LOCK_FILE, MANIFEST_FILE, MAXIMUM_LOCK_BYTES, ManifestSource, PROOFS_FILE,
    ReadError,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Files in memory. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    tree: Arc<Mutex<Tree>>,
}

#[derive(Debug, Default)]
struct Tree {
    files: BTreeMap<PathBuf, (Vec<u8>, Stat)>,
    states: BTreeMap<PathBuf, Vec<u8>>,
    tests: BTreeMap<PathBuf, Vec<u8>>,
    logs: Vec<String>,
    now: i64,
    reads: usize,
    read_only: bool,
}

const SECOND: i64 = 1_000_000_000;

impl MemoryFiles {
    /// No files.
    pub fn new() -> MemoryFiles {
        MemoryFiles::default()
    }

    /// Creates or replaces a file.
    pub fn write(&self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) {
        let (path, content) = (path.as_ref(), content.into());
        let mut tree = self.tree();
        let changed = tree.tick();
        let inode = tree
            .files
            .get(path)
            .map_or(changed as u64, |(_, stat)| stat.inode);
        let stat = Stat {
            device: 1,
            inode,
            size: content.len() as u64,
            modified: changed,
            changed,
        };
        tree.files.insert(path.to_owned(), (content, stat));
        // Whoever reads it now reads it long after the change.
        tree.tick();
    }

    /// Changes the times of a file.
    pub fn touch(&self, path: impl AsRef<Path>) {
        if let Some(content) = self.content(&path) {
            self.write(path, content);
        }
    }

    /// The content of a file.
    pub fn content(&self, path: impl AsRef<Path>) -> Option<Vec<u8>> {
        self.tree()
            .files
            .get(path.as_ref())
            .map(|(content, _)| content.clone())
    }

    /// Removes a file.
    pub fn remove(&self, path: impl AsRef<Path>) {
        self.tree().files.remove(path.as_ref());
    }

    /// Removes the state of all workspaces.
    pub fn forget_state(&self) {
        self.tree().states.clear();
    }

    /// Changes the state file of each workspace.
    pub fn damage_state(&self, damage: impl Fn(&mut Vec<u8>)) {
        self.tree().states.values_mut().for_each(damage);
    }

    /// Refuses writing, or allows it again.
    pub fn set_read_only(&self, read_only: bool) {
        self.tree().read_only = read_only;
    }

    /// How many files have been read since the last call.
    pub fn take_reads(&self) -> usize {
        std::mem::take(&mut self.tree().reads)
    }

    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writable(&self) -> Result<MutexGuard<'_, Tree>, String> {
        let tree = self.tree();
        match tree.read_only {
            true => Err("the file system is read-only".to_owned()),
            false => Ok(tree),
        }
    }
}

impl Tree {
    /// Time passes; not by whole milliseconds, like that of a file system with fine times.
    fn tick(&mut self) -> i64 {
        self.now += SECOND + 1;
        self.now
    }

    /// Names in a folder and whether each is a folder.
    fn entries(&self, folder: &Path) -> BTreeSet<(String, bool)> {
        let below = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(folder).ok());
        below
            .filter_map(|path| {
                let mut components = path.components();
                let name = components.next()?.as_os_str().to_str()?.to_owned();
                Some((name, components.next().is_some()))
            })
            .collect()
    }
}

impl Files for MemoryFiles {
    fn list(&self, folder: &Path, visit: &mut dyn FnMut(&OsStr, Found)) -> Result<(), Option<String>> {
        let tree = self.tree();
        let entries = tree.entries(folder);
        if entries.is_empty() {
            return Err(None);
        }
        for (name, is_folder) in entries {
            let found = match tree.files.get(&folder.join(&name)) {
                _ if is_folder => Found::Folder,
                _ if name == MANIFEST_FILE => Found::Manifest,
                Some((_, stat)) if document_stem(&name).is_some() => Found::Document(*stat),
                _ => continue,
            };
            visit(OsStr::new(&name), found);
        }
        Ok(())
    }

    fn stat(&self, path: &Path) -> Option<Stat> {
        let tree = self.tree();
        let folder = || (!tree.entries(path).is_empty()).then(Stat::default);
        tree.files.get(path).map(|(_, stat)| *stat).or_else(folder)
    }

    fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, Option<Stat>), String> {
        let mut tree = self.tree();
        tree.reads += 1;
        let (content, stat) = tree.files.get(path).ok_or("it does not exist")?;
        match content.len() as u64 > limit {
            true => Err(format!("it is larger than {limit} bytes")),
            false => Ok((content.clone(), Some(*stat))),
        }
    }

    fn manifests(&self) -> &dyn ManifestSource {
        self
    }

    fn now(&self) -> i64 {
        self.tree().now
    }

    fn load_state(&self, root: &Path) -> Option<Vec<u8>> {
        self.tree().states.get(root).cloned()
    }

    fn save_state(&self, root: &Path, content: &[u8]) -> Result<(), String> {
        self.writable()?
            .states
            .insert(root.to_owned(), content.to_owned());
        Ok(())
    }

    fn load_tests(&self, root: &Path) -> Option<Vec<u8>> {
        self.tree().tests.get(root).cloned()
    }

    fn save_tests(&self, root: &Path, content: &[u8]) -> Result<(), String> {
        self.writable()?.tests.insert(root.to_owned(), content.to_owned());
        Ok(())
    }

    fn save_log(&self, _root: &Path, content: &str) -> Result<(), String> {
        self.writable()?.logs.insert(0, content.to_owned());
        Ok(())
    }

    fn logs(&self, _root: &Path) -> Vec<String> {
        self.tree().logs.clone()
    }

    fn load_lock(&self, root: &Path) -> Result<Option<String>, String> {
        let content = self.content(root.join(LOCK_FILE));
        if content
            .as_ref()
            .is_some_and(|content| content.len() as u64 > MAXIMUM_LOCK_BYTES)
        {
            return Err(format!("it is larger than {MAXIMUM_LOCK_BYTES} bytes"));
        }
        Ok(content.map(|content| String::from_utf8_lossy(&content).into_owned()))
    }

    fn save_lock(&self, root: &Path, text: &str) -> Result<(), String> {
        drop(self.writable()?);
        self.write(root.join(LOCK_FILE), text);
        Ok(())
    }

    fn load_proofs(&self, root: &Path) -> Result<Option<String>, String> {
        let content = self.content(root.join(PROOFS_FILE));
        let text = content.map(String::from_utf8).transpose();
        text.map_err(|_| "it is not UTF-8".to_owned())
    }

    fn save_proofs(&self, root: &Path, text: Option<&str>) -> Result<(), String> {
        drop(self.writable()?);
        match text {
            Some(text) => self.write(root.join(PROOFS_FILE), text),
            None => self.remove(root.join(PROOFS_FILE)),
        }
        Ok(())
    }
}

impl ManifestSource for MemoryFiles {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let content = self.content(path).ok_or(ReadError::Absent)?;
        match content.len() as u64 > limit {
            true => Err(ReadError::TooLarge { limit }),
            false => Ok(content),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, ReadError> {
        let kind = |is_folder| match is_folder {
            true => EntryKind::Folder,
            false => EntryKind::Other,
        };
        let entries = self.tree().entries(folder);
        match entries.is_empty() {
            true => Err(ReadError::Absent),
            false => Ok(entries
                .into_iter()
                .map(|(name, is_folder)| FolderEntry {
                    name: name.into(),
                    kind: kind(is_folder),
                })
                .collect()),
        }
    }
}

//! The window through which the build sees the workspace: folders, documents, the state file, the log.
//!
//! Implemented by `shell::Disk` and, for tests, by [`crate::MemoryFiles`]. The store is a window of its own
//! ([`crate::Store`]), since it belongs to the user and not to the workspace.

use lumen_compiler::document::Form;
use lumen_pkg::ManifestSource;
use std::ffi::OsStr;
use std::path::Path;

/// The name without the suffix of a document, `.lm.md` or `.lm`; nothing if it is no document's.
pub fn document_stem(name: &str) -> Option<&str> {
    Form::split_name(name).map(|(stem, _)| stem)
}

/// A larger document is refused, in bytes.
pub const MAXIMUM_DOCUMENT_BYTES: u64 = lumen_compiler::document::MAX_BYTES as u64;

/// What tells one state of a file from another without reading it. Times in nanoseconds since 1970; fields that a
/// platform does not have are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Device that holds the file.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    /// Length in bytes.
    pub size: u64,
    /// Last change of the content.
    pub modified: i64,
    /// Last change of content or metadata.
    pub changed: i64,
}

impl Stat {
    /// Whether a change after `hashed_at` (the moment before reading) must show in the times: both are older than that
    /// by the granularity of the file system. A time in the future never is.
    pub(crate) fn is_settled(&self, hashed_at: i64) -> bool {
        const MILLISECOND: i64 = 1_000_000;
        let newest = self.modified.max(self.changed);
        // A time of whole milliseconds may come from a file system that counts in seconds (FAT: two).
        let granularity = match newest % MILLISECOND {
            0 => 2_000 * MILLISECOND,
            _ => 50 * MILLISECOND,
        };
        newest.saturating_add(granularity) < hashed_at
    }
}

/// An entry of a folder that matters to the build. Everything else is not reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A folder.
    Folder,
    /// A symbolic link to a folder: never followed, so that every walk ends.
    FolderLink,
    /// A `lumen.toml`.
    Manifest,
    /// A file, or a link to one, that has a document's name ([`document_stem`]).
    Document(Stat),
    /// Something with such a name that is no file that could be read, and why: the end of a sentence that its path begins.
    Unusable(String),
}

/// The workspace's files. Paths are absolute unless said otherwise.
pub trait Files: Sync {
    /// Reports the entries of a folder, in any order.
    ///
    /// # Errors
    /// In words, if the folder cannot be listed; `None` if it does not exist.
    fn list(&self, folder: &Path, visit: &mut dyn FnMut(&OsStr, Found)) -> Result<(), Option<String>>;

    /// The state of a file or folder, links followed; nothing if there is none. What is there and cannot be looked at has the
    /// default one.
    fn stat(&self, path: &Path) -> Option<Stat>;

    /// The content of a file of at most `limit` bytes, and its state if it did not change while it was read.
    ///
    /// # Errors
    /// In words.
    fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, Option<Stat>), String>;

    /// The same files for `lumen-pkg`.
    fn manifests(&self) -> &dyn ManifestSource;

    /// Nanoseconds since 1970.
    fn now(&self) -> i64;

    /// The state file of a workspace, if it can be read.
    fn load_state(&self, root: &Path) -> Option<Vec<u8>>;

    /// Replaces the state file at once.
    ///
    /// # Errors
    /// In words.
    fn save_state(&self, root: &Path, content: &[u8]) -> Result<(), String>;

    /// What the last runs of tests in a workspace left, if it can be read.
    fn load_tests(&self, root: &Path) -> Option<Vec<u8>>;

    /// Replaces what the last runs of tests left, at once.
    ///
    /// # Errors
    /// In words.
    fn save_tests(&self, root: &Path, content: &[u8]) -> Result<(), String>;

    /// Starts a new current build log with `content`; the log before it becomes the newest of the previous ones.
    ///
    /// # Errors
    /// In words.
    fn save_log(&self, root: &Path, content: &str) -> Result<(), String>;

    /// The build logs that there are, the current one first.
    fn logs(&self, root: &Path) -> Vec<String>;

    /// The lock of a workspace.
    ///
    /// # Errors
    /// In words, if it is there and cannot be read.
    fn load_lock(&self, root: &Path) -> Result<Option<String>, String>;

    /// Replaces the lock at once.
    ///
    /// # Errors
    /// In words.
    fn save_lock(&self, root: &Path, text: &str) -> Result<(), String>;

    /// The proofs beside the lock; nothing if they cannot be read.
    fn load_proofs(&self, root: &Path) -> Result<Option<String>, String>;

    /// Replaces the proofs at once, or removes them.
    ///
    /// # Errors
    /// In words.
    fn save_proofs(&self, root: &Path, text: Option<&str>) -> Result<(), String>;
}

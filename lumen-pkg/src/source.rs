//! The window through which the pure parts see files. Implemented by `shell::Disk` and by `MemoryTree`.

use std::ffi::OsString;
use std::path::Path;

/// Reads manifests and lists folders. Paths are absolute or relative to whatever the implementation says; the loader only
/// ever appends to the start folder or walks up from it.
pub trait ManifestSource {
    /// The whole content of a regular file (symbolic links are followed).
    ///
    /// # Errors
    /// See [`ReadError`]; a file of more than `limit` bytes is not read.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError>;

    /// The entries of a folder, in any order, without `.` and `..`.
    ///
    /// # Errors
    /// See [`ReadError`].
    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, ReadError>;
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    /// Without the folder.
    pub name: OsString,
    /// What it is, symbolic links not followed.
    pub kind: EntryKind,
}

/// What a folder entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder.
    Folder,
    /// A regular file, symbolic link, device, or anything else that wildcards do not enter.
    Other,
}

/// Why a file or folder could not be read. Shown to people after the path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing there (also: a parent is not a folder).
    #[error("it does not exist")]
    Absent,
    /// A folder, device or pipe where a file is expected, or a file where a folder is expected.
    #[error("it is {found}, not {expected}")]
    WrongKind {
        /// With its article: `a folder`.
        found: &'static str,
        /// With its article: `a file`.
        expected: &'static str,
    },
    /// More bytes than the limit.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// Permission denied, a loop of symbolic links, an input error.
    #[error("{0}")]
    Unreadable(String),
}

//! The windows through which a watch sees files and gets events. The shell has the real ones.

use crate::files::Stat;
use lumen_compiler::interface::Digest;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The window through which a watch sees the files.
pub(crate) trait Look {
    /// What is in a folder: subfolders, and the files that `counts` says yes to.
    fn list(&self, folder: &Path, counts: &dyn Fn(&OsStr) -> bool) -> Listing;

    /// The state of a file or folder, links followed; nothing if there is none.
    fn stat(&self, path: &Path) -> Option<Stat>;

    /// The hash of a file's content; nothing if it cannot be read.
    fn digest(&self, path: &Path) -> Option<Digest>;

    /// Nanoseconds since 1970.
    fn now(&self) -> i64;
}

/// A folder as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// Names and what they are.
    Entries(BTreeMap<OsString, Found>),
    /// There is no such folder.
    Gone,
    /// It may not be listed.
    Unreadable,
}

/// An entry of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A folder.
    Folder,
    /// A link to a folder, which nobody follows.
    FolderLink,
    /// A file, with nothing if it cannot be looked at.
    File(Option<Stat>),
}

/// Where events come from.
pub(crate) trait Follow {
    /// Leaves some folders and joins others; not their subfolders. Those that are gone or may not be read are passed over.
    ///
    /// # Errors
    /// In words, if events cannot be relied on any longer.
    fn change(&mut self, leave: &[PathBuf], join: &[PathBuf]) -> Result<(), String>;
}

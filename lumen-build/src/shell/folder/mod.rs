//! Reading a folder of sources, entry by entry.
//!
//! A build without changes does little else, so on Linux nothing is allocated for an entry: names are read where the system put
//! them, and entries are looked at relative to the open folder. Everywhere else the standard library reads, which makes a name of
//! its own for each.

#[cfg(target_os = "linux")]
mod direct;
mod entry;
#[cfg(any(not(target_os = "linux"), test))]
mod portable;
#[cfg(all(target_os = "linux", test))]
mod tests;

pub(super) use entry::{NO_FILE, is_absent};

use crate::files::Found;
#[cfg(target_os = "linux")]
use direct as way;
#[cfg(not(target_os = "linux"))]
use portable as way;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

/// Reports the entries of a folder that matter to the build, in any order.
///
/// # Errors
/// In words, if the folder cannot be listed; `None` if it does not exist.
pub(super) fn list(folder: &Path, visit: &mut dyn FnMut(&OsStr, Found)) -> Result<(), Option<String>> {
    way::list(folder, visit)
}

fn absent_or_words(error: &io::Error) -> Option<String> {
    (!is_absent(error)).then(|| error.to_string())
}

fn words(error: &io::Error) -> Option<String> {
    Some(error.to_string())
}

//! What an entry of a folder is to the build, whichever way the folder was read (`folder`).

use crate::files::{Found, Stat};
use crate::printable::printable;
use lumen_compiler::document::Form;
use lumen_pkg::MANIFEST_FILE;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// An entry of a folder that is being read.
pub(super) trait Entry {
    /// Its name; neither `.` nor `..`.
    fn name(&self) -> &OsStr;

    /// What it is itself.
    ///
    /// # Errors
    /// If that cannot be said without looking, and looking fails.
    fn kind(&self) -> io::Result<Kind>;

    /// Looks at it, or at what it links to.
    ///
    /// # Errors
    /// If it has gone, leads nowhere, or may not be looked at.
    fn look(&self, at: LookAt) -> io::Result<Looked>;
}

/// What something in a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File,
    Link,
    /// A named pipe, a socket or a device.
    Other,
}

/// What to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LookAt {
    /// The entry itself.
    Entry,
    /// What it is a link to, in the end.
    Target,
}

/// What a look shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Looked {
    pub(super) kind: Kind,
    pub(super) stat: Stat,
}

/// Whether an error means that nothing is there.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// What an entry of `folder` is to the build; most are nothing.
///
/// # Errors
/// If it cannot be said whether it is a folder.
pub(super) fn found(folder: &Path, entry: &impl Entry) -> io::Result<Option<Found>> {
    let name = entry.name();
    let kind = match entry.kind() {
        Ok(kind) => kind,
        // It has gone since the folder was read.
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    if kind == Kind::Folder {
        return Ok(Some(Found::Folder));
    }
    if name == MANIFEST_FILE {
        return Ok(Some(Found::Manifest));
    }
    let bytes = name.as_encoded_bytes();
    let named_document = Form::ALL
        .iter()
        .any(|form| bytes.ends_with(form.suffix().as_bytes()));
    let looked = match kind {
        Kind::Link => entry.look(LookAt::Target),
        _ if named_document => entry.look(LookAt::Entry),
        _ => return Ok(None),
    };
    Ok(match looked {
        Ok(Looked {
            kind: Kind::Folder, ..
        }) => Some(Found::FolderLink),
        _ if !named_document => None,
        Ok(Looked {
            kind: Kind::File,
            stat,
        }) => Some(Found::Document(stat)),
        Ok(_) => Some(Found::Unusable(format!("is {NO_FILE}"))),
        // A link that leads nowhere is an error; a file has gone since the folder was read.
        Err(error) if is_absent(&error) && kind != Kind::Link => None,
        Err(error) if kind == Kind::Link => broken_link(&folder.join(name), &error).map(Found::Unusable),
        Err(error) => Some(Found::Unusable(format!("cannot be looked at: {error}"))),
    })
}

/// What is said of a named pipe, a socket or a device, behind "is".
pub(crate) const NO_FILE: &str = "not a regular file: put a document in its place, or rename or remove it";

/// What is wrong with a link that cannot be followed; nothing if it has gone since the folder was read.
fn broken_link(path: &Path, error: &io::Error) -> Option<String> {
    let target = fs::read_link(path).ok()?;
    let target = target.to_string_lossy();
    let target = printable(&target);
    Some(match is_absent(error) {
        true => format!("is a link to `{target}`, which does not exist"),
        false => format!("is a link to `{target}`, which cannot be followed: {error}"),
    })
}

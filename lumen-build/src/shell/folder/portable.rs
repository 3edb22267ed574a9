//! Reading a folder by the standard library.

use super::entry::{Entry, Kind, LookAt, Looked, found};
use super::{absent_or_words, words};
use crate::files::Found;
use crate::shell::disk::stat;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
pub(super) fn list(folder: &Path, visit: &mut dyn FnMut(&OsStr, Found)) -> Result<(), Option<String>> {
    let entries = fs::read_dir(folder).map_err(|error| absent_or_words(&error))?;
    for entry in entries {
        let entry = entry.map_err(|error| words(&error))?;
        let name = entry.file_name();
        let entry = PortableEntry { entry, name };
        if let Some(found) = found(folder, &entry).map_err(|error| words(&error))? {
            visit(entry.name(), found);
        }
    }
    Ok(())
}

/// An entry as the standard library has it.
struct PortableEntry {
    entry: DirEntry,
    name: OsString,
}

impl Entry for PortableEntry {
    fn name(&self) -> &OsStr {
        &self.name
    }

    fn kind(&self) -> io::Result<Kind> {
        self.entry.file_type().map(kind)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the shell")]
    fn look(&self, at: LookAt) -> io::Result<Looked> {
        let metadata = match at {
            LookAt::Entry => self.entry.metadata(),
            LookAt::Target => fs::metadata(self.entry.path()),
        }?;
        Ok(Looked {
            kind: kind(metadata.file_type()),
            stat: stat(&metadata),
        })
    }
}

fn kind(file_type: FileType) -> Kind {
    match () {
        () if file_type.is_dir() => Kind::Folder,
        () if file_type.is_file() => Kind::File,
        () if file_type.is_symlink() => Kind::Link,
        () => Kind::Other,
    }
}

//! Reading a folder by the system calls of Linux.

use super::entry::{Entry, Kind, LookAt, Looked, found};
use super::{absent_or_words, words};
use crate::files::{Found, Stat};
use crate::shell::disk::nanoseconds;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, RawDirEntry, open, statat};
use rustix::io::{Errno, retry_on_intr};
use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// What one call yields, in bytes: several hundred entries. A name has at most 255.
const BUFFER: usize = 32 << 10;

pub(super) fn list(folder: &Path, visit: &mut dyn FnMut(&OsStr, Found)) -> Result<(), Option<String>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = retry_on_intr(|| open(folder, flags, Mode::empty()))
        .map_err(|error| absent_or_words(&error.into()))?;
    let mut buffer = [MaybeUninit::uninit(); BUFFER];
    let mut entries = RawDir::new(&opened, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(Errno::INTR) => continue,
            Err(error) => return Err(words(&error.into())),
        };
        let entry = DirectEntry {
            folder: opened.as_fd(),
            entry,
        };
        if matches!(entry.name().as_bytes(), b"." | b"..") {
            continue;
        }
        if let Some(found) = found(folder, &entry).map_err(|error| words(&error))? {
            visit(entry.name(), found);
        }
    }
    Ok(())
}

/// An entry where the system put it.
struct DirectEntry<'a> {
    folder: BorrowedFd<'a>,
    entry: RawDirEntry<'a>,
}

impl Entry for DirectEntry<'_> {
    fn name(&self) -> &OsStr {
        OsStr::from_bytes(self.entry.file_name().to_bytes())
    }

    fn kind(&self) -> io::Result<Kind> {
        match self.entry.file_type() {
            // Not every file system says it in the listing.
            FileType::Unknown => self.look(LookAt::Entry).map(|looked| looked.kind),
            file_type => Ok(kind(file_type)),
        }
    }

    fn look(&self, at: LookAt) -> io::Result<Looked> {
        let flags = match at {
            LookAt::Entry => AtFlags::SYMLINK_NOFOLLOW,
            LookAt::Target => AtFlags::empty(),
        };
        let status = statat(self.folder, self.entry.file_name(), flags)?;
        Ok(Looked {
            kind: kind(FileType::from_raw_mode(status.st_mode)),
            stat: stat(&status),
        })
    }
}

fn kind(file_type: FileType) -> Kind {
    match file_type {
        FileType::Directory => Kind::Folder,
        FileType::RegularFile => Kind::File,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}

#[allow(
    clippy::unnecessary_cast,
    reason = "the types of the fields differ between architectures"
)]
fn stat(status: &rustix::fs::Stat) -> Stat {
    Stat {
        device: status.st_dev as u64,
        inode: status.st_ino as u64,
        size: status.st_size as u64,
        modified: nanoseconds(status.st_mtime as i64, status.st_mtime_nsec as i64),
        changed: nanoseconds(status.st_ctime as i64, status.st_ctime_nsec as i64),
    }
}

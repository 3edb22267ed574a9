//! Reading and replacing single files: whole, bounded, and durable where that matters.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Whether a file must be on the disk before it replaces another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Durable {
    /// It holds something that cannot be had again.
    Yes,
    /// The same, and nobody else may read it.
    Private,
    /// It may be lost, but never half there under its name.
    No,
}

/// Replaces a file; readers see the old content or the new one, never a part. Its folder is made.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
pub(super) fn write_whole(path: &Path, content: &[u8], durable: Durable) -> io::Result<()> {
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let write = WRITES.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}-{write}", std::process::id()));
    let written = create(&temporary, durable).and_then(|mut file| {
        file.write_all(content)?;
        match durable {
            Durable::Yes | Durable::Private => file.sync_all(),
            Durable::No => Ok(()),
        }
    });
    let replaced = written.and_then(|()| fs::rename(&temporary, path));
    if replaced.is_err() {
        // Nothing more can be done about a leftover than about the first error, which is the one to report.
        drop(fs::remove_file(&temporary));
        return replaced;
    }
    match durable {
        Durable::Yes | Durable::Private => sync_folder(folder),
        Durable::No => Ok(()),
    }
}

/// A new file; one that is private is so from its first moment.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn create(path: &Path, durable: Durable) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if durable == Durable::Private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = durable;
    options.open(path)
}

/// Makes a rename durable, where the system can.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(folder)?.sync_all(),
        false => Ok(()),
    }
}

/// A file that is no longer than `limit` bytes.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
pub(super) fn read_bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut content)?;
    match content.len() as u64 > limit {
        true => Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("it is larger than {limit} bytes"),
        )),
        false => Ok(content),
    }
}

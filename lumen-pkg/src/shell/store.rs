//! The package store, `$LUMEN_HOME/packages/sha256/`: unpacked archives, named by the SHA-256 of their tar.
//!
//! ```text
//! HH/.lock            held while something below HH is put in place
//! HH/.HASH.partial/   being unpacked; removed by the next one who holds the lock
//! HH/HASH/            the files, read-only
//! HH/HASH.files       their listing, put there last: without it there is no package
//! HH/HASH.proved      which registries have proved it to be a publication of theirs, and at which leaf (`proved`)
//! ```
//!
//! Nothing here decides whether an archive is the right one: it takes an [`Archive`], which has passed all checks.

mod proved;

pub use proved::Proved;

use crate::archive::{Archive, ArchivePath, FileEntry, FileMeta, FileTree, listing, pack};
use crate::digest::Digest;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// A store on disk. Any number of processes may use it at once.
#[derive(Debug, Clone)]
pub struct PackageStore {
    folder: PathBuf,
}

/// Why an archive could not be put into the store.
#[derive(Debug, thiserror::Error)]
#[error("the package store cannot {action} `{}`: {source}", path.display())]
pub struct StoreError {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// How what is in the store departs from what was published.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// There is none, or only a part that was never finished.
    #[error("it is not in the package store")]
    Absent,
    /// The listing is none, or one of other files.
    #[error("the listing of its files in the package store is damaged")]
    Listing,
    /// A file is gone.
    #[error("`{0}` is missing")]
    Missing(ArchivePath),
    /// Something is there that was not published.
    #[error("`{}` is there and was not published", .0.display())]
    Extra(PathBuf),
    /// A file has another size, another mode, other content, or is no regular file.
    #[error("`{path}` {what}")]
    Changed {
        /// The file.
        path: ArchivePath,
        /// How: completes "`PATH` ...".
        what: &'static str,
    },
    /// The files together are not those of the archive.
    #[error("its files have the SHA-256 {found} as an archive, and {expected} is expected")]
    Digest {
        /// What was published.
        expected: Digest,
        /// What is there.
        found: Digest,
    },
    /// It cannot be read.
    #[error("`{}` cannot be read: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl PackageStore {
    /// The store in `home` (`~/.lumen`). Nothing is made before the first `install`.
    pub fn new(home: &Path) -> Self {
        Self {
            folder: home.join("packages").join("sha256"),
        }
    }

    /// Where everything lies.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of a package whose archive and file tree have these digests, if it is there whole.
    ///
    /// The check is cheap, it hashes no content: the listing must have the root `files`, and the folder must hold exactly the listed files, as regular files
    /// of the listed sizes and modes. What departs counts as absent; [`PackageStore::install`] replaces it. [`PackageStore::verify`] reads everything.
    pub fn find(&self, archive: &Digest, files: &Digest) -> Option<PathBuf> {
        self.check_shape(archive, files).ok()?;
        Some(self.package(archive))
    }

    /// Unpacks an archive, unless it is there already, and returns its folder. Whoever looks meanwhile finds nothing, or all of it.
    ///
    /// # Errors
    /// If the store cannot be written to. What has been written until then is never found, and is removed by a later `install`.
    pub fn install(&self, archive: &Archive) -> Result<PathBuf, StoreError> {
        let digest = archive.digest();
        let files = archive.tree().root();
        let package = self.package(&digest);
        if self.check_shape(&digest, &files).is_ok() {
            return Ok(package);
        }
        let shelf = self.shelf(&digest);
        make_folder(&shelf)?;
        let _lock = lock(&shelf)?;
        // Another process may have been faster.
        if self.check_shape(&digest, &files).is_ok() {
            return Ok(package);
        }
        sweep(&shelf)?;
        self.discard(&digest)?;
        let partial = shelf.join(format!(".{digest}.partial"));
        unpack(&partial, archive.files())?;
        let metas: Vec<FileMeta> = archive.files().iter().map(FileMeta::of).collect();
        let listing = shelf.join(format!(".{digest}.files.partial"));
        write(&listing, listing::render(&metas).as_bytes(), false)?;
        rename(&partial, &package)?;
        rename(&listing, &self.listing(&digest))?;
        sync_folder(&shelf)?;
        Ok(package)
    }

    /// Reads every file of a package and compares it with what was published: sizes, modes, contents, the root of the file tree, and the SHA-256 of the archive
    /// that the files give when packed again.
    ///
    /// # Errors
    /// The first departure.
    pub fn verify(&self, archive: &Digest, files: &Digest) -> Result<(), StoreFault> {
        let metas = self.check_shape(archive, files)?;
        let package = self.package(archive);
        let mut entries = Vec::with_capacity(metas.len());
        for meta in metas {
            let path = disk_path(&package, &meta.path);
            let content =
                read_limited(&path, meta.size).map_err(|source| StoreFault::Unreadable { path, source })?;
            let entry = FileEntry {
                path: meta.path.clone(),
                executable: meta.executable,
                content,
            };
            if FileMeta::of(&entry) != meta {
                let path = meta.path;
                let what = "has other content than was published";
                return Err(StoreFault::Changed { path, what });
            }
            entries.push(entry);
        }
        let tar = pack(&entries).map_err(|_| StoreFault::Listing)?;
        let found = Digest::of(&tar);
        match found == *archive {
            true => Ok(()),
            false => Err(StoreFault::Digest {
                expected: *archive,
                found,
            }),
        }
    }

    /// The listed files, if listing and folder have the shape that [`PackageStore::find`] asks for.
    fn check_shape(&self, archive: &Digest, files: &Digest) -> Result<Vec<FileMeta>, StoreFault> {
        let path = self.listing(archive);
        let text = match read_limited(&path, listing::MAXIMUM_LISTING_BYTES) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(StoreFault::Absent),
            Err(source) => return Err(StoreFault::Unreadable { path, source }),
        };
        let metas = std::str::from_utf8(&text)
            .ok()
            .and_then(listing::parse)
            .filter(|metas| FileTree::of(metas).root() == *files)
            .ok_or(StoreFault::Listing)?;
        check_folder(&self.package(archive), &metas)?;
        Ok(metas)
    }

    /// Takes away what is left of a package that is not whole: first the listing, so that at no time less than all is found.
    fn discard(&self, archive: &Digest) -> Result<(), StoreError> {
        remove_file(&self.listing(archive))?;
        remove_folder(&self.package(archive))
    }

    fn shelf(&self, archive: &Digest) -> PathBuf {
        let name = archive.to_string();
        self.folder.join(name.get(..2).unwrap_or_default())
    }

    /// The folder of a package, whether it is there or not.
    pub fn package(&self, archive: &Digest) -> PathBuf {
        self.shelf(archive).join(archive.to_string())
    }

    fn listing(&self, archive: &Digest) -> PathBuf {
        self.shelf(archive).join(format!("{archive}.files"))
    }
}

/// Whether a folder has exactly the listed files, by what the file system says of them.
fn check_folder(folder: &Path, metas: &[FileMeta]) -> Result<(), StoreFault> {
    let mut missing: BTreeMap<PathBuf, &FileMeta> = metas
        .iter()
        .map(|meta| (disk_path(folder, &meta.path), meta))
        .collect();
    for entry in WalkDir::new(folder).follow_root_links(false) {
        let unreadable = |error: walkdir::Error| match error.io_error().map(std::io::Error::kind) {
            // Somebody has taken the folder away, and left the listing.
            Some(ErrorKind::NotFound) if error.depth() == 0 => StoreFault::Absent,
            _ => StoreFault::Unreadable {
                path: error.path().unwrap_or(folder).to_path_buf(),
                source: error.into(),
            },
        };
        let entry = entry.map_err(unreadable)?;
        if entry.file_type().is_dir() {
            continue;
        }
        let Some(meta) = missing.remove(entry.path()) else {
            return Err(StoreFault::Extra(entry.into_path()));
        };
        let metadata = entry.metadata().map_err(unreadable)?;
        let what = if !metadata.is_file() {
            "is no regular file"
        } else if metadata.len() != meta.size {
            "has another size than was published"
        } else if is_executable(&metadata).is_some_and(|executable| executable != meta.executable) {
            "has another mode than was published"
        } else {
            continue;
        };
        let path = meta.path.clone();
        return Err(StoreFault::Changed { path, what });
    }
    match missing.into_values().next() {
        Some(meta) => Err(StoreFault::Missing(meta.path.clone())),
        None => Ok(()),
    }
}

/// Writes all files below a folder that does not exist, and waits until they are on the disk. Those of one package go in parallel,
/// since waiting is most of the time.
fn unpack(folder: &Path, files: &[FileEntry]) -> Result<(), StoreError> {
    make_folder(folder)?;
    for file in files {
        if let Some(parent) = disk_path(folder, &file.path).parent() {
            make_folder(parent)?;
        }
    }
    files
        .par_iter()
        .try_for_each(|file| write(&disk_path(folder, &file.path), &file.content, file.executable))
}

fn disk_path(folder: &Path, path: &ArchivePath) -> PathBuf {
    path.components()
        .fold(folder.to_path_buf(), |path, name| path.join(name))
}

/// Writes a new file, read-only whatever the umask says.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn write(path: &Path, content: &[u8], executable: bool) -> Result<(), StoreError> {
    let written = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(content)?;
        file.set_permissions(read_only(&file, executable)?)?;
        file.sync_all()
    };
    written().map_err(failed("write", path))
}

#[cfg(unix)]
fn read_only(_: &File, executable: bool) -> io::Result<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Ok(Permissions::from_mode(if executable { 0o555 } else { 0o444 }))
}

#[cfg(not(unix))]
fn read_only(file: &File, _: bool) -> io::Result<Permissions> {
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(true);
    Ok(permissions)
}

/// Whether the owner may execute a file; `None` where the system does not know such a thing.
#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    Some(metadata.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> Option<bool> {
    None
}

/// Makes a folder and those above it, writable by nobody else whatever the umask says (CVE-2023-38497 of Cargo).
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    builder.create(folder).map_err(failed("make", folder))
}

/// Waits for the right to change a shelf; the system gives it back when the process ends, however it ends.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn lock(shelf: &Path) -> Result<File, StoreError> {
    let path = shelf.join(".lock");
    let locked = || -> io::Result<File> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        file.lock()?;
        Ok(file)
    };
    locked().map_err(failed("lock", &path))
}

/// Removes what was begun on a shelf and never finished. The lock is held, so nobody is at it.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn sweep(shelf: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(shelf).map_err(failed("list", shelf))? {
        let entry = entry.map_err(failed("list", shelf))?;
        let name = entry.file_name();
        if name.to_string_lossy().ends_with(".partial") {
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => remove_folder(&entry.path())?,
                false => remove_file(&entry.path())?,
            }
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn remove_folder(path: &Path) -> Result<(), StoreError> {
    // A link of that name is removed, not followed.
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_dir() => return remove_file(path),
        _ => {}
    }
    absent_is_fine(fs::remove_dir_all(path)).map_err(failed("remove", path))
}

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn remove_file(path: &Path) -> Result<(), StoreError> {
    absent_is_fine(fs::remove_file(path)).map_err(failed("remove", path))
}

fn absent_is_fine(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(failed("make", to))
}

/// Waits until the names in a folder are on the disk, where the system can.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    match cfg!(unix) {
        true => File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed("write", folder)),
        false => Ok(()),
    }
}

/// The content of a file that must have at most `limit` bytes; one more is read, so that a longer one is not taken for it.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn read_limited(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut content)?;
    Ok(content)
}

fn failed(action: &'static str, path: &Path) -> impl Fn(io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |source| StoreError {
        action,
        path: path.clone(),
        source,
    }
}

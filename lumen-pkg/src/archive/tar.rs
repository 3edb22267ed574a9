//! The canonical tar: files to bytes, and back. For every set of files there is one sequence of bytes, and nothing else is read.

use super::collision::Spellings;
use super::header::{BLOCK, Header, HeaderFault};
use super::path::ArchivePath;
use super::tree::{FileMeta, FileTree};
use crate::MANIFEST_FILE;
use crate::digest::Digest;

/// The largest archive, in bytes of tar (64 MiB).
pub const MAXIMUM_ARCHIVE_BYTES: u64 = 64 * 1024 * 1024;

/// The most files of an archive.
pub const MAXIMUM_FILES: usize = 10_000;

/// Two blocks of zeros end an archive.
const END: usize = 2 * BLOCK;

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Where it lies, from the folder of the manifest.
    pub path: ArchivePath,
    /// Mode 0755 instead of 0644.
    pub executable: bool,
    /// All of its bytes.
    pub content: Vec<u8>,
}

/// An archive that has passed every check: the only way to one is [`read`].
#[derive(Debug, Clone)]
pub struct Archive {
    files: Vec<FileEntry>,
    tree: FileTree,
    digest: Digest,
    size: u64,
}

impl Archive {
    /// The files, sorted by the bytes of their paths. One of them is the manifest.
    pub fn files(&self) -> &[FileEntry] {
        &self.files
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&FileEntry> {
        let at = self
            .files
            .binary_search_by(|file| file.path.as_str().cmp(path))
            .ok()?;
        self.files.get(at)
    }

    /// The Merkle tree over the files.
    pub fn tree(&self) -> &FileTree {
        &self.tree
    }

    /// SHA-256 of the tar: the archive's identity.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The length of the tar, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes of `lumen.toml`.
    pub fn manifest(&self) -> &[u8] {
        self.file(MANIFEST_FILE)
            .map(|file| file.content.as_slice())
            .unwrap_or_default()
    }
}

/// Why files are no archive, or bytes no canonical one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// More than 64 MiB of tar.
    #[error("the archive has {size} bytes; at most {MAXIMUM_ARCHIVE_BYTES} are allowed")]
    TooLarge {
        /// In bytes.
        size: u64,
    },
    /// More than 10,000 files.
    #[error("the archive has more than {MAXIMUM_FILES} files")]
    TooManyFiles,
    /// The bytes end within a header, a content or the end.
    #[error("the archive is cut off at byte {at}")]
    CutOff {
        /// Its length.
        at: usize,
    },
    /// A header is not canonical.
    #[error("the file at byte {at} has a header that {fault}")]
    Header {
        /// Where the header begins.
        at: usize,
        /// What is wrong with it.
        #[source]
        fault: HeaderFault,
    },
    /// A path comes before one that it must follow.
    #[error("`{path}` comes after `{after}`; files are sorted by the bytes of their paths")]
    Order {
        /// The path.
        path: String,
        /// The path before it.
        after: String,
    },
    /// A path twice.
    #[error("`{path}` is there twice")]
    Twice {
        /// The path.
        path: String,
    },
    /// Paths that are one on some system, or a file that is also a folder.
    #[error(
        "`{first}` and `{second}` cannot both be there: some systems take them for one, or one is a file and a folder"
    )]
    Collision {
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
    /// Bytes other than zero behind a content, within its last block.
    #[error("the content of `{path}` is not padded with zeros")]
    Padding {
        /// The file.
        path: String,
    },
    /// Bytes after the end.
    #[error("there are bytes after the end of the archive, at byte {at}")]
    Trailing {
        /// Where the archive ends.
        at: usize,
    },
    /// No `lumen.toml` at the top.
    #[error("the archive has no `{MANIFEST_FILE}` at its top")]
    NoManifest,
    /// Encoding the files again gives other bytes.
    #[error("the archive is not canonical at byte {at}")]
    NotCanonical {
        /// The first byte that differs.
        at: usize,
    },
}

/// The canonical tar of some files, given in any order.
///
/// # Errors
/// If they are too many or too large, if paths collide, or if there is no manifest.
pub fn pack(files: &[FileEntry]) -> Result<Vec<u8>, ArchiveError> {
    let mut sorted: Vec<&FileEntry> = files.iter().collect();
    sorted.sort_by(|left, right| left.path.cmp(&right.path));
    check_paths(&sorted)?;
    let size = sorted.iter().fold(END as u64, |size, file| {
        size.saturating_add(BLOCK as u64 + padded(file.content.len() as u64))
    });
    if size > MAXIMUM_ARCHIVE_BYTES {
        return Err(ArchiveError::TooLarge { size });
    }
    Ok(encode(&sorted, size))
}

/// Reads a canonical tar, and refuses everything else. Time and memory are linear in the bytes given.
///
/// # Errors
/// The first departure from the format.
pub fn read(tar: &[u8]) -> Result<Archive, ArchiveError> {
    if tar.len() as u64 > MAXIMUM_ARCHIVE_BYTES {
        return Err(ArchiveError::TooLarge {
            size: tar.len() as u64,
        });
    }
    let files = decode(tar)?;
    let sorted: Vec<&FileEntry> = files.iter().collect();
    check_paths(&sorted)?;
    // Decoding looked at every byte. That it missed none is not left to reasoning: encoding has to give these very bytes.
    let again = encode(&sorted, tar.len() as u64);
    if again != tar {
        let same = again.iter().zip(tar).take_while(|(ours, theirs)| ours == theirs);
        return Err(ArchiveError::NotCanonical { at: same.count() });
    }
    let metas: Vec<FileMeta> = files.iter().map(FileMeta::of).collect();
    Ok(Archive {
        tree: FileTree::of(&metas),
        files,
        digest: Digest::of(tar),
        size: tar.len() as u64,
    })
}

/// Rules for all paths together; `files` are sorted.
fn check_paths(files: &[&FileEntry]) -> Result<(), ArchiveError> {
    if files.len() > MAXIMUM_FILES {
        return Err(ArchiveError::TooManyFiles);
    }
    let mut spellings = Spellings::default();
    let mut before: Option<&FileEntry> = None;
    for file in files {
        if before.is_some_and(|before| before.path == file.path) {
            let path = file.path.to_string();
            return Err(ArchiveError::Twice { path });
        }
        before = Some(file);
        spellings
            .add(&file.path)
            .map_err(|collision| ArchiveError::Collision {
                first: collision.first,
                second: collision.second,
            })?;
    }
    match files.iter().any(|file| file.path.as_str() == MANIFEST_FILE) {
        true => Ok(()),
        false => Err(ArchiveError::NoManifest),
    }
}

fn encode(sorted: &[&FileEntry], size: u64) -> Vec<u8> {
    let mut tar = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    for file in sorted {
        let header = Header {
            path: file.path.clone(),
            executable: file.executable,
            size: file.content.len() as u64,
        };
        tar.extend_from_slice(&header.encode());
        tar.extend_from_slice(&file.content);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }
    tar.resize(tar.len() + END, 0);
    tar
}

fn decode(tar: &[u8]) -> Result<Vec<FileEntry>, ArchiveError> {
    let cut_off = ArchiveError::CutOff { at: tar.len() };
    let mut files: Vec<FileEntry> = Vec::new();
    let mut rest = tar;
    loop {
        let at = tar.len() - rest.len();
        let (block, after) = rest.split_first_chunk::<BLOCK>().ok_or(cut_off.clone())?;
        if is_zero(block) {
            return end(after, at).map(|()| files);
        }
        if files.len() == MAXIMUM_FILES {
            return Err(ArchiveError::TooManyFiles);
        }
        let header = Header::decode(block).map_err(|fault| ArchiveError::Header { at, fault })?;
        check_order(files.last(), &header)?;
        // The sizes are compared before any arithmetic: a size can be any number of eleven octal digits.
        let (Ok(size), true) = (usize::try_from(header.size), header.size <= after.len() as u64) else {
            return Err(cut_off);
        };
        let (content, after) = after.split_at_checked(size).ok_or(cut_off.clone())?;
        let padding = size.next_multiple_of(BLOCK) - size;
        let (padding, after) = after.split_at_checked(padding).ok_or(cut_off.clone())?;
        if !is_zero(padding) {
            let path = header.path.to_string();
            return Err(ArchiveError::Padding { path });
        }
        files.push(FileEntry {
            path: header.path,
            executable: header.executable,
            content: content.to_vec(),
        });
        rest = after;
    }
}

/// `after` is what follows on the first block of zeros, which begins at byte `at`.
fn end(after: &[u8], at: usize) -> Result<(), ArchiveError> {
    match after.split_first_chunk::<BLOCK>() {
        Some((block, rest)) if is_zero(block) => match rest.is_empty() {
            true => Ok(()),
            false => Err(ArchiveError::Trailing { at: at + END }),
        },
        Some(_) => Err(ArchiveError::Trailing { at: at + BLOCK }),
        None => Err(ArchiveError::CutOff {
            at: at + BLOCK + after.len(),
        }),
    }
}

fn check_order(before: Option<&FileEntry>, header: &Header) -> Result<(), ArchiveError> {
    let Some(before) = before.filter(|before| before.path >= header.path) else {
        return Ok(());
    };
    let path = header.path.to_string();
    match before.path == header.path {
        true => Err(ArchiveError::Twice { path }),
        false => Err(ArchiveError::Order {
            path,
            after: before.path.to_string(),
        }),
    }
}

fn padded(size: u64) -> u64 {
    size.next_multiple_of(BLOCK as u64)
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

//! The whole way of foreign bytes to an archive: transport, canonical form, file tree. Every receiver takes this way.

use super::tar::{Archive, ArchiveError, read};
use super::transport::{TransportError, decompress};
use crate::digest::Digest;
use std::io::Read;

/// Why bytes are not the archive that was published.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The transport.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The tar in it.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The files in that.
    #[error("the files of the archive have the root {found}, and {expected} is expected")]
    Files {
        /// What was published.
        expected: Digest,
        /// What came.
        found: Digest,
    },
}

/// Reads the archive whose tar has this size, this SHA-256, and this file tree. `source` is read to its end, within the limits.
///
/// # Errors
/// The first departure. Nothing has been written anywhere.
pub fn receive(
    source: impl Read,
    size: u64,
    digest: &Digest,
    files: &Digest,
) -> Result<Archive, ReceiveError> {
    let archive = read(&decompress(source, size, digest)?)?;
    let found = archive.tree().root();
    match found == *files {
        true => Ok(archive),
        false => Err(ReceiveError::Files {
            expected: *files,
            found,
        }),
    }
}

//! How an archive travels: one zstd frame (RFC 8878) with a bounded window. Its bytes have no identity; those of the tar in it do.
//!
//! Foreign bytes meet every limit while they stream: the window before the first block, the size, the ratio and the digest of what
//! comes out. Nothing is handed out before all of it has passed.

use super::tar::MAXIMUM_ARCHIVE_BYTES;
use crate::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::io::{self, ErrorKind, Read};
use zstd::bulk::Compressor;
use zstd::stream::raw::{CParameter, DParameter, Decoder, Operation};

/// The largest transport, in bytes (10 MiB).
pub const MAXIMUM_TRANSPORT_BYTES: u64 = 10 * 1024 * 1024;

/// The largest window, as a power of two (8 MiB): what a reader has to hold in memory.
const WINDOW_LOG: u32 = 23;

/// More than so many bytes out of one byte in are refused ...
const MAXIMUM_RATIO: u64 = 200;

/// ... except for the first MiB, where it does no harm.
const RATIO_FLOOR: u64 = 1024 * 1024;

/// Above this level memory and time grow faster than the bytes saved.
const LEVEL: i32 = 12;

/// Bytes that are read before they are given to the decoder. Fixed, so that the ratio is judged alike wherever the bytes come from.
const CHUNK: usize = 64 * 1024;

/// Why bytes are not the transport of the expected archive.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The source failed.
    #[error("cannot read the archive: {0}")]
    Read(#[source] io::Error),
    /// More than 10 MiB.
    #[error("the compressed archive has more than {MAXIMUM_TRANSPORT_BYTES} bytes")]
    TransportTooLarge,
    /// More than 64 MiB are expected.
    #[error("an archive of {size} bytes is expected; at most {MAXIMUM_ARCHIVE_BYTES} are allowed")]
    ArchiveTooLarge {
        /// In bytes.
        size: u64,
    },
    /// It does not begin with a zstd frame.
    #[error("the compressed archive does not begin with a zstd frame")]
    NotZstd,
    /// It needs a dictionary.
    #[error("the compressed archive needs a dictionary")]
    Dictionary,
    /// A window of more than 8 MiB.
    #[error("the compressed archive asks for a window of {window} bytes; at most {} are allowed", 1_u64 << WINDOW_LOG)]
    Window {
        /// In bytes.
        window: u64,
    },
    /// The frame says, or turns out to have, another size than expected.
    #[error("the archive has {found} bytes or more, and {expected} are expected")]
    Longer {
        /// In bytes.
        expected: u64,
        /// In bytes.
        found: u64,
    },
    /// Fewer bytes came out.
    #[error("the archive has {found} bytes, and {expected} are expected")]
    Shorter {
        /// In bytes.
        expected: u64,
        /// In bytes.
        found: u64,
    },
    /// More than 200 bytes came out of one.
    #[error("the archive is compressed more than {MAXIMUM_RATIO} to 1")]
    Ratio,
    /// The frame does not end.
    #[error("the compressed archive is cut off")]
    CutOff,
    /// The decoder found a fault.
    #[error("the compressed archive is damaged: {0}")]
    Damaged(String),
    /// A second frame, or anything else, behind the first.
    #[error("there are bytes after the end of the compressed archive")]
    Trailing,
    /// Other bytes came out than were published.
    #[error("the archive has the SHA-256 {found}, and {expected} is expected")]
    Digest {
        /// What was published.
        expected: Digest,
        /// What came.
        found: Digest,
    },
}

/// Compresses a tar. The bytes may differ from one version of zstd to another.
///
/// # Errors
/// If the result is too large, or is compressed so much that no reader would take it.
pub fn compress(tar: &[u8]) -> Result<Vec<u8>, TransportError> {
    let compressed = Compressor::new(LEVEL)
        .and_then(|mut compressor| {
            compressor.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
            compressor.compress(tar)
        })
        .map_err(|error| TransportError::Damaged(error.to_string()))?;
    decompress(compressed.as_slice(), tar.len() as u64, &Digest::of(tar))?;
    Ok(compressed)
}

/// Reads the tar of a known size and digest out of its transport. Holds at most `size` bytes, the window and two buffers.
///
/// # Errors
/// The first limit that is passed, or that something else came than was expected.
pub fn decompress(source: impl Read, size: u64, digest: &Digest) -> Result<Vec<u8>, TransportError> {
    if size > MAXIMUM_ARCHIVE_BYTES {
        return Err(TransportError::ArchiveTooLarge { size });
    }
    let mut chunks = Chunks { source, given: 0 };
    let mut chunk = chunks.next()?;
    check_frame(&chunk, size)?;
    let damaged = |error: io::Error| TransportError::Damaged(error.to_string());
    let mut decoder = Decoder::new().map_err(damaged)?;
    decoder
        .set_parameter(DParameter::WindowLogMax(WINDOW_LOG))
        .map_err(damaged)?;
    let mut tar = Expected::new(size);
    let mut buffer = vec![0; 2 * CHUNK];
    loop {
        let mut input = chunk.as_slice();
        loop {
            let status = decoder.run_on_buffers(input, &mut buffer).map_err(damaged)?;
            input = input.get(status.bytes_read..).unwrap_or_default();
            tar.push(
                buffer.get(..status.bytes_written).unwrap_or_default(),
                chunks.given,
            )?;
            if status.remaining == 0 {
                return match input.is_empty() && chunks.next()?.is_empty() {
                    true => tar.finish(digest),
                    false => Err(TransportError::Trailing),
                };
            }
            if status.bytes_read == 0 && status.bytes_written == 0 {
                break;
            }
        }
        if !input.is_empty() {
            return Err(TransportError::Damaged("the decoder does not go on".to_owned()));
        }
        chunk = chunks.next()?;
        if chunk.is_empty() {
            return Err(TransportError::CutOff);
        }
    }
}

/// A source in pieces of one size.
struct Chunks<R> {
    source: R,
    given: u64,
}

impl<R: Read> Chunks<R> {
    /// The next piece: shorter than `CHUNK` only at the end, and empty after it.
    fn next(&mut self) -> Result<Vec<u8>, TransportError> {
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = self.source.by_ref().take(CHUNK as u64).read_to_end(&mut chunk);
        match read {
            Ok(count) => self.given += count as u64,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Err(TransportError::CutOff),
            Err(error) => return Err(TransportError::Read(error)),
        }
        match self.given > MAXIMUM_TRANSPORT_BYTES {
            true => Err(TransportError::TransportTooLarge),
            false => Ok(chunk),
        }
    }
}

/// What has come out so far.
struct Expected {
    bytes: Vec<u8>,
    size: u64,
    hash: Sha256,
}

impl Expected {
    fn new(size: u64) -> Self {
        Self {
            // Room for what has come, not for what is claimed.
            bytes: Vec::new(),
            size,
            hash: Sha256::new(),
        }
    }

    fn push(&mut self, bytes: &[u8], given: u64) -> Result<(), TransportError> {
        let found = self.bytes.len() as u64 + bytes.len() as u64;
        if found > self.size {
            let expected = self.size;
            return Err(TransportError::Longer { expected, found });
        }
        if found > RATIO_FLOOR.max(given.saturating_mul(MAXIMUM_RATIO)) {
            return Err(TransportError::Ratio);
        }
        self.hash.update(bytes);
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(self, expected: &Digest) -> Result<Vec<u8>, TransportError> {
        let found = self.bytes.len() as u64;
        if found < self.size {
            let expected = self.size;
            return Err(TransportError::Shorter { expected, found });
        }
        let found = Digest::from_bytes(self.hash.finalize().into());
        match found == *expected {
            true => Ok(self.bytes),
            false => Err(TransportError::Digest {
                expected: *expected,
                found,
            }),
        }
    }
}

/// Reads the header of the frame (RFC 8878 section 3.1.1.1) before any of it is decoded, since the decoder checks the window only where
/// it needs one.
fn check_frame(bytes: &[u8], size: u64) -> Result<(), TransportError> {
    let rest = bytes
        .strip_prefix(&[0x28, 0xb5, 0x2f, 0xfd])
        .ok_or(TransportError::NotZstd)?;
    let (descriptor, rest) = rest.split_first().ok_or(TransportError::CutOff)?;
    if descriptor & 0b11 != 0 {
        return Err(TransportError::Dictionary);
    }
    let single_segment = descriptor & 0b10_0000 != 0;
    let (window, rest) = match single_segment {
        true => (None, rest),
        false => {
            let (descriptor, rest) = rest.split_first().ok_or(TransportError::CutOff)?;
            let base = 1_u64 << (10 + (descriptor >> 3));
            (Some(base + base / 8 * u64::from(descriptor & 7)), rest)
        }
    };
    let length = match (descriptor >> 6, single_segment) {
        (0, false) => 0,
        (0, true) => 1,
        (1, _) => 2,
        (2, _) => 4,
        _ => 8,
    };
    let field = rest.get(..length).ok_or(TransportError::CutOff)?;
    let content = field
        .iter()
        .rev()
        .fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
    let content = if length == 2 { content + 256 } else { content };
    let window = window.unwrap_or(content);
    if window > 1 << WINDOW_LOG {
        return Err(TransportError::Window { window });
    }
    match length > 0 && content != size {
        true if content > size => Err(TransportError::Longer {
            expected: size,
            found: content,
        }),
        true => Err(TransportError::Shorter {
            expected: size,
            found: content,
        }),
        false => Ok(()),
    }
}

//! The state file of a workspace (`.lumen/state`): what the last build saw and where its results are.
//!
//! It only saves work. Whatever is wrong with it (absent, truncated, of another version, from another folder) makes the
//! build look at everything again and find its results in the store. Layout (`docs/spec/build-cache-v1.md`, State):
//!
//! ```text
//! magic "LUMNSTAT" · version u32 · 0 u32 · head length u64 · body length u64 · XXH3-128 of head · XXH3-128 of body
//! head   settings, manifests, packages, packs, one entry a document: all that a build without changes reads
//! body   one record a document, found by its offset in the head: hashes, imports, trace, results
//! ```

mod head;
mod record;

pub(crate) use head::{Head, Input, InputKind, StateFile};
pub(crate) use record::{
    Import, NO_EDGE, Record, RecordParts, RecordRef, Results, TraceEntry, append_record, decode_imports,
    encode_imports,
};

use crate::codec::{Reader, Writer};
use crate::digest;
use lumen_compiler::interface::Digest;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128;

const MAGIC: &[u8; 8] = b"LUMNSTAT";
const VERSION: u32 = 4;
const HEADER_LENGTH: usize = 8 + 4 + 4 + 8 + 8 + 16 + 16;

/// Of a part of the file. It tells damage, not intent: who may write here may write the documents too, and a cryptographic hash of the
/// whole file was a tenth of the time of an edit.
pub(crate) type Checksum = [u8; 16];

/// A state file in memory. Text and records are read where they lie.
#[derive(Clone, Debug)]
pub(crate) struct State {
    bytes: Arc<Vec<u8>>,
    head_length: usize,
    head_checksum: Checksum,
    body_checksum: Checksum,
}

/// Why a file is not a state that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotState {
    /// Another version of Lumen wrote it.
    OtherVersion,
    /// It is not what was written.
    Damaged,
}

impl State {
    /// Accepts a file whose head is sound. The body is checked when it is first needed ([`State::body`]).
    ///
    /// # Errors
    /// If it is of another version, or damaged.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<State, NotState> {
        let mut reader = Reader::new(&bytes);
        if reader.take(8) != Some(MAGIC) {
            return Err(NotState::Damaged);
        }
        if reader.u32().is_some_and(|version| version != VERSION) {
            return Err(NotState::OtherVersion);
        }
        let (head_length, [head_checksum, body_checksum]) = State::header(reader).ok_or(NotState::Damaged)?;
        Ok(State {
            bytes: Arc::new(bytes),
            head_length,
            head_checksum,
            body_checksum,
        })
    }

    /// Length of the head and checksums of head and body, if the lengths and the head's checksum are right. `reader` is past the version.
    fn header(mut reader: Reader<'_>) -> Option<(usize, [Checksum; 2])> {
        reader.u32()?;
        let head_length = usize::try_from(reader.u64()?).ok()?;
        let body_length = usize::try_from(reader.u64()?).ok()?;
        let head_checksum = read_checksum(&mut reader)?;
        let body_checksum = read_checksum(&mut reader)?;
        let head = reader.rest().get(..head_length)?;
        let whole = reader.rest().len() == head_length.checked_add(body_length)?;
        (whole && checksum(head) == head_checksum).then_some((head_length, [head_checksum, body_checksum]))
    }

    /// The head; `None` if it is damaged.
    pub(crate) fn head(&self) -> Option<Head<'_>> {
        Head::decode(&mut self.head_reader()?)
    }

    /// The head without its documents, which are nearly all of it.
    pub(crate) fn start_of_head(&self) -> Option<Head<'_>> {
        Head::decode_start(&mut self.head_reader()?)
    }

    fn head_reader(&self) -> Option<Reader<'_>> {
        let end = HEADER_LENGTH + self.head_length;
        self.bytes.get(HEADER_LENGTH..end).map(Reader::new)
    }

    /// The records, after checking that they are what was written.
    pub(crate) fn body(&self) -> Option<&[u8]> {
        let body = self.bytes.get(HEADER_LENGTH + self.head_length..)?;
        (checksum(body) == self.body_checksum).then_some(body)
    }

    /// A hash of all of it.
    pub(crate) fn digest(&self) -> Digest {
        let mut hasher = digest::PartHasher::new("lumen state v1");
        hasher.part(&self.head_checksum).part(&self.body_checksum);
        hasher.finish()
    }

    /// A whole state file.
    pub(crate) fn encode(head: &Head<'_>, body: &[u8]) -> Vec<u8> {
        let mut head_bytes = Writer::default();
        head.encode(&mut head_bytes);
        let head = head_bytes.bytes;
        let mut writer = Writer {
            bytes: Vec::with_capacity(HEADER_LENGTH + head.len() + body.len()),
        };
        writer.bytes.extend_from_slice(MAGIC);
        writer.u32(VERSION);
        writer.u32(0);
        writer.u64(head.len() as u64);
        writer.u64(body.len() as u64);
        writer.bytes.extend_from_slice(&checksum(&head));
        writer.bytes.extend_from_slice(&checksum(body));
        writer.bytes.extend_from_slice(&head);
        writer.bytes.extend_from_slice(body);
        writer.bytes
    }
}

/// The checksum of a part.
pub(crate) fn checksum(bytes: &[u8]) -> Checksum {
    xxh3_128(bytes).to_le_bytes()
}

/// The next sixteen bytes.
pub(crate) fn read_checksum(reader: &mut Reader<'_>) -> Option<Checksum> {
    reader.take(16)?.try_into().ok()
}

//! The format of a pack (`docs/spec/build-cache-v1.md`, Packs). Pure: bytes in, bytes out.
//!
//! ```text
//! magic "LUMNPACK" · version u32 · 0 u32                                   16 bytes
//! payloads, one after the other
//! index: key 32 · kind u32 · length u32 · offset u64, ascending by key     48 bytes an entry
//! fanout: entries whose first key byte is at most i, u32 for i in 0..256   1024 bytes
//! index offset u64 · entries u32 · version u32 · magic "LUMNPEND"          24 bytes
//! ```
//!
//! The index is not checked as a whole: a wrong entry leads to bytes that do not have the hash that was asked for.

use super::BlobKind;
use crate::codec::{Reader, Writer};
use crate::digest;
use lumen_compiler::interface::Digest;
use rustc_hash::FxHashMap;

const MAGIC: &[u8; 8] = b"LUMNPACK";
const END_MAGIC: &[u8; 8] = b"LUMNPEND";
const HEADER_LENGTH: usize = 16;
/// What an entry takes in the index, in bytes.
pub(crate) const INDEX_ENTRY_LENGTH: usize = 48;
const BUCKETS: usize = 256;
/// Version of the pack format; the store's folder carries it too.
pub(crate) const PACK_VERSION: u32 = 1;
/// Length of fanout and end: what is read first.
pub(crate) const TRAILER_LENGTH: usize = BUCKETS * 4 + 24;

/// The kinds of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum EntryKind {
    /// Key: the payload's digest, as its kind computes it.
    Blob(BlobKind),
    /// Key: a weak key. The payload starts with the SHA-256 of key and rest.
    Action,
}

impl EntryKind {
    /// As stored: position in this table, from 1.
    pub(crate) const TABLE: [EntryKind; 5] = [
        EntryKind::Action,
        EntryKind::Blob(BlobKind::Module),
        EntryKind::Blob(BlobKind::Debug),
        EntryKind::Blob(BlobKind::Plain),
        EntryKind::Blob(BlobKind::Pass),
    ];

    /// For people and for events.
    pub(crate) fn name(self) -> &'static str {
        match self {
            EntryKind::Action => "actions",
            EntryKind::Blob(BlobKind::Module) => "modules",
            EntryKind::Blob(BlobKind::Debug) => "debug",
            EntryKind::Blob(BlobKind::Plain) => "other",
            EntryKind::Blob(BlobKind::Pass) => "passes",
        }
    }

    fn number(self) -> u32 {
        let position = EntryKind::TABLE.iter().position(|kind| *kind == self);
        position.map_or(0, |position| position as u32 + 1)
    }

    fn from_number(number: u32) -> Option<EntryKind> {
        EntryKind::TABLE.get((number as usize).checked_sub(1)?).copied()
    }
}

/// Where a payload lies in its pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Bytes from the start of the file.
    pub(crate) offset: u64,
    /// In bytes.
    pub(crate) length: u32,
}

/// A pack in the making. Keys of blobs are unique; a weak key may have several entries.
pub(crate) struct PackBuilder {
    bytes: Vec<u8>,
    entries: Vec<(Digest, EntryKind, Place)>,
    blobs: FxHashMap<(BlobKind, Digest), Place>,
    actions: FxHashMap<Digest, Vec<Place>>,
}

impl Default for PackBuilder {
    fn default() -> PackBuilder {
        let mut header = Writer::default();
        header.bytes.extend_from_slice(MAGIC);
        header.u32(PACK_VERSION);
        header.u32(0);
        PackBuilder {
            bytes: header.bytes,
            entries: Vec::new(),
            blobs: FxHashMap::default(),
            actions: FxHashMap::default(),
        }
    }
}

impl PackBuilder {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of payload so far.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() - HEADER_LENGTH
    }

    pub(crate) fn add_blob(&mut self, kind: BlobKind, key: &Digest, payload: &[u8]) {
        if !self.blobs.contains_key(&(kind, *key)) {
            let place = self.append(payload, &[]);
            self.entries.push((*key, EntryKind::Blob(kind), place));
            self.blobs.insert((kind, *key), place);
        }
    }

    pub(crate) fn add_action(&mut self, key: &Digest, payload: &[u8]) {
        let place = self.append(&action_checksum(key, payload), payload);
        self.index_action(key, place);
    }

    /// Adds an entry as it lies in another pack.
    pub(crate) fn add_stored(&mut self, key: &Digest, kind: EntryKind, stored: &[u8]) {
        match kind {
            EntryKind::Blob(kind) => self.add_blob(kind, key, stored),
            EntryKind::Action => {
                let place = self.append(stored, &[]);
                self.index_action(key, place);
            }
        }
    }

    fn index_action(&mut self, key: &Digest, place: Place) {
        self.entries.push((*key, EntryKind::Action, place));
        self.actions.entry(*key).or_default().push(place);
    }

    fn append(&mut self, front: &[u8], back: &[u8]) -> Place {
        let length = u32::try_from(front.len() + back.len()).expect("an entry is smaller than 4 GiB");
        let place = Place {
            offset: self.bytes.len() as u64,
            length,
        };
        self.bytes.extend_from_slice(front);
        self.bytes.extend_from_slice(back);
        place
    }

    pub(crate) fn blob(&self, kind: BlobKind, key: &Digest) -> Option<&[u8]> {
        self.blobs
            .get(&(kind, *key))
            .and_then(|place| self.stored(*place))
    }

    /// Payloads of the actions under `key`, the newest first.
    pub(crate) fn actions(&self, key: &Digest) -> Vec<Vec<u8>> {
        let places = self.actions.get(key).into_iter().flatten().rev();
        places
            .filter_map(|place| self.stored(*place)?.get(32..).map(<[u8]>::to_vec))
            .collect()
    }

    fn stored(&self, place: Place) -> Option<&[u8]> {
        self.bytes
            .get(place.offset as usize..)?
            .get(..place.length as usize)
    }

    /// The whole file.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut entries = self.entries.clone();
        // Stable: entries of one weak key keep their age order.
        entries.sort_by_key(|(key, kind, _)| (*key, *kind));
        let index_length = entries.len() * INDEX_ENTRY_LENGTH + TRAILER_LENGTH;
        let mut writer = Writer {
            bytes: Vec::with_capacity(self.bytes.len() + index_length),
        };
        writer.bytes.extend_from_slice(&self.bytes);
        let index_offset = writer.bytes.len() as u64;
        let mut fanout = [0u32; BUCKETS];
        for (key, kind, place) in &entries {
            writer.digest(key);
            writer.u32(kind.number());
            writer.u32(place.length);
            writer.u64(place.offset);
            fanout[usize::from(key[0])] += 1;
        }
        let mut up_to = 0;
        for count in fanout {
            up_to += count;
            writer.u32(up_to);
        }
        writer.u64(index_offset);
        writer.count(entries.len());
        writer.u32(PACK_VERSION);
        writer.bytes.extend_from_slice(END_MAGIC);
        writer.bytes
    }
}

/// The end of a pack: where the index lies and how it is divided.
pub(crate) struct Trailer {
    index_offset: u64,
    fanout: Vec<u32>,
}

impl Trailer {
    /// Reads the last [`TRAILER_LENGTH`] bytes of a pack of `file_length` bytes.
    pub(crate) fn parse(bytes: &[u8], file_length: u64) -> Option<Trailer> {
        let mut reader = Reader::new(bytes);
        let fanout: Vec<u32> = (0..BUCKETS).map(|_| reader.u32()).collect::<Option<_>>()?;
        let index_offset = reader.u64()?;
        let entries = reader.u32()?;
        let version = reader.u32()?;
        let expected = index_offset
            .checked_add(u64::from(entries) * INDEX_ENTRY_LENGTH as u64)?
            .checked_add(TRAILER_LENGTH as u64)?;
        let sound = version == PACK_VERSION
            && reader.rest() == END_MAGIC
            && fanout.is_sorted()
            && fanout.last() == Some(&entries)
            && expected == file_length;
        sound.then_some(Trailer { index_offset, fanout })
    }

    /// Number of entries.
    pub(crate) fn entries(&self) -> u32 {
        self.fanout.last().copied().unwrap_or(0)
    }

    /// The part of the index with keys that start with `first`.
    pub(crate) fn bucket(&self, first: u8) -> Place {
        let end = self.fanout.get(usize::from(first)).copied().unwrap_or(0);
        let start = match usize::from(first).checked_sub(1) {
            Some(before) => self.fanout.get(before).copied().unwrap_or(0),
            None => 0,
        };
        self.part(start, end)
    }

    /// The whole index.
    pub(crate) fn index(&self) -> Place {
        self.part(0, self.entries())
    }

    fn part(&self, start: u32, end: u32) -> Place {
        Place {
            offset: self.index_offset + u64::from(start) * INDEX_ENTRY_LENGTH as u64,
            length: (end - start).saturating_mul(INDEX_ENTRY_LENGTH as u32),
        }
    }
}

/// The entries of a part of the index, in order.
pub(crate) fn index_entries(bytes: &[u8]) -> impl DoubleEndedIterator<Item = (Digest, EntryKind, Place)> {
    bytes.chunks_exact(INDEX_ENTRY_LENGTH).filter_map(|entry| {
        let mut reader = Reader::new(entry);
        let key = reader.digest()?;
        let kind = EntryKind::from_number(reader.u32()?)?;
        let length = reader.u32()?;
        Some((
            key,
            kind,
            Place {
                offset: reader.u64()?,
                length,
            },
        ))
    })
}

/// The payload of a stored entry, if it is what `key` promises.
pub(crate) fn checked_payload(key: &Digest, kind: EntryKind, stored: Vec<u8>) -> Option<Vec<u8>> {
    match kind {
        EntryKind::Blob(kind) => (kind.digest_of(&stored) == *key).then_some(stored),
        EntryKind::Action => {
            let (checksum, payload) = stored.split_at_checked(32)?;
            (action_checksum(key, payload) == checksum).then(|| payload.to_vec())
        }
    }
}

fn action_checksum(key: &Digest, payload: &[u8]) -> Digest {
    let mut hasher = digest::PartHasher::new("lumen action entry v1");
    hasher.part(key).part(payload);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lookup(file: &[u8], key: &Digest, kind: EntryKind) -> Vec<Vec<u8>> {
        let Some(tail) = file.len().checked_sub(TRAILER_LENGTH) else {
            return Vec::new();
        };
        let Some(trailer) = Trailer::parse(&file[tail..], file.len() as u64) else {
            return Vec::new();
        };
        let part = |place: Place| file.get(place.offset as usize..)?.get(..place.length as usize);
        let bucket = part(trailer.bucket(key[0])).unwrap_or_default();
        let found =
            index_entries(bucket).filter(|(other, other_kind, _)| other == key && *other_kind == kind);
        found
            .filter_map(|(_, _, place)| checked_payload(key, kind, part(place)?.to_vec()))
            .collect()
    }

    proptest! {
        #[test]
        fn a_pack_returns_what_was_put(payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..60)) {
            let mut builder = PackBuilder::default();
            for payload in &payloads {
                builder.add_blob(BlobKind::Plain, &digest::of(payload), payload);
                builder.add_action(&digest::of(&payload[..payload.len().min(1)]), payload);
            }
            let file = builder.encode();
            for payload in &payloads {
                prop_assert_eq!(lookup(&file, &digest::of(payload), EntryKind::Blob(BlobKind::Plain)), vec![payload.clone()]);
                let key = &payload[..payload.len().min(1)];
                let expected: Vec<_> = payloads.iter().filter(|other| &other[..other.len().min(1)] == key).cloned().collect();
                prop_assert_eq!(lookup(&file, &digest::of(key), EntryKind::Action), expected);
            }
            prop_assert!(lookup(&file, &digest::of(b"something that nobody put"), EntryKind::Blob(BlobKind::Plain)).is_empty());
        }

        #[test]
        fn a_damaged_pack_never_returns_something_else(at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<bool>()) {
            let payloads: Vec<Vec<u8>> = (0..20u8).map(|number| vec![number; usize::from(number) * 3]).collect();
            let mut builder = PackBuilder::default();
            payloads.iter().for_each(|payload| builder.add_blob(BlobKind::Plain, &digest::of(payload), payload));
            payloads.iter().for_each(|payload| builder.add_action(&digest::of(payload), payload));
            let mut file = builder.encode();
            let at = at.index(file.len());
            match cut {
                true => file.truncate(at),
                false => file[at] = value,
            }
            for payload in &payloads {
                for kind in [EntryKind::Blob(BlobKind::Plain), EntryKind::Action] {
                    let found = lookup(&file, &digest::of(payload), kind);
                    prop_assert!(found.iter().all(|other| other == payload));
                }
            }
        }
    }
}

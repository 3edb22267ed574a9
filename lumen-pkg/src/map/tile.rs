//! Tiles of the map: eight levels of the trie under a prefix of whole bytes.
//!
//! ```text
//! tile    = 1 to 256 entries, slots increasing
//! entry   = slot u8, 1, hash[32]                                        a subtree of two keys or more, with its own tile
//!         | slot u8, 2, key[32], last u64 BE, count u64 BE, record[32]  a single key
//! ```
//!
//! Below the top of the map a tile has two keys or more. That an entry of kind 1 stands for fewer cannot be seen in its tile, only in the one it
//! names, which is then refused. It is harmless until then: no key can be found by it or found absent without that tile, and the root of such a map
//! is another than that of the same packages in the one form, so that an audit refuses it.

use super::error::MapError;
use super::hash::{EMPTY_MAP, MapKey, leaf_hash, node_hash};
use crate::digest::Digest;
use crate::protocol::MapValue;

const SUBTREE: u8 = 1;
const SINGLE: u8 = 2;

/// Bytes of a single key after its slot and kind.
const SINGLE_BYTES: usize = 32 + 8 + 8 + 32;

/// The most bytes that a tile can have: 256 single keys.
pub const MAXIMUM_TILE_BYTES: usize = 256 * (2 + SINGLE_BYTES);

/// What is under one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// Two keys or more.
    Subtree(Digest),
    /// One key.
    Single(MapKey, MapValue),
}

impl Entry {
    /// The hash of the subtree, as it counts when it is the only entry: for a single key, its leaf.
    pub(super) fn hash(&self) -> Digest {
        match self {
            Self::Subtree(hash) => *hash,
            Self::Single(key, value) => leaf_hash(key, value),
        }
    }
}

/// Entries by slot, sorted.
type Slots = [(u8, Entry)];

/// The entries of a tile by slot, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MapTile(pub(super) Vec<(u8, Entry)>);

impl MapTile {
    /// Reads the tile named `name`: its form and its hash.
    pub(super) fn read(name: &Digest, text: &[u8]) -> Result<Self, MapError> {
        let tile = Self::decode(text).map_err(|why| MapError::MalformedTile { name: *name, why })?;
        let found = tile.hash();
        match found == *name {
            true => Ok(tile),
            false => Err(MapError::Tile {
                expected: *name,
                found,
            }),
        }
    }

    /// Whether the tile may lie under the first `bytes` bytes of a key.
    pub(super) fn check_place(&self, name: &Digest, below: &MapKey, bytes: usize) -> Result<(), MapError> {
        let malformed = |why| Err(MapError::MalformedTile { name: *name, why });
        if bytes >= 32 {
            return malformed("it is deeper than a key");
        }
        if let [(_, Entry::Single(..))] = self.0.as_slice()
            && bytes > 0
        {
            return malformed("it has a single key, below the top");
        }
        let strays = |(slot, entry): &(u8, Entry)| match entry {
            Entry::Single(key, _) => key.byte(bytes) != *slot || !key.shares(below, bytes * 8),
            Entry::Subtree(_) => false,
        };
        match self.0.iter().any(strays) {
            true => malformed("a key is under another slot or prefix than its own"),
            false => Ok(()),
        }
    }

    fn decode(mut text: &[u8]) -> Result<Self, &'static str> {
        let mut entries: Vec<(u8, Entry)> = Vec::new();
        while let Some(([slot, kind], rest)) = text.split_first_chunk::<2>() {
            if entries.last().is_some_and(|(before, _)| before >= slot) {
                return Err("its slots do not increase");
            }
            let (entry, rest) = match *kind {
                SUBTREE => decode_subtree(rest),
                SINGLE => decode_single(rest),
                _ => return Err("an entry is of an unknown kind"),
            }
            .ok_or("it is cut off")?;
            if entry == Entry::Subtree(EMPTY_MAP) {
                return Err("an entry stands for an empty subtree");
            }
            entries.push((*slot, entry));
            text = rest;
        }
        match (text, entries.as_slice()) {
            ([], [_, ..]) => Ok(Self(entries)),
            ([], []) => Err("it is empty"),
            _ => Err("it is cut off"),
        }
    }

    /// The bytes of the tile.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for (slot, entry) in &self.0 {
            match entry {
                Entry::Subtree(hash) => {
                    text.extend([*slot, SUBTREE]);
                    text.extend(hash.as_bytes());
                }
                Entry::Single(key, value) => {
                    text.extend([*slot, SINGLE]);
                    text.extend(key.0);
                    text.extend(encode_value(value));
                }
            }
        }
        text
    }

    /// Its name: the hash of the subtree that it holds.
    pub(super) fn hash(&self) -> Digest {
        range_hash(&self.0, 0)
    }

    /// The entry under a slot.
    pub(super) fn entry(&self, slot: u8) -> Option<&Entry> {
        let place = self.0.binary_search_by_key(&slot, |(slot, _)| *slot).ok()?;
        self.0.get(place).map(|(_, entry)| entry)
    }

    /// The way to a slot: hashes of siblings from the top down, and the entries that are left at its end: none, or a single key, or exactly the
    /// subtree under the slot.
    pub(super) fn walk(&self, slot: u8) -> (Vec<Digest>, Option<Entry>) {
        let (mut entries, mut siblings) = (self.0.as_slice(), Vec::new());
        for level in 0..8 {
            if let [] | [(_, Entry::Single(..))] = entries {
                break;
            }
            let (left, right) = halves(entries, level);
            let goes_right = slot >> (7 - level) & 1 == 1;
            let (on, off) = if goes_right { (right, left) } else { (left, right) };
            siblings.push(range_hash(off, level + 1));
            entries = on;
        }
        (siblings, entries.first().map(|(_, entry)| *entry))
    }
}

/// The hash of entries that share the first `level` bits of their slots.
fn range_hash(entries: &Slots, level: u32) -> Digest {
    match entries {
        [] => EMPTY_MAP,
        [(_, single @ Entry::Single(..))] => single.hash(),
        [(_, subtree)] if level >= 8 => subtree.hash(),
        entries => {
            let (left, right) = halves(entries, level);
            node_hash(&range_hash(left, level + 1), &range_hash(right, level + 1))
        }
    }
}

fn halves(entries: &Slots, level: u32) -> (&Slots, &Slots) {
    let is_left =
        |(slot, _): &(u8, Entry)| 7u32.checked_sub(level).is_none_or(|shift| slot >> shift & 1 == 0);
    entries.split_at(entries.partition_point(is_left))
}

fn decode_subtree(text: &[u8]) -> Option<(Entry, &[u8])> {
    let (hash, rest) = text.split_first_chunk::<32>()?;
    Some((Entry::Subtree(Digest::from_bytes(*hash)), rest))
}

fn decode_single(text: &[u8]) -> Option<(Entry, &[u8])> {
    let (key, rest) = text.split_first_chunk::<32>()?;
    let (value, rest) = decode_value(rest)?;
    Some((Entry::Single(MapKey(*key), value), rest))
}

/// `last u64 BE || count u64 BE || record[32]`.
pub(super) fn encode_value(value: &MapValue) -> Vec<u8> {
    let numbers = [value.last.to_be_bytes(), value.count.to_be_bytes()];
    [numbers.as_flattened(), value.record.as_bytes()].concat()
}

/// The reverse of [`encode_value`], and what follows.
pub(super) fn decode_value(text: &[u8]) -> Option<(MapValue, &[u8])> {
    let (last, rest) = text.split_first_chunk::<8>()?;
    let (count, rest) = rest.split_first_chunk::<8>()?;
    let (record, rest) = rest.split_first_chunk::<32>()?;
    let value = MapValue {
        last: u64::from_be_bytes(*last),
        count: u64::from_be_bytes(*count),
        record: Digest::from_bytes(*record),
    };
    Some((value, rest))
}

//! Coordinates of tiles and their paths (C2SP tlog-tiles 1.0.0): 256 hashes or entries wide, the last ones of a tree narrower.

use super::error::LogError;
use super::proof::to_hash;
use crate::digest::Digest;
use crate::protocol::{MAXIMUM_LEAF_BYTES, paths};

/// Hashes of a full tile.
pub const TILE_WIDTH: u64 = 256;

/// Levels of the tree in a tile.
pub(super) const TILE_LEVELS: u32 = 8;

/// Bytes of a hash.
pub(super) const HASH_BYTES: usize = 32;

/// The most bytes of a tile of hashes.
pub const MAXIMUM_HASHES_BYTES: usize = TILE_WIDTH as usize * HASH_BYTES;

/// The most bytes of a tile of leaves: each with its length.
pub const MAXIMUM_ENTRIES_BYTES: usize = TILE_WIDTH as usize * (2 + MAXIMUM_LEAF_BYTES);

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TileKind {
    /// Roots of complete subtrees of 256^level leaves.
    Hashes {
        /// 0 for hashes of leaves.
        level: u8,
    },
    /// The leaves themselves.
    Entries,
}

/// One tile of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Its place among those of its kind.
    pub index: u64,
    /// How many hashes or entries it has, 1 to 256.
    pub width: u64,
}

impl Tile {
    /// The tile of a kind and place in a tree of some size; `None` if the tree has none there.
    pub fn of_tree(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let level = match kind {
            TileKind::Hashes { level } => u32::from(level),
            TileKind::Entries => 0,
        };
        let present = size.checked_shr(level.checked_mul(8)?).unwrap_or(0);
        let before = index.checked_mul(TILE_WIDTH)?;
        let width = present.checked_sub(before)?.min(TILE_WIDTH);
        (width > 0).then_some(Self { kind, index, width })
    }

    /// Whether it has all 256.
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The full tile at the same place.
    pub(super) const fn full(mut self) -> Self {
        self.width = TILE_WIDTH;
        self
    }

    /// Its path below the registry's URL: `log/tile/0/x001/234.p/17`.
    pub fn path(&self) -> String {
        let mut path = match self.kind {
            TileKind::Hashes { level } => format!("{}/tile/{level}/", paths::LOG),
            TileKind::Entries => format!("{}/tile/entries/", paths::LOG),
        };
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}/", rest % 1000));
            rest /= 1000;
        }
        path.extend(groups.into_iter().rev());
        if !self.is_full() {
            path.push_str(&format!(".p/{}", self.width));
        }
        path
    }
}

/// The framed form of an entry: its length as two bytes, most significant first, and itself.
///
/// # Errors
/// [`LogError::LeafTooLong`].
pub(super) fn frame(leaf: &[u8], bytes: &mut Vec<u8>) -> Result<(), LogError> {
    let length = u16::try_from(leaf.len()).map_err(|_| LogError::LeafTooLong(leaf.len()))?;
    bytes.extend(length.to_be_bytes());
    bytes.extend(leaf);
    Ok(())
}

/// The entries of an entries tile.
///
/// # Errors
/// [`LogError::Malformed`] if it is cut off.
pub(super) fn unframe(mut bytes: &[u8]) -> Result<Vec<&[u8]>, LogError> {
    let cut_off = || LogError::malformed("entries tile", "it is cut off");
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>().ok_or_else(cut_off)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest.split_at_checked(length).ok_or_else(cut_off)?;
        entries.push(entry);
        bytes = rest;
    }
    Ok(entries)
}

/// The hashes of a hash tile of a width.
pub(super) fn hashes(bytes: &[u8], width: u64) -> Option<Vec<Digest>> {
    let (chunks, rest) = bytes.as_chunks::<HASH_BYTES>();
    let exact = rest.is_empty() && u64::try_from(chunks.len()) == Ok(width);
    exact.then(|| chunks.iter().copied().map(Digest::from_bytes).collect())
}

/// The hash of an interior node: SHA-256(0x01 || left || right).
pub(super) fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::from_bytes(tlog_tiles::node_hash(to_hash(left), to_hash(right)).0)
}

/// All complete nodes over the hashes of a tile: up to 256 of its own, 128 pairs, and so on up to one.
pub(super) struct Pyramid(Vec<Vec<Digest>>);

impl Pyramid {
    pub(super) fn new(hashes: Vec<Digest>) -> Self {
        let mut levels = vec![hashes];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let (pairs, _) = below.as_chunks::<2>();
            levels.push(pairs.iter().map(|[left, right]| node_hash(left, right)).collect());
        }
        Self(levels)
    }

    /// The node at a level above the hashes of the tile.
    pub(super) fn node(&self, level: u32, place: u64) -> Option<Digest> {
        let place = usize::try_from(place).ok()?;
        self.0.get(level as usize)?.get(place).copied()
    }

    /// The one node of 256 hashes; `None` if there are fewer.
    pub(super) fn root(&self) -> Option<Digest> {
        self.node(TILE_LEVELS, 0)
    }

    /// The largest complete subtrees that together have all hashes, from the left.
    pub(super) fn complete_roots(&self) -> Vec<Digest> {
        let unpaired = |nodes: &Vec<Digest>| (nodes.len() % 2 == 1).then(|| nodes.last().copied()).flatten();
        self.0.iter().rev().filter_map(unpaired).collect()
    }
}

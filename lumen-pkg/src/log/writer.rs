//! The writing side of a log: leaves go in, the files to write come out.
//!
//! Kept in memory: the tiles at the right edge (under 64 KiB), the framed leaves of the last entries tile, and the roots of all complete
//! subtrees of 256 leaves and more, 64 bytes for each 256 leaves (2.5 MB for 10,000,000). From these, and one tile of leaf hashes, an inclusion
//! proof is made. It neither signs nor stores: the caller writes the files, then the checkpoint.

use super::checkpoint::MAXIMUM_TREE_SIZE;
use super::error::LogError;
use super::proof::{from_hash, leaf_hash, to_hash};
use super::source::TileSource;
use super::tile::{
    HASH_BYTES, Pyramid, TILE_LEVELS, TILE_WIDTH, Tile, TileKind, frame, hashes, node_hash, unframe,
};
use super::tree::CompactTree;
use crate::digest::Digest;
use std::cell::RefCell;
use std::collections::BTreeMap;
use tlog_tiles::{Error, Hash, HashReader, prove_record, split_stored_hash_index};

/// How many tiles are asked for at once when a log is resumed.
const BATCH: usize = 64;

/// A file to write, in place of one that is there: after a crash before the checkpoint, other leaves may take the places of those that were lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileFile {
    /// Below the registry's URL.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A log that grows.
#[derive(Debug, Clone, Default)]
pub struct LogWriter {
    tree: CompactTree,
    /// For each tile level, the bytes of the tile at the right edge, never full.
    edges: Vec<Vec<u8>>,
    /// The framed leaves of the last entries tile, never full.
    entries: Vec<u8>,
    /// At `k`, the roots of all complete subtrees of 2^(8 + k) leaves.
    upper: Vec<Vec<Digest>>,
    /// Full tiles that have not been taken yet.
    completed: Vec<TileFile>,
    /// The size when files were last taken.
    taken: u64,
}

impl LogWriter {
    /// A log without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on with a log of a size and root, as its last checkpoint states them. Everything read is checked against the root.
    /// It reads the tiles of level 1 (one for 65,536 leaves) and the last ones of level 0 and of the entries.
    ///
    /// # Errors
    /// See [`LogError`].
    pub fn resume(size: u64, root: &Digest, source: &dyn TileSource) -> Result<Self, LogError> {
        if size > MAXIMUM_TREE_SIZE {
            return Err(LogError::malformed("checkpoint", "its size is beyond 2^48"));
        }
        let mut writer = Self::default();
        writer.read_upper(size, source)?;
        let blocks = size / TILE_WIDTH;
        writer.tree = CompactTree::from_nodes(blocks * TILE_WIDTH, writer.roots_of(blocks));
        writer.edges = writer.upper_edges(blocks);
        let (leaves, entries) = read_edge(size, source)?;
        for leaf in &leaves {
            writer.push(*leaf);
        }
        writer.entries = entries;
        writer.taken = size;
        match writer.tree.root() == *root {
            true => Ok(writer),
            false => Err(LogError::Tile { size, root: *root }),
        }
    }

    /// How many leaves it has.
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The root over them.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    /// Adds a leaf; the answer is its index.
    ///
    /// # Errors
    /// [`LogError::LeafTooLong`], and [`LogError::OutOfRange`] if the log is full.
    pub fn append(&mut self, leaf: &[u8]) -> Result<u64, LogError> {
        let index = self.size();
        if index >= MAXIMUM_TREE_SIZE {
            return Err(LogError::OutOfRange { index, size: index });
        }
        frame(leaf, &mut self.entries)?;
        self.push(leaf_hash(leaf));
        if self.size().is_multiple_of(TILE_WIDTH) {
            let bytes = std::mem::take(&mut self.entries);
            self.complete(TileKind::Entries, index / TILE_WIDTH, bytes);
        }
        Ok(index)
    }

    /// The files that have to be written for the tree as it is now, since files were last taken: first the full tiles that were completed, then the
    /// narrow ones of the right edge. They must all be durable before a checkpoint of this size is.
    pub fn take_files(&mut self) -> Vec<TileFile> {
        let size = self.size();
        let before = std::mem::replace(&mut self.taken, size);
        let mut files = std::mem::take(&mut self.completed);
        let mut narrow = |kind, level: u32, bytes: &Vec<u8>| {
            let present = |size: u64| size.checked_shr(level * TILE_LEVELS).unwrap_or(0);
            if bytes.is_empty() || present(before) == present(size) {
                return;
            }
            let tile = Tile::of_tree(kind, present(size) / TILE_WIDTH, size);
            files.extend(tile.map(|tile| TileFile {
                path: tile.path(),
                bytes: bytes.clone(),
            }));
        };
        narrow(TileKind::Entries, 0, &self.entries);
        for (level, bytes) in (0u8..).zip(&self.edges) {
            narrow(TileKind::Hashes { level }, u32::from(level), bytes);
        }
        files
    }

    /// The inclusion proof of a leaf in the tree of `size`, which is at most the present one. Reads at most two full tiles of level 0, which must
    /// have been written; each is checked against the tree.
    ///
    /// # Errors
    /// See [`LogError`].
    pub fn prove_inclusion(
        &self,
        index: u64,
        size: u64,
        source: &dyn TileSource,
    ) -> Result<Vec<Digest>, LogError> {
        if index >= size || size > self.size() {
            return Err(LogError::OutOfRange { index, size });
        }
        let nodes = Nodes {
            writer: self,
            source,
            blocks: RefCell::default(),
            failure: RefCell::default(),
        };
        let proof = prove_record(size, index, &nodes);
        let failed = |_| nodes.failure.take().unwrap_or_else(|| self.broken());
        Ok(proof.map_err(failed)?.into_iter().map(from_hash).collect())
    }

    /// Adds the hash of a leaf to the tree, the tiles and the upper nodes.
    fn push(&mut self, leaf: Digest) {
        let index = self.tree.size();
        let mut complete = Vec::new();
        self.tree
            .push_and_tell(leaf, |level, node| complete.push((level, node)));
        for (level, node) in complete {
            if let Some(above) = level.checked_sub(TILE_LEVELS) {
                row(&mut self.upper, above).push(node);
            }
            if level.is_multiple_of(TILE_LEVELS) {
                let tile_level = level / TILE_LEVELS;
                let edge = row(&mut self.edges, tile_level);
                edge.extend(node.as_bytes());
                if edge.len() as u64 == TILE_WIDTH * HASH_BYTES as u64 {
                    let bytes = std::mem::take(edge);
                    let level = u8::try_from(tile_level).unwrap_or(u8::MAX);
                    let place = index >> ((tile_level + 1) * TILE_LEVELS).min(63);
                    self.complete(TileKind::Hashes { level }, place, bytes);
                }
            }
        }
    }

    fn complete(&mut self, kind: TileKind, index: u64, bytes: Vec<u8>) {
        let tile = Tile {
            kind,
            index,
            width: TILE_WIDTH,
        };
        let path = tile.path();
        self.completed.push(TileFile { path, bytes });
    }

    /// Reads all hashes of level 1 and builds the upper nodes.
    fn read_upper(&mut self, size: u64, source: &dyn TileSource) -> Result<(), LogError> {
        let kind = TileKind::Hashes { level: 1 };
        let mut tiles = (0..)
            .map_while(|index| Tile::of_tree(kind, index, size))
            .peekable();
        while tiles.peek().is_some() {
            let batch: Vec<Tile> = tiles.by_ref().take(BATCH).collect();
            let paths: Vec<String> = batch.iter().map(Tile::path).collect();
            for ((tile, path), answer) in batch.iter().zip(paths.clone()).zip(source.tiles(&paths)) {
                for node in read_hashes(tile, path, answer)? {
                    self.push_upper(node);
                }
            }
        }
        match self.upper.first().map_or(0, Vec::len) as u64 == size / TILE_WIDTH {
            true => Ok(()),
            false => Err(LogError::malformed(
                "tile source",
                "it did not answer every request",
            )),
        }
    }

    fn push_upper(&mut self, node: Digest) {
        let mut node = node;
        for above in 0.. {
            let nodes = row(&mut self.upper, above);
            let left = nodes.last().copied();
            nodes.push(node);
            match left {
                Some(left) if nodes.len().is_multiple_of(2) => node = node_hash(&left, &node),
                _ => return,
            }
        }
    }

    /// The roots of the complete subtrees of a tree of `blocks` full tiles, largest first.
    fn roots_of(&self, blocks: u64) -> Vec<Digest> {
        let complete = |(above, nodes): (usize, &Vec<Digest>)| {
            let is_root = blocks >> above & 1 == 1;
            is_root.then(|| nodes.last().copied()).flatten()
        };
        self.upper.iter().enumerate().rev().filter_map(complete).collect()
    }

    /// The tiles at the right edge of levels 1 and above.
    fn upper_edges(&self, blocks: u64) -> Vec<Vec<u8>> {
        let mut edges = vec![Vec::new()];
        for (level, nodes) in (0u32..).zip(self.upper.iter().step_by(TILE_LEVELS as usize)) {
            let width = (blocks.checked_shr(level * TILE_LEVELS).unwrap_or(0) % TILE_WIDTH) as usize;
            let from = nodes.len().saturating_sub(width);
            let edge = nodes.iter().skip(from).flat_map(|node| *node.as_bytes());
            edges.push(edge.collect());
        }
        edges
    }

    fn broken(&self) -> LogError {
        LogError::Tile {
            size: self.size(),
            root: self.root(),
        }
    }
}

/// The vector at `place`; those before it are made as well.
fn row<T>(rows: &mut Vec<Vec<T>>, place: u32) -> &mut Vec<T> {
    let place = place as usize;
    if rows.len() <= place {
        rows.resize_with(place + 1, Vec::new);
    }
    &mut rows[place]
}

/// The leaf hashes after the last full tile, and the framed leaves themselves, which hash to them.
fn read_edge(size: u64, source: &dyn TileSource) -> Result<(Vec<Digest>, Vec<u8>), LogError> {
    let index = size / TILE_WIDTH;
    let at_edge = |kind| Tile::of_tree(kind, index, size);
    let (Some(tile), Some(entries)) = (at_edge(TileKind::Hashes { level: 0 }), at_edge(TileKind::Entries))
    else {
        return Ok((Vec::new(), Vec::new()));
    };
    let path = tile.path();
    let answer = source.tile(&path);
    let leaves = read_hashes(&tile, path, answer)?;
    let path = entries.path();
    let bytes = match source.tile(&path) {
        Ok(bytes) => bytes,
        Err(source) => return Err(LogError::Source { path, source }),
    };
    let found: Vec<Digest> = unframe(&bytes)?.into_iter().map(leaf_hash).collect();
    match found == leaves {
        true => Ok((leaves, bytes)),
        false => Err(LogError::malformed(
            "entries tile",
            format!("`{path}` does not agree with the hashes of its leaves"),
        )),
    }
}

fn read_hashes(
    tile: &Tile,
    path: String,
    answer: Result<Vec<u8>, super::SourceError>,
) -> Result<Vec<Digest>, LogError> {
    match answer {
        Ok(bytes) => hashes(&bytes, tile.width).ok_or_else(|| {
            LogError::malformed("tile", format!("`{path}` does not have {} hashes", tile.width))
        }),
        Err(source) => Err(LogError::Source { path, source }),
    }
}

/// The nodes of the tree, as `tlog_tiles` asks for them.
struct Nodes<'a> {
    writer: &'a LogWriter,
    source: &'a dyn TileSource,
    /// The nodes of each tile of level 0 that was needed.
    blocks: RefCell<BTreeMap<u64, Pyramid>>,
    failure: RefCell<Option<LogError>>,
}

impl Nodes<'_> {
    fn node(&self, level: u32, place: u64) -> Result<Option<Digest>, LogError> {
        if let Some(above) = level.checked_sub(TILE_LEVELS) {
            let nodes = self.writer.upper.get(above as usize);
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            return Ok(nodes.and_then(|nodes| nodes.get(place).copied()));
        }
        let in_block = TILE_LEVELS - level;
        let block = place >> in_block;
        let mut blocks = self.blocks.borrow_mut();
        let nodes = match blocks.entry(block) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(vacant) => vacant.insert(self.block(block)?),
        };
        let offset = place - (block << in_block);
        Ok(nodes.node(level, offset))
    }

    /// All complete nodes of a tile of level 0, checked against the upper nodes if it is full.
    fn block(&self, block: u64) -> Result<Pyramid, LogError> {
        let full = self
            .writer
            .upper
            .first()
            .and_then(|roots| roots.get(usize::try_from(block).ok()?));
        let leaves = if full.is_some() {
            let tile = Tile {
                kind: TileKind::Hashes { level: 0 },
                index: block,
                width: TILE_WIDTH,
            };
            let path = tile.path();
            let answer = self.source.tile(&path);
            read_hashes(&tile, path, answer)?
        } else {
            let edge = self.writer.edges.first().map(Vec::as_slice).unwrap_or_default();
            edge.as_chunks()
                .0
                .iter()
                .copied()
                .map(Digest::from_bytes)
                .collect()
        };
        let pyramid = Pyramid::new(leaves);
        match full.is_none() || pyramid.root().as_ref() == full {
            true => Ok(pyramid),
            false => Err(self.writer.broken()),
        }
    }
}

impl HashReader for Nodes<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let mut found = Vec::with_capacity(indexes.len());
        for index in indexes {
            let (level, place) = split_stored_hash_index(*index);
            match self.node(u32::from(level), place) {
                Ok(Some(node)) => found.push(to_hash(&node)),
                Ok(None) => return Err(Error::IndexesNotInTree),
                Err(failure) => {
                    self.failure.replace(Some(failure));
                    return Err(Error::InvalidTile);
                }
            }
        }
        Ok(found)
    }
}

//! Nodes of the tree read from tiles, all of which hash up to a root that is trusted.
//!
//! `tlog_tiles::TileHashReader` is not used: where several of the subtrees that make up the root lie in one tile, version 0.2.0 skips as many of the
//! tiles that it should check against their parents, and gives out hashes of forged ones.

use super::checkpoint::{Checkpoint, MAXIMUM_TREE_SIZE};
use super::error::LogError;
use super::proof::to_hash;
use super::source::{SourceError, TileSource};
use super::tile::{HASH_BYTES, Pyramid, TILE_LEVELS, TILE_WIDTH, Tile, TileKind, hashes};
use super::tree::CompactTree;
use crate::digest::Digest;
use std::cell::RefCell;
use std::collections::BTreeMap;
use tlog_tiles::{Error, Hash, HashReader, split_stored_hash_index};

/// The most tile levels of a tree.
const MOST_LEVELS: u8 = 7;

/// Nodes of the tree of a checkpoint.
pub(super) struct AuthenticatedTiles<'a> {
    checkpoint: &'a Checkpoint,
    source: &'a dyn TileSource,
    /// `tlog_tiles`' errors have no place for ours.
    failure: RefCell<Option<LogError>>,
}

impl<'a> AuthenticatedTiles<'a> {
    pub(super) fn new(checkpoint: &'a Checkpoint, source: &'a dyn TileSource) -> Result<Self, LogError> {
        if checkpoint.size > MAXIMUM_TREE_SIZE {
            return Err(LogError::malformed("checkpoint", "its size is beyond 2^48"));
        }
        Ok(Self {
            checkpoint,
            source,
            failure: RefCell::default(),
        })
    }

    /// Why something of `tlog_tiles` failed that was given this reader.
    pub(super) fn failure(&self) -> LogError {
        self.failure.take().unwrap_or_else(|| self.forged())
    }

    /// Nodes by level and place, in their order. The tiles that have them, those above up to the right edge, and the right edge are read in one
    /// batch, and all of them are checked before anything is given out or kept.
    pub(super) fn nodes(&self, nodes: &[(u32, u64)]) -> Result<Vec<Digest>, LogError> {
        let mut wanted: Vec<Tile> = self.right_edge();
        for (level, place) in nodes {
            let mut next = Some(self.tile_of(*level, *place).ok_or_else(|| self.forged())?);
            while let Some(tile) = next {
                wanted.push(tile);
                next = self.parent(&tile).map(|(parent, _)| parent);
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        let found = fetch(self.source, &wanted)?;
        let mut tiles = BTreeMap::new();
        for (tile, (path, found)) in wanted.iter().zip(&found) {
            tiles.insert(*tile, Pyramid::new(found.hashes(tile, path)?));
        }
        self.check(&tiles)?;
        for (tile, (path, found)) in wanted.iter().zip(&found) {
            let length = usize::try_from(tile.width).unwrap_or(0) * HASH_BYTES;
            self.source
                .keep(path, found.bytes.get(..length).unwrap_or_default());
        }
        let node = |(level, place): &(u32, u64)| {
            let tile = self.tile_of(*level, *place)?;
            let (in_tile, before) = (
                level % TILE_LEVELS,
                tile.index << (TILE_LEVELS - level % TILE_LEVELS),
            );
            tiles.get(&tile)?.node(in_tile, place.checked_sub(before)?)
        };
        nodes
            .iter()
            .map(|at| node(at).ok_or_else(|| self.forged()))
            .collect()
    }

    /// Checks the right edge against the root, and every full tile against its parent.
    fn check(&self, tiles: &BTreeMap<Tile, Pyramid>) -> Result<(), LogError> {
        let mut roots = Vec::new();
        for tile in self.right_edge() {
            let pyramid = tiles.get(&tile).ok_or_else(|| self.forged())?;
            roots.extend(pyramid.complete_roots());
        }
        let size = self.checkpoint.size;
        if CompactTree::from_nodes(size, roots).root() != self.checkpoint.root {
            return Err(self.forged());
        }
        for (tile, pyramid) in tiles {
            let Some((parent, slot)) = self.parent(tile) else {
                continue;
            };
            let stated = tiles.get(&parent).and_then(|parent| parent.node(0, slot));
            if stated.is_none() || pyramid.root() != stated {
                return Err(self.forged());
            }
        }
        Ok(())
    }

    /// The tiles that are not full, from the top: the subtrees in them make up the root.
    fn right_edge(&self) -> Vec<Tile> {
        let size = self.checkpoint.size;
        let edge = |level: u8| {
            let present = size.checked_shr(u32::from(level) * TILE_LEVELS)?;
            let tile = Tile::of_tree(TileKind::Hashes { level }, present / TILE_WIDTH, size)?;
            (!tile.is_full()).then_some(tile)
        };
        (0..MOST_LEVELS).rev().filter_map(edge).collect()
    }

    fn tile_of(&self, level: u32, place: u64) -> Option<Tile> {
        let kind = TileKind::Hashes {
            level: u8::try_from(level / TILE_LEVELS).ok()?,
        };
        let index = place >> (TILE_LEVELS - level % TILE_LEVELS);
        Tile::of_tree(kind, index, self.checkpoint.size)
    }

    /// The tile that has the root of a full tile, and where; `None` for a tile of the right edge.
    fn parent(&self, tile: &Tile) -> Option<(Tile, u64)> {
        let TileKind::Hashes { level } = tile.kind else {
            return None;
        };
        let kind = TileKind::Hashes { level: level + 1 };
        let parent = Tile::of_tree(kind, tile.index / TILE_WIDTH, self.checkpoint.size);
        let slot = tile.index % TILE_WIDTH;
        parent.filter(|_| tile.is_full()).map(|parent| (parent, slot))
    }

    fn forged(&self) -> LogError {
        LogError::Tile {
            size: self.checkpoint.size,
            root: self.checkpoint.root,
        }
    }
}

impl HashReader for AuthenticatedTiles<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let at = |index: &u64| {
            let (level, place) = split_stored_hash_index(*index);
            (u32::from(level), place)
        };
        let nodes: Vec<(u32, u64)> = indexes.iter().map(at).collect();
        match self.nodes(&nodes) {
            Ok(nodes) => Ok(nodes.iter().map(to_hash).collect()),
            Err(failure) => {
                self.failure.replace(Some(failure));
                Err(Error::InvalidTile)
            }
        }
    }
}

/// A tile as the source gave it.
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    /// The full tile in place of a narrow one, which a log may delete once the full one is there.
    pub(super) is_wider: bool,
}

impl Found {
    fn hashes(&self, tile: &Tile, path: &str) -> Result<Vec<Digest>, LogError> {
        let width = if self.is_wider { TILE_WIDTH } else { tile.width };
        let mut found = hashes(&self.bytes, width).ok_or_else(|| {
            let why = format!("`{path}` has {} bytes; expected {width} hashes", self.bytes.len());
            LogError::malformed("tile", why)
        })?;
        found.truncate(usize::try_from(tile.width).unwrap_or(0));
        Ok(found)
    }
}

/// Reads tiles in one batch; narrow ones that are gone are replaced by the full ones in a second.
pub(super) fn fetch(source: &dyn TileSource, tiles: &[Tile]) -> Result<Vec<(String, Found)>, LogError> {
    let paths: Vec<String> = tiles.iter().map(Tile::path).collect();
    let mut answers = source.tiles(&paths);
    if answers.len() != paths.len() {
        return Err(LogError::malformed(
            "tile source",
            "it did not answer every request",
        ));
    }
    let gone = |(tile, answer): (&Tile, &Result<_, _>)| {
        !tile.is_full() && matches!(answer, Err(SourceError::Absent))
    };
    let wider: Vec<bool> = tiles.iter().zip(&answers).map(gone).collect();
    let full: Vec<String> = (tiles.iter().zip(&wider))
        .filter(|(_, wider)| **wider)
        .map(|(tile, _)| tile.full().path())
        .collect();
    if !full.is_empty() {
        let mut again = source.tiles(&full).into_iter();
        for (answer, _) in answers.iter_mut().zip(&wider).filter(|(_, wider)| **wider) {
            // What is absent both ways is named by the narrow tile.
            *answer = again.next().unwrap_or(Err(SourceError::Absent));
        }
    }
    let mut found = Vec::with_capacity(paths.len());
    for ((path, answer), is_wider) in paths.into_iter().zip(answers).zip(wider) {
        match answer {
            Ok(bytes) => found.push((path, Found { bytes, is_wider })),
            Err(source) => return Err(LogError::Source { path, source }),
        }
    }
    Ok(found)
}

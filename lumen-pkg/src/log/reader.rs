//! Authenticated reading of tiles: whatever the source gives, only what hashes to the checkpoint's root comes out.
//!
//! The hashing is `tlog_tiles`'; here are sizes, lengths, the fallback from a narrow tile to the full one, and entries.

use super::checkpoint::{Checkpoint, MAXIMUM_TREE_SIZE};
use super::error::LogError;
use super::proof::{from_hash, leaf_hash, to_hash, verify_consistency};
use super::source::{SourceError, TileSource};
use super::tile::{HASH_BYTES, Tile, TileKind, unframe};
use crate::digest::Digest;
use std::cell::RefCell;
use tlog_tiles::{
    EMPTY_HASH, Error, TileHashReader, TileReader, prove_record, prove_tree, stored_hash_index,
};

/// Hashes of leaves, in the order of `indexes`. All tiles are asked for in one batch.
///
/// # Errors
/// See [`LogError`].
pub fn leaf_hashes_from_tiles(
    indexes: &[u64],
    checkpoint: &Checkpoint,
    source: &dyn TileSource,
) -> Result<Vec<Digest>, LogError> {
    let size = checkpoint.size;
    if let Some(&index) = indexes.iter().find(|index| **index >= size) {
        return Err(LogError::OutOfRange { index, size });
    }
    if indexes.is_empty() {
        return Ok(Vec::new());
    }
    let positions: Vec<u64> = indexes.iter().map(|index| stored_hash_index(0, *index)).collect();
    let hashes = authenticated(checkpoint, source, |reader| {
        tlog_tiles::HashReader::read_hashes(reader, &positions)
    })?;
    Ok(hashes.into_iter().map(from_hash).collect())
}

/// The proof that leaf `index` is in the tree of the checkpoint, for [`verify_inclusion`](super::verify_inclusion).
///
/// # Errors
/// See [`LogError`].
pub fn inclusion_from_tiles(
    index: u64,
    checkpoint: &Checkpoint,
    source: &dyn TileSource,
) -> Result<Vec<Digest>, LogError> {
    let size = checkpoint.size;
    if index >= size {
        return Err(LogError::OutOfRange { index, size });
    }
    let proof = authenticated(checkpoint, source, |reader| prove_record(size, index, reader))?;
    Ok(proof.into_iter().map(from_hash).collect())
}

/// Proves and verifies that `new` continues `old`. An empty log is continued by every log of its origin. The answer is the proof.
///
/// With the tiles that a source has kept before, it takes at most three tiles while both sizes are in the same block of 65,536 leaves, and never
/// more than five below 256^3 leaves, in one batch.
///
/// # Errors
/// [`LogError::Consistency`] if it does not; otherwise see [`LogError`].
pub fn consistency_from_tiles(
    old: &Checkpoint,
    new: &Checkpoint,
    source: &dyn TileSource,
) -> Result<Vec<Digest>, LogError> {
    if old.origin != new.origin {
        return Err(LogError::Origin {
            expected: old.origin.clone(),
            found: new.origin.clone(),
        });
    }
    if old.size == 0 && old.root == from_hash(EMPTY_HASH) {
        return Ok(Vec::new());
    }
    let mut proof = Vec::new();
    if (1..new.size).contains(&old.size) {
        proof = authenticated(new, source, |reader| prove_tree(new.size, old.size, reader))?;
    }
    let proof: Vec<Digest> = proof.into_iter().map(from_hash).collect();
    verify_consistency((old.size, &old.root), (new.size, &new.root), &proof)?;
    Ok(proof)
}

/// The leaves of entries tile `index`, each checked against its hash in the tree.
///
/// # Errors
/// See [`LogError`].
pub fn entries_from_tiles(
    index: u64,
    checkpoint: &Checkpoint,
    source: &dyn TileSource,
) -> Result<Vec<Vec<u8>>, LogError> {
    let size = checkpoint.size;
    let tile = Tile::of_tree(TileKind::Entries, index, size).ok_or(LogError::OutOfRange {
        index: index.saturating_mul(super::TILE_WIDTH),
        size,
    })?;
    let first = index * super::TILE_WIDTH;
    let indexes: Vec<u64> = (first..first + tile.width).collect();
    let hashes = leaf_hashes_from_tiles(&indexes, checkpoint, source)?;
    let (path, found) = fetch(source, &[tile])?
        .pop()
        .ok_or_else(|| LogError::malformed("entries tile", "it is missing"))?;
    let mut entries = unframe(&found.bytes)?;
    if found.is_wider && entries.len() as u64 == super::TILE_WIDTH {
        entries.truncate(hashes.len());
    }
    let matching = entries.len() == hashes.len()
        && (entries.iter().zip(&hashes)).all(|(entry, hash)| leaf_hash(entry) == *hash);
    if !matching {
        return Err(LogError::Tile {
            size,
            root: checkpoint.root,
        });
    }
    if !found.is_wider {
        source.keep(&path, &found.bytes);
    }
    Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
}

/// A tile as the source gave it.
struct Found {
    bytes: Vec<u8>,
    /// The full tile in place of a narrow one, which a log may delete once the full one is there.
    is_wider: bool,
}

/// Reads tiles in one batch; narrow ones that are gone are replaced by the full ones in a second.
fn fetch(source: &dyn TileSource, tiles: &[Tile]) -> Result<Vec<(String, Found)>, LogError> {
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

/// Runs something of `tlog_tiles` over a reader of tiles that are checked against the checkpoint.
fn authenticated<T: Default>(
    checkpoint: &Checkpoint,
    source: &dyn TileSource,
    run: impl FnOnce(&TileHashReader<'_>) -> Result<T, Error>,
) -> Result<T, LogError> {
    let Checkpoint { size, root, .. } = *checkpoint;
    if size > MAXIMUM_TREE_SIZE {
        return Err(LogError::malformed("checkpoint", "its size is beyond 2^48"));
    }
    let tiles = SourceTiles {
        source,
        failure: RefCell::default(),
    };
    let reader = TileHashReader::new(size, to_hash(&root), &tiles);
    run(&reader).map_err(|_| tiles.failure.take().unwrap_or(LogError::Tile { size, root }))
}

/// A [`TileSource`] as `tlog_tiles` wants it.
struct SourceTiles<'a> {
    source: &'a dyn TileSource,
    /// Its errors have no place for ours.
    failure: RefCell<Option<LogError>>,
}

impl SourceTiles<'_> {
    fn read(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, LogError> {
        let wanted: Vec<Tile> = tiles.iter().map(ours).collect();
        let mut read = Vec::with_capacity(wanted.len());
        for (tile, (path, found)) in wanted.iter().zip(fetch(self.source, &wanted)?) {
            let mut bytes = found.bytes;
            let expected = usize::try_from(tile.width).unwrap_or(0) * HASH_BYTES;
            if found.is_wider && bytes.len() as u64 == tile.full().maximum_bytes() {
                bytes.truncate(expected);
            }
            if bytes.len() != expected {
                let why = format!("`{path}` has {} bytes; expected {expected}", bytes.len());
                return Err(LogError::malformed("tile", why));
            }
            read.push(bytes);
        }
        Ok(read)
    }
}

impl TileReader for SourceTiles<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, Error> {
        self.read(tiles).map_err(|failure| {
            self.failure.replace(Some(failure));
            Error::InvalidTile
        })
    }

    fn save_tiles(&self, tiles: &[tlog_tiles::Tile], data: &[Vec<u8>]) {
        for (tile, bytes) in tiles.iter().zip(data) {
            self.source.keep(&ours(tile).path(), bytes);
        }
    }
}

fn ours(tile: &tlog_tiles::Tile) -> Tile {
    Tile {
        kind: TileKind::Hashes { level: tile.level() },
        index: tile.level_index(),
        width: u64::from(tile.width()),
    }
}

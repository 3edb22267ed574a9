//! Authenticated reading of tiles: whatever the source gives, only what hashes to the checkpoint's root comes out.
//!
//! The tiles are checked by `authenticated`; here are the questions.

use super::authenticated::{AuthenticatedTiles, fetch};
use super::checkpoint::Checkpoint;
use super::error::LogError;
use super::proof::{from_hash, leaf_hash, verify_consistency};
use super::source::TileSource;
use super::tile::{Tile, TileKind, unframe};
use crate::digest::Digest;
use tlog_tiles::{EMPTY_HASH, prove_record, prove_tree};

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
    let leaves: Vec<(u32, u64)> = indexes.iter().map(|index| (0, *index)).collect();
    AuthenticatedTiles::new(checkpoint, source)?.nodes(&leaves)
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
    let tiles = AuthenticatedTiles::new(checkpoint, source)?;
    let proof = prove_record(size, index, &tiles).map_err(|_| tiles.failure())?;
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
        let tiles = AuthenticatedTiles::new(new, source)?;
        proof = prove_tree(new.size, old.size, &tiles).map_err(|_| tiles.failure())?;
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

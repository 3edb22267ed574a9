//! Reading the map from tiles: each is checked against its name before it is used, so that the root vouches for every answer.

use super::error::MapError;
use super::hash::{EMPTY_MAP, MapKey};
use super::proof::{End, MapProof};
use super::tile::{Entry, MapTile};
use crate::digest::Digest;
use crate::log::{SourceError, TileSource};
use crate::name::PackageName;
use crate::protocol::{MapValue, paths};
use std::collections::{BTreeMap, BTreeSet};

/// What the map with this root says of a package: its value, or `None` if it is absent.
///
/// # Errors
/// See [`MapError`].
pub fn lookup(
    root: &Digest,
    package: &PackageName,
    source: &dyn TileSource,
) -> Result<Option<MapValue>, MapError> {
    let found = lookup_many(root, std::slice::from_ref(package), source)?;
    Ok(found.into_iter().next().flatten())
}

/// [`lookup`] for several packages, in their order. The tiles of one level are asked for in one batch, each once.
///
/// # Errors
/// See [`MapError`]; one bad tile refuses all.
pub fn lookup_many(
    root: &Digest,
    packages: &[PackageName],
    source: &dyn TileSource,
) -> Result<Vec<Option<MapValue>>, MapError> {
    let keys: Vec<MapKey> = packages.iter().map(MapKey::of).collect();
    let mut found = vec![None; keys.len()];
    // Which tile each package that is not settled yet needs next.
    let mut open: Vec<(usize, Digest)> = (0..keys.len()).map(|place| (place, *root)).collect();
    open.retain(|(_, tile)| *tile != EMPTY_MAP);
    let mut depth = 0;
    while !open.is_empty() {
        let tiles = read_tiles(open.iter().map(|(_, tile)| *tile).collect(), source)?;
        let mut deeper = Vec::new();
        for (place, tile) in open {
            let (Some(key), Some(slot)) = (keys.get(place), found.get_mut(place)) else {
                continue;
            };
            let Some(read) = tiles.get(&tile) else { continue };
            read.check_place(&tile, key, depth)?;
            match read.entry(key.byte(depth)) {
                Some(Entry::Subtree(next)) => deeper.push((place, *next)),
                Some(Entry::Single(other, value)) if other == key => *slot = Some(*value),
                Some(Entry::Single(..)) | None => {}
            }
        }
        open = deeper;
        depth += 1;
    }
    Ok(found)
}

/// The proof of what the map says of a package, for [`MapProof::verify`].
///
/// # Errors
/// See [`MapError`].
pub fn prove(root: &Digest, package: &PackageName, source: &dyn TileSource) -> Result<MapProof, MapError> {
    let key = MapKey::of(package);
    let mut siblings = Vec::new();
    let mut next = (*root != EMPTY_MAP).then_some(*root);
    let mut depth = 0;
    while let Some(name) = next {
        let tile = read_tile(&name, &key, depth, source)?;
        let (way, end) = tile.walk(key.byte(depth));
        siblings.extend(way);
        next = match end {
            Some(Entry::Subtree(deeper)) => Some(deeper),
            Some(Entry::Single(other, value)) => {
                let end = if other == key {
                    End::Value(value)
                } else {
                    End::Other(other, value)
                };
                return Ok(MapProof { siblings, end });
            }
            None => None,
        };
        depth += 1;
    }
    let end = End::Nothing;
    Ok(MapProof { siblings, end })
}

/// Reads the tile that the way of a key leads to.
pub(super) fn read_tile(
    name: &Digest,
    key: &MapKey,
    depth: usize,
    source: &dyn TileSource,
) -> Result<MapTile, MapError> {
    let mut tiles = read_tiles(BTreeSet::from([*name]), source)?;
    let tile = tiles.remove(name).unwrap_or_default();
    tile.check_place(name, key, depth)?;
    Ok(tile)
}

/// Reads tiles in one batch; all that were wanted, or an error.
fn read_tiles(
    wanted: BTreeSet<Digest>,
    source: &dyn TileSource,
) -> Result<BTreeMap<Digest, MapTile>, MapError> {
    let all: Vec<String> = wanted.iter().map(paths::map_tile).collect();
    let mut answers = source.tiles(&all).into_iter();
    let mut tiles = BTreeMap::new();
    for (name, path) in wanted.into_iter().zip(all) {
        match answers.next().unwrap_or(Err(SourceError::Absent)) {
            Ok(bytes) => {
                tiles.insert(name, MapTile::read(&name, &bytes)?);
                source.keep(&path, &bytes);
            }
            Err(source) => return Err(MapError::Source { path, source }),
        }
    }
    Ok(tiles)
}

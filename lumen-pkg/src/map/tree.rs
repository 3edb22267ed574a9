//! Building the map: changes go in, new tiles and a new root come out. Tiles of earlier roots stay, so that every root remains readable.

use super::error::MapError;
use super::hash::{EMPTY_MAP, MapKey};
use super::lookup::read_tile;
use super::tile::{Entry, MapTile};
use crate::digest::Digest;
use crate::log::TileStore;
use crate::name::PackageName;
use crate::protocol::{MapValue, paths};
use std::collections::BTreeMap;

/// A map that grows. It holds its root only; the rest is in a [`TileStore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapTree {
    root: Digest,
}

impl Default for MapTree {
    fn default() -> Self {
        Self::new()
    }
}

impl MapTree {
    /// The map without packages.
    pub const fn new() -> Self {
        Self { root: EMPTY_MAP }
    }

    /// Goes on with the map of a root, whose tiles are in the store.
    pub const fn open(root: Digest) -> Self {
        Self { root }
    }

    /// The root.
    pub const fn root(&self) -> Digest {
        self.root
    }

    /// Sets the values of packages; of a package that comes twice, the later one counts. Reads each tile that changes once and stores its new form
    /// once. If it fails, the map is as it was; tiles that were stored by then are never looked at.
    ///
    /// # Errors
    /// See [`MapError`].
    pub fn update(
        &mut self,
        store: &mut dyn TileStore,
        changes: &[(PackageName, MapValue)],
    ) -> Result<Digest, MapError> {
        let sorted: BTreeMap<MapKey, MapValue> = changes
            .iter()
            .map(|(package, value)| (MapKey::of(package), *value))
            .collect();
        let changes: Vec<(MapKey, MapValue)> = sorted.into_iter().collect();
        if !changes.is_empty() {
            let before = (self.root != EMPTY_MAP).then_some(self.root);
            self.root = update_tile(store, before, &changes, 0)?;
        }
        Ok(self.root)
    }
}

/// Changes the tile `before`, or makes one; `changes` are sorted, not empty, and share the first `depth` bytes of their keys. The answer is its new
/// name. At most 32 deep, since keys differ.
fn update_tile(
    store: &mut dyn TileStore,
    before: Option<Digest>,
    changes: &[(MapKey, MapValue)],
    depth: usize,
) -> Result<Digest, MapError> {
    let mut slots = BTreeMap::new();
    if let (Some(name), Some((key, _))) = (before, changes.first()) {
        slots.extend(read_tile(&name, key, depth, store)?.0);
    }
    for group in changes.chunk_by(|(one, _), (two, _)| one.byte(depth) == two.byte(depth)) {
        let Some((first, _)) = group.first() else { continue };
        let slot = first.byte(depth);
        let entry = update_entry(store, slots.get(&slot), group, depth)?;
        slots.insert(slot, entry);
    }
    let tile = MapTile(slots.into_iter().collect());
    let name = tile.hash();
    if before != Some(name) {
        let path = paths::map_tile(&name);
        let stored = store.put(&path, tile.encode());
        stored.map_err(|source| MapError::Source { path, source })?;
    }
    Ok(name)
}

/// The entry of a slot after the changes under it.
fn update_entry(
    store: &mut dyn TileStore,
    before: Option<&Entry>,
    changes: &[(MapKey, MapValue)],
    depth: usize,
) -> Result<Entry, MapError> {
    let tile = match (before, changes) {
        (Some(Entry::Subtree(name)), changes) => update_tile(store, Some(*name), changes, depth + 1)?,
        (None, [(key, value)]) => return Ok(Entry::Single(*key, *value)),
        (Some(Entry::Single(old, _)), [(key, value)]) if old == key => {
            return Ok(Entry::Single(*key, *value));
        }
        (None, changes) => update_tile(store, None, changes, depth + 1)?,
        (Some(Entry::Single(key, value)), changes) => {
            let mut all = changes.to_vec();
            if let Err(place) = all.binary_search_by_key(key, |(key, _)| *key) {
                all.insert(place, (*key, *value));
            }
            update_tile(store, None, &all, depth + 1)?
        }
    };
    Ok(Entry::Subtree(tile))
}

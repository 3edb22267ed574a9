//! Where tiles of the log and of the map come from and go to, as traits, and their twin in memory.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::error::Error;

/// Why a tile cannot be had or stored.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such tile.
    #[error("it does not exist")]
    Absent,
    /// Transport or storage failed.
    #[error("{0}")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// Reads tiles by their path below the registry's URL, such as `log/tile/0/000`. What it gives is not trusted; an implementation bounds what it
/// reads by [`MAXIMUM_HASHES_BYTES`](super::MAXIMUM_HASHES_BYTES), [`MAXIMUM_ENTRIES_BYTES`](super::MAXIMUM_ENTRIES_BYTES) and
/// [`MAXIMUM_TILE_BYTES`](crate::map::MAXIMUM_TILE_BYTES).
pub trait TileSource {
    /// One tile.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn tile(&self, path: &str) -> Result<Vec<u8>, SourceError>;

    /// Several tiles at once, in the order of `paths`; over a network in parallel.
    fn tiles(&self, paths: &[String]) -> Vec<Result<Vec<u8>, SourceError>> {
        paths.iter().map(|path| self.tile(path)).collect()
    }

    /// Told of each tile once it has been found to be part of a tree whose root is trusted: a cache may keep it for ever, under its path.
    fn keep(&self, _path: &str, _bytes: &[u8]) {}
}

/// Reads tiles, and stores new ones.
pub trait TileStore: TileSource {
    /// Stores a tile under its path, in place of one that was there.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn put(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), SourceError>;
}

/// Tiles in memory. It counts what is asked of it, so that tests can say how many requests something takes.
#[derive(Debug, Clone, Default)]
pub struct MemoryTiles {
    tiles: BTreeMap<String, Vec<u8>>,
    requests: Cell<usize>,
    bytes: Cell<usize>,
}

impl MemoryTiles {
    /// No tiles.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a tile at a path.
    pub fn insert(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        self.tiles.insert(path.into(), bytes);
    }

    /// Takes a tile away.
    pub fn remove(&mut self, path: &str) -> Option<Vec<u8>> {
        self.tiles.remove(path)
    }

    /// All tiles, by path.
    pub const fn all(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.tiles
    }

    /// How many tiles were asked for, and the sum of their bytes, since the last call.
    pub fn take_count(&self) -> (usize, usize) {
        (self.requests.take(), self.bytes.take())
    }
}

impl TileSource for MemoryTiles {
    fn tile(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        self.requests.set(self.requests.get().saturating_add(1));
        let bytes = self.tiles.get(path).ok_or(SourceError::Absent)?;
        self.bytes.set(self.bytes.get().saturating_add(bytes.len()));
        Ok(bytes.clone())
    }
}

impl TileStore for MemoryTiles {
    fn put(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), SourceError> {
        self.insert(path, bytes);
        Ok(())
    }
}

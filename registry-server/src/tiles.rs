//! Storage as the log's and the map's tile source, for their synchronous code: used on threads of the runtime that may block, never on its workers.

use crate::storage::Storage;
use bytes::Bytes;
use lumen_pkg::log::{SourceError, TileSource, TileStore};
use std::collections::BTreeMap;
use tokio::runtime::Handle;

/// No tile of log or map is larger, in bytes: an entries tile has 256 leaves of at most 65,535 bytes.
const MAXIMUM_TILE: u64 = 256 * (65_535 + 2);

/// Reads tiles from storage; what is put is kept here until it is taken.
pub struct StorageTiles {
    storage: Storage,
    runtime: Handle,
    fresh: BTreeMap<String, Bytes>,
}

impl StorageTiles {
    /// Must be called on the runtime or in its `spawn_blocking`.
    pub fn new(storage: Storage) -> Self {
        Self {
            storage,
            runtime: Handle::current(),
            fresh: BTreeMap::new(),
        }
    }

    /// What was put since the last call.
    pub fn take(&mut self) -> Vec<(String, Bytes)> {
        std::mem::take(&mut self.fresh).into_iter().collect()
    }
}

impl TileSource for StorageTiles {
    fn tile(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        if let Some(bytes) = self.fresh.get(path) {
            return Ok(bytes.to_vec());
        }
        match self.runtime.block_on(self.storage.read(path, MAXIMUM_TILE)) {
            Ok(Some(bytes)) => Ok(bytes.into()),
            Ok(None) => Err(SourceError::Absent),
            Err(error) => Err(SourceError::Failed(Box::new(error))),
        }
    }
}

impl TileStore for StorageTiles {
    fn put(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), SourceError> {
        self.fresh.insert(path.to_owned(), bytes.into());
        Ok(())
    }
}

//! Map tiles that the published root does not reach. Which it reaches is found by looking up every package, so that nothing is assumed of
//! what an update replaces; a tile is removed if two looks, an hour or more apart, did not meet it.
//!
//! A tile holds values that name the last leaf of their packages, so one that a later root does not reach never comes back: that a tile is
//! written again and removed in the same moment cannot happen.

use super::{GRACE, MOST_FILES, Maintenance, MaintenanceError, Removed};
use crate::storage::Storage;
use crate::tiles::StorageTiles;
use lumen_pkg::log::{SourceError, TileSource};
use lumen_pkg::map::{EMPTY_MAP, MapKey, lookup_many};
use lumen_pkg::{Digest, PackageName};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::watch;

/// Packages that are looked up at once. In the order of their keys, so that they share most of their tiles.
const AT_ONCE: usize = 1024;

/// Unreachable tiles that are remembered; more are found when these are gone.
const REMEMBERED: usize = 100_000;

/// Tiles that the last look did not meet.
#[derive(Default)]
pub(super) struct Unreachable {
    /// The root that was looked at.
    root: Option<Digest>,
    /// Path, and since when.
    tiles: BTreeMap<String, u64>,
}

impl Maintenance {
    pub(super) async fn collect_tiles(
        &self,
        now: u64,
        removed: &mut Removed,
    ) -> Result<(), MaintenanceError> {
        let mut unreachable = self.unreachable.lock().await;
        let root = self.published.borrow().map_root;
        // A batch that is decided and not yet written has tiles that no published root reaches.
        let settled = self
            .database
            .last_batch()
            .await?
            .is_none_or(|last| last.published);
        let known = unreachable.root == Some(root) && unreachable.tiles.is_empty();
        if !settled || known {
            return Ok(());
        }
        let reached = self.reached(root).await?;
        let mut found = BTreeMap::new();
        for start in 0..=u8::MAX {
            if self.is_stopped() {
                return Err(MaintenanceError::Ended);
            }
            for path in self.storage.list(&format!("map/tile/{start:02x}")).await? {
                if !reached.contains(&path) && found.len() < REMEMBERED {
                    let since = unreachable.tiles.get(&path).copied().unwrap_or(now);
                    found.insert(path, since);
                }
            }
        }
        *unreachable = Unreachable {
            root: Some(root),
            tiles: found,
        };
        let due = |since: u64| since.saturating_add(GRACE) <= now;
        let due = unreachable.tiles.iter().filter(|(_, since)| due(**since));
        let due: Vec<String> = due.map(|(path, _)| path.clone()).take(MOST_FILES).collect();
        for path in due {
            if self.is_stopped() {
                return Err(MaintenanceError::Ended);
            }
            self.storage.remove(&path).await?;
            unreachable.tiles.remove(&path);
            removed.tiles += 1;
        }
        Ok(())
    }

    /// The paths of all tiles of a root.
    async fn reached(&self, root: Digest) -> Result<BTreeSet<String>, MaintenanceError> {
        let packages = self.database.packages().await?;
        let storage = self.storage.clone();
        let stopped = self.stop.subscribe();
        let looked = tokio::task::spawn_blocking(move || reached_by(root, packages, storage, stopped));
        looked.await.map_err(|_| MaintenanceError::Ended)?
    }
}

fn reached_by(
    root: Digest,
    mut packages: Vec<PackageName>,
    storage: Storage,
    stopped: watch::Receiver<bool>,
) -> Result<BTreeSet<String>, MaintenanceError> {
    let met = Met {
        tiles: StorageTiles::new(storage),
        paths: RefCell::default(),
    };
    if root != EMPTY_MAP {
        packages.sort_by_cached_key(MapKey::of);
        for some in packages.chunks(AT_ONCE) {
            if *stopped.borrow() {
                return Err(MaintenanceError::Ended);
            }
            lookup_many(&root, some, &met)?;
        }
    }
    Ok(met.paths.into_inner())
}

/// Tiles of storage, and which of them were good.
struct Met {
    tiles: StorageTiles,
    paths: RefCell<BTreeSet<String>>,
}

impl TileSource for Met {
    fn tile(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        self.tiles.tile(path)
    }

    fn keep(&self, path: &str, _: &[u8]) {
        self.paths.borrow_mut().insert(path.to_owned());
    }
}

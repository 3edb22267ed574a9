//! Everything that is served, made from a batch of leaves: tiles of the log, tiles of the map, records, the checkpoint. The same leaves give the same
//! bytes, so a batch that was decided and not written to its end is simply made again.

use super::SequencerError;
use super::journal::Changed;
use crate::database::Batch;
use crate::storage::Storage;
use crate::tiles::StorageTiles;
use bytes::Bytes;
use lumen_pkg::Digest;
use lumen_pkg::log::{Checkpoint, LogWriter, SignerKey};
use lumen_pkg::map::MapTree;
use lumen_pkg::protocol::paths;

/// The map and the log after the leaves of a batch but its last, the map root.
pub(super) struct Grown {
    pub(super) writer: LogWriter,
    pub(super) map_root: Digest,
    map_tiles: Vec<(String, Bytes)>,
    records: Vec<(String, Bytes)>,
}

/// What has to be written for a batch, in this order: all of one field before any of the next.
pub(super) struct Files {
    /// Tiles of log and map. Nothing refers to them yet.
    pub(super) tiles: Vec<(String, Bytes)>,
    pub(super) records: Vec<(String, Bytes)>,
    /// The signed note.
    pub(super) checkpoint: Bytes,
}

/// Adds leaves to a log and changed packages to a map. The originals stay as they are.
pub(super) async fn grow(
    storage: &Storage,
    writer: &LogWriter,
    map: Digest,
    leaves: Vec<Vec<u8>>,
    changed: Vec<Changed>,
) -> Result<Grown, SequencerError> {
    let mut writer = writer.clone();
    let storage = storage.clone();
    let grown = tokio::task::spawn_blocking(move || {
        for leaf in &leaves {
            writer.append(leaf)?;
        }
        let mut tiles = StorageTiles::new(storage);
        let changes: Vec<_> = changed
            .iter()
            .map(|changed| (changed.package.clone(), changed.value))
            .collect();
        let mut map = MapTree::open(map);
        let map_root = map.update(&mut tiles, &changes)?;
        let record = |changed: Changed| (paths::record(&changed.package), changed.record.into());
        Ok::<_, SequencerError>(Grown {
            writer,
            map_root,
            map_tiles: tiles.take(),
            records: changed.into_iter().map(record).collect(),
        })
    });
    grown.await.map_err(|_| SequencerError::Panicked)?
}

impl Grown {
    /// Takes the files, once the last leaf is in the log.
    pub(super) fn files(
        mut self,
        batch: &Batch,
        origin: &str,
        key: &SignerKey,
    ) -> Result<(LogWriter, Files), SequencerError> {
        let tiles = self.writer.take_files().into_iter();
        let tiles = tiles.map(|file| (file.path, Bytes::from(file.bytes)));
        let checkpoint = Checkpoint {
            origin: origin.to_owned(),
            size: batch.size,
            root: batch.tree_root,
        };
        let files = Files {
            tiles: tiles.chain(self.map_tiles).collect(),
            records: self.records,
            checkpoint: checkpoint.sign(key)?.render().into(),
        };
        Ok((self.writer, files))
    }
}

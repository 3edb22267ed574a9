//! Proofs made on request, for clients that do not want to read tiles: `/log/proof/N`, `/blob/.../file/PATH`.

use super::files::not_there;
use super::problem::{Json, Kind, Path, Refusal};
use crate::check::in_place;
use crate::server::Registry;
use crate::tiles::StorageTiles;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lumen_pkg::Digest;
use lumen_pkg::archive::{FileMeta, FileProof, decompress, read};
use lumen_pkg::log::{Note, ProofBundle, inclusion_from_tiles};
use lumen_pkg::protocol::paths;
use serde::Serialize;
use std::sync::Arc;

/// The longest checkpoint, in bytes.
const MAXIMUM_CHECKPOINT: u64 = 1 << 20;

/// A file of an archive with its proof.
#[derive(Serialize)]
struct ProvedFile {
    /// What the tree says of it.
    file: FileMeta,
    /// Why that is so, under the root that the statement signs.
    proof: FileProof,
    /// Its bytes, in base64.
    content: String,
}

/// The inclusion of a leaf in the last published checkpoint.
pub(super) async fn leaf(
    State(registry): State<Arc<Registry>>,
    Path(index): Path<String>,
) -> Result<Response, Refusal> {
    let batch = registry.sequencer.published();
    let index: u64 = index
        .parse()
        .ok()
        .filter(|index| *index < batch.size)
        .ok_or_else(not_there)?;
    let checkpoint = registry
        .storage
        .read(paths::CHECKPOINT, MAXIMUM_CHECKPOINT)
        .await?;
    let note = checkpoint.and_then(|bytes| Note::parse(&bytes).ok());
    let (Some(note), Some(leaf)) = (note, registry.database.leaves(index, 1).await?.pop()) else {
        return Err(failed());
    };
    let stated = lumen_pkg::log::Checkpoint::parse(note.text()).map_err(|_| failed())?;
    let storage = registry.storage.clone();
    let bundle = tokio::task::spawn_blocking(move || {
        let tiles = StorageTiles::new(storage);
        let hashes = inclusion_from_tiles(index, &stated, &tiles)?;
        Ok::<_, lumen_pkg::log::LogError>(ProofBundle {
            leaf: leaf.into_bytes(),
            index,
            hashes,
            checkpoint: note,
        })
    });
    let bundle = bundle.await.map_err(|_| failed())?.map_err(|error| {
        tracing::error!(error = %error, index, "a leaf cannot be proved");
        failed()
    })?;
    Ok(([(header::CACHE_CONTROL, "no-cache")], bundle.render()).into_response())
}

/// One file out of an archive. Unpacks the archive, so only so many at once as uploads are checked.
pub(super) async fn file(
    State(registry): State<Arc<Registry>>,
    Path((start, hash, path)): Path<(String, String, String)>,
) -> Result<Response, Refusal> {
    let digest = Digest::parse(&hash)
        .filter(|_| hash.starts_with(&start) && start.len() == 2)
        .ok_or_else(not_there)?;
    let size = registry
        .database
        .archive_size(&digest)
        .await?
        .ok_or_else(not_there)?;
    let place = Arc::clone(&registry.checks).acquire_owned().await;
    let place = place.map_err(|_| failed())?;
    let bytes = registry
        .storage
        .read(&paths::archive(&digest), registry.limits.upload)
        .await?
        .ok_or_else(not_there)?;
    let proved = in_place(place, move || {
        let tar = decompress(&bytes[..], size, &digest).ok()?;
        let archive = read(&tar).ok()?;
        let index = archive
            .files()
            .iter()
            .position(|file| file.path.as_str() == path)?;
        let entry = archive.files().get(index)?;
        Some(ProvedFile {
            file: FileMeta::of(entry),
            proof: archive.tree().prove(index)?,
            content: STANDARD.encode(&entry.content),
        })
    });
    let proved = proved.await.map_err(|_| failed())?.ok_or_else(not_there)?;
    let cache = [(header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((cache, Json(proved)).into_response())
}

fn failed() -> Refusal {
    Refusal::new(Kind::Internal, "The proof could not be made; try again later.")
}

//! What happens at each start: the database says what has happened, and the files are made to agree with it.

use super::derive::{Files, grow};
use super::journal::Changed;
use super::worker::publish;
use super::{Parts, SequencerError};
use crate::database::Batch;
use crate::storage::Storage;
use crate::tiles::StorageTiles;
use lumen_pkg::Digest;
use lumen_pkg::log::LogWriter;
use lumen_pkg::map::EMPTY_MAP;

/// Leaves that are read from the database at once.
const PAGE: u64 = 4096;

/// The log as of the last batch, which is published when this returns; or an empty one.
pub(super) async fn recover(parts: &Parts) -> Result<(LogWriter, Batch), SequencerError> {
    let Some(last) = parts.database.last_batch().await? else {
        return Ok((LogWriter::new(), nothing()));
    };
    if last.published {
        match resume(&parts.storage, &last).await {
            Ok(writer) => return Ok((writer, last)),
            Err(error) => {
                tracing::warn!(error = %error, "the log's tiles are not as the database says; making all files anew")
            }
        }
        return finish(parts, &nothing(), last).await;
    }
    tracing::warn!(
        size = last.size,
        "the last batch was not written to its end; finishing it"
    );
    let before = match parts.database.batch_of_size(last.start).await? {
        Some(before) => before,
        None => nothing(),
    };
    finish(parts, &before, last).await
}

/// A log without leaves.
fn nothing() -> Batch {
    Batch {
        start: 0,
        size: 0,
        time: 0,
        tree_root: LogWriter::new().root(),
        map_root: EMPTY_MAP,
        packages: 0,
        published: true,
    }
}

async fn resume(storage: &Storage, batch: &Batch) -> Result<LogWriter, SequencerError> {
    let storage = storage.clone();
    let (size, root) = (batch.size, batch.tree_root);
    let resumed =
        tokio::task::spawn_blocking(move || LogWriter::resume(size, &root, &StorageTiles::new(storage)));
    Ok(resumed.await.map_err(|_| SequencerError::Panicked)??)
}

/// Makes and writes everything between two batches; from the very beginning if what `before` left cannot be read.
async fn finish(parts: &Parts, before: &Batch, last: Batch) -> Result<(LogWriter, Batch), SequencerError> {
    let made = match make(parts, before, &last).await {
        Err(SequencerError::Log(_) | SequencerError::Map(_)) if before.size > 0 => {
            make(parts, &nothing(), &last).await
        }
        made => made,
    };
    let (writer, files) = made?;
    publish(parts, &last, &files).await?;
    Ok((
        writer,
        Batch {
            published: true,
            ..last
        },
    ))
}

async fn make(parts: &Parts, before: &Batch, last: &Batch) -> Result<(LogWriter, Files), SequencerError> {
    let writer = match before.size {
        0 => LogWriter::new(),
        _ => resume(&parts.storage, before).await?,
    };
    let mut leaves = Vec::new();
    loop {
        let page = parts
            .database
            .leaves(before.size + leaves.len() as u64, PAGE)
            .await?;
        if page.is_empty() {
            break;
        }
        leaves.extend(page.into_iter().map(String::into_bytes));
    }
    let mut changed = Vec::new();
    for package in parts.database.packages_since(before.size).await? {
        let (record, value) = parts.database.record(&package).await?;
        changed.push(Changed {
            package,
            record,
            value,
        });
    }
    let grown = grow(&parts.storage, &writer, before.map_root, leaves, changed).await?;
    agree("root of the log", last, last.tree_root, grown.writer.root())?;
    agree("root of the map", last, last.map_root, grown.map_root)?;
    grown.files(last, parts.key.verifier().name(), &parts.key)
}

fn agree(what: &'static str, batch: &Batch, decided: Digest, found: Digest) -> Result<(), SequencerError> {
    match decided == found {
        true => Ok(()),
        false => Err(SequencerError::Diverged {
            what,
            size: batch.size,
            decided,
            found,
        }),
    }
}

//! Restoring: what the backup holds is checked and copied, what follows from it is made anew, all of it is audited as a client audits, and only then is the
//! database put where a start looks for it.

use super::files::Files;
use super::{BackupError, DATABASE, DESCRIPTION, Description, FORMAT, copy_metadata, describe, file, sync};
use crate::clock::Clock;
use crate::config::Config;
use crate::database::Database;
use crate::sequencer::SequencerError;
use crate::server::{StartError, sequence};
use crate::storage::Storage;
use crate::telemetry::Telemetry;
use lumen_pkg::archive::{decompress, read};
use lumen_pkg::client::{Freshness, MemoryTrust, RegistrySession};
use lumen_pkg::log::{Checkpoint, Note};
use lumen_pkg::protocol::paths;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The pinned root of the audit.
const ROOT: &str = "tuf/1.root.json";

/// Restores a backup into the data folder of a configuration, in which no registry may be.
///
/// # Errors
/// See [`BackupError`]; then there is no registry in the folder, and what was written can be removed.
pub async fn restore(
    config: &Config,
    backup: &Path,
    clock: Arc<dyn Clock>,
) -> Result<Description, BackupError> {
    let description = read_description(config, backup)?;
    for path in [config.database(), config.files()] {
        if path.exists() {
            return Err(BackupError::Occupied { path });
        }
    }
    std::fs::create_dir_all(&config.data).map_err(|source| file(&config.data, source))?;
    let unfinished = config.data.join("registry.restoring.sqlite");
    remove_if_there(&unfinished)?;
    let source = backup.join(DATABASE);
    std::fs::copy(&source, &unfinished).map_err(|error| file(&source, error))?;
    let database = Database::open(&unfinished).await?;
    let restored = fill(config, backup, &database, &description, clock).await;
    database.close().await;
    restored?;
    sync(&unfinished)?;
    std::fs::rename(&unfinished, config.database()).map_err(|source| file(&unfinished, source))?;
    sync(&config.data)?;
    Ok(description)
}

fn read_description(config: &Config, backup: &Path) -> Result<Description, BackupError> {
    let unfit = |fault: String| BackupError::Unfit {
        path: backup.to_owned(),
        fault,
    };
    let path = backup.join(DESCRIPTION);
    let text = std::fs::read(&path).map_err(|source| file(&path, source))?;
    let description: Description = serde_json::from_slice(&text)
        .map_err(|error| unfit(format!("its description is damaged: {error}")))?;
    if description.format != FORMAT {
        return Err(unfit(format!(
            "it has format {}, and this version reads {FORMAT}",
            description.format
        )));
    }
    match description.origin == config.origin {
        true => Ok(description),
        false => Err(unfit(format!(
            "it is of {}, and the configuration is of {}",
            description.origin, config.origin
        ))),
    }
}

async fn fill(
    config: &Config,
    backup: &Path,
    database: &Database,
    description: &Description,
    clock: Arc<dyn Clock>,
) -> Result<(), BackupError> {
    let unfit = |fault: String| BackupError::Unfit {
        path: backup.to_owned(),
        fault,
    };
    let from = Storage::folder(&backup.join("files"))?;
    let to = Storage::folder(&config.files())?;
    let archives = copy_checked_archives(database, &from, &to, config.limits.upload).await?;
    let last = database.last_batch().await?.ok_or(BackupError::Empty)?;
    if describe(&config.origin, &last, archives) != *description {
        return Err(unfit(
            "its description does not agree with its database".to_owned(),
        ));
    }
    copy_metadata(&from, &to).await?;
    if let Some(seen) = seen_by_clients(&to).await? {
        let known = database.batch_of_size(seen.size).await?;
        if known.is_none_or(|batch| batch.tree_root != seen.root) {
            return Err(unfit(format!(
                "its metadata speaks of a log of {} leaves, which its database does not have",
                seen.size
            )));
        }
    }
    // Nothing made from the leaves is there, and nobody waits for an upload that began before.
    database.forget_what_is_not_backed_up(last.size).await?;
    let telemetry = Arc::new(Telemetry::new().map_err(StartError::Telemetry)?);
    let sequencing = sequence(config, &to, database, Arc::clone(&clock), telemetry).await?;
    sequencing.running.stop().await;
    audit(&to, description, clock.now()).await
}

/// The checkpoint that the restored metadata speaks of.
async fn seen_by_clients(storage: &Storage) -> Result<Option<Checkpoint>, BackupError> {
    let metadata = crate::publisher::open(storage)
        .await
        .map_err(StartError::Publisher)?;
    let Some(text) = metadata.checkpoint() else {
        return Ok(None);
    };
    let log = |error| StartError::Sequencer(SequencerError::Log(error));
    let note = Note::parse(text.as_bytes()).map_err(log)?;
    Ok(Some(Checkpoint::parse(note.text()).map_err(log)?))
}

/// Copies every archive of the database; each has to be the one of its digest.
async fn copy_checked_archives(
    database: &Database,
    from: &Storage,
    to: &Storage,
    limit: u64,
) -> Result<u64, BackupError> {
    let archives = database.archives().await?;
    for (archive, size) in &archives {
        let (archive, size) = (*archive, *size);
        let wrong = |fault: String| BackupError::Archive { archive, fault };
        let path = paths::archive(&archive);
        let bytes = from
            .read(&path, limit)
            .await?
            .ok_or_else(|| wrong("is not in the backup".to_owned()))?;
        let compressed = bytes.clone();
        let checked = tokio::task::spawn_blocking(move || {
            let tar = decompress(&compressed[..], size, &archive).map_err(|error| error.to_string())?;
            read(&tar).map(drop).map_err(|error| error.to_string())
        });
        let checked = checked
            .await
            .unwrap_or_else(|_| Err("checking it failed".to_owned()));
        checked.map_err(|fault| wrong(format!("is not what it should be: {fault}")))?;
        to.write(vec![(path, bytes)]).await?;
    }
    Ok(archives.len() as u64)
}

/// Replays the restored log as a client does, and compares with what the backup said.
async fn audit(storage: &Storage, description: &Description, now: u64) -> Result<(), BackupError> {
    let root = storage
        .read(ROOT, super::MAXIMUM_METADATA)
        .await?
        .ok_or(BackupError::Empty)?;
    let files = Arc::new(Files::new(storage.clone()));
    let audited = tokio::task::spawn_blocking(move || {
        let trust = Arc::new(MemoryTrust::default());
        let session = RegistrySession::open(&root, files, trust, now, Freshness::Now)?;
        session.audit()
    });
    let failed = |_| BackupError::Unfit {
        path: PathBuf::from(ROOT),
        fault: "the audit panicked".to_owned(),
    };
    let audited = audited.await.map_err(failed)?.map_err(BackupError::Audit)?;
    match (audited.leaves, audited.packages) == (description.size, description.packages) {
        true => Ok(()),
        false => Err(BackupError::Unfit {
            path: PathBuf::from(ROOT),
            fault: format!(
                "the restored log has {} leaves and {} packages, the backup {} and {}",
                audited.leaves, audited.packages, description.size, description.packages
            ),
        }),
    }
}

fn remove_if_there(path: &Path) -> Result<(), BackupError> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(file(Path::new(&name), source));
            }
            _ => {}
        }
    }
    Ok(())
}

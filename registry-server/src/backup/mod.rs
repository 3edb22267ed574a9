//! Backups: a folder that holds everything that cannot be made anew, consistent although the registry runs meanwhile.
//!
//! ```text
//! OUT/files/tuf/        1. read first, so that it never speaks of leaves that the database does not have
//! OUT/registry.sqlite   2. one state of the database (`VACUUM INTO`)
//! OUT/files/blob/       3. every archive of that state: they are written before their leaf is, and never change
//! OUT/backup.json       4. says what the rest is; without it the backup is not complete
//! ```
//!
//! Keys are not in it. Tiles, records and checkpoint are made from the database when it is restored (`restore`).

mod files;
mod restore;

pub use restore::restore;

use crate::config::Config;
use crate::database::{Batch, Database, DatabaseError};
use crate::storage::{Storage, StorageError};
use lumen_pkg::Digest;
use lumen_pkg::protocol::paths;
use serde::{Deserialize, Serialize};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The version of the format.
const FORMAT: u64 = 1;

/// The description in the folder.
const DESCRIPTION: &str = "backup.json";

/// The database in the folder.
const DATABASE: &str = "registry.sqlite";

/// The newest TUF metadata; it names all other.
const TIMESTAMP: &str = "tuf/timestamp.json";

/// The largest TUF file, in bytes.
const MAXIMUM_METADATA: u64 = 4 * 1024 * 1024;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The version of the format.
    pub format: u64,
    /// The registry's origin.
    pub origin: String,
    /// Leaves in the log.
    pub size: u64,
    /// The root of the log's tree.
    pub tree_root: Digest,
    /// The root of the map.
    pub map_root: Digest,
    /// Packages in the map.
    pub packages: u64,
    /// Archives.
    pub archives: u64,
}

/// Why a backup cannot be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder cannot be used.
    #[error("cannot use {path}: {source}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// There is something where something new should be.
    #[error("{path} is there already; name a folder that is not, or is empty")]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// The registry has never run.
    #[error("there is nothing to back up: the registry has never run")]
    Empty,
    /// The folder holds no complete backup, or not one of this registry.
    #[error("{path} cannot be restored: {fault}")]
    Unfit {
        /// The folder.
        path: PathBuf,
        /// Why.
        fault: String,
    },
    /// An archive is not there, or not what it should be.
    #[error("the archive {archive} {fault}")]
    Archive {
        /// SHA-256 of its tar.
        archive: Digest,
        /// What is wrong.
        fault: String,
    },
    /// The restored registry does not verify.
    #[error("the restored registry does not verify: {0}")]
    Audit(#[source] lumen_pkg::client::ClientError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The files cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The restored registry cannot be started.
    #[error(transparent)]
    Start(#[from] crate::server::StartError),
}

/// Writes a backup of a registry, which may run meanwhile, into a new folder.
///
/// # Errors
/// See [`BackupError`]; what is in the folder then is no backup.
pub async fn back_up(config: &Config, out: &Path) -> Result<Description, BackupError> {
    make_empty(out)?;
    let from = Storage::folder(&config.files())?;
    let to = Storage::folder(&out.join("files"))?;
    copy_metadata(&from, &to).await?;
    let live = Database::open(&config.database()).await?;
    let copy = out.join(DATABASE);
    let copied = live.copy_into(&copy).await;
    live.close().await;
    copied?;
    sync(&copy)?;
    let database = Database::open(&copy).await?;
    let copied = copy_archives(&database, &from, &to, config.limits.upload).await;
    let last = database.last_batch().await;
    database.close().await;
    let (archives, last) = (copied?, last?.ok_or(BackupError::Empty)?);
    sync(&copy)?;
    let description = describe(&config.origin, &last, archives);
    let path = out.join(DESCRIPTION);
    let text = serde_json::to_vec_pretty(&description).unwrap_or_default();
    std::fs::write(&path, text).map_err(|source| file(&path, source))?;
    sync(&path)?;
    sync(out)?;
    Ok(description)
}

fn describe(origin: &str, last: &Batch, archives: u64) -> Description {
    Description {
        format: FORMAT,
        origin: origin.to_owned(),
        size: last.size,
        tree_root: last.tree_root,
        map_root: last.map_root,
        packages: last.packages,
        archives,
    }
}

/// The timestamp first: what it names stays for an hour after it is superseded.
async fn copy_metadata(from: &Storage, to: &Storage) -> Result<(), BackupError> {
    let timestamp = from
        .read(TIMESTAMP, MAXIMUM_METADATA)
        .await?
        .ok_or(BackupError::Empty)?;
    for path in from.list("tuf").await? {
        if path == TIMESTAMP {
            continue;
        }
        // What has gone since it was listed, no timestamp names any more.
        if let Some(bytes) = from.read(&path, MAXIMUM_METADATA).await? {
            to.write(vec![(path, bytes)]).await?;
        }
    }
    to.write(vec![(TIMESTAMP.to_owned(), timestamp)]).await?;
    Ok(())
}

async fn copy_archives(
    database: &Database,
    from: &Storage,
    to: &Storage,
    limit: u64,
) -> Result<u64, BackupError> {
    let archives = database.archives().await?;
    for (archive, _) in &archives {
        let path = paths::archive(archive);
        let bytes = from
            .read(&path, limit)
            .await?
            .ok_or_else(|| BackupError::Archive {
                archive: *archive,
                fault: "is not there".to_owned(),
            })?;
        to.write(vec![(path, bytes)]).await?;
    }
    Ok(archives.len() as u64)
}

/// Makes a folder that only its owner may look into: the database has users and the digests of tokens.
fn make_empty(path: &Path) -> Result<(), BackupError> {
    if let Ok(mut entries) = std::fs::read_dir(path)
        && entries.next().is_some()
    {
        return Err(BackupError::Occupied {
            path: path.to_owned(),
        });
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| file(path, source))
}

fn sync(path: &Path) -> Result<(), BackupError> {
    std::fs::File::open(path)
        .and_then(|open| open.sync_all())
        .map_err(|source| file(path, source))
}

fn file(path: &Path, source: std::io::Error) -> BackupError {
    BackupError::File {
        path: path.to_owned(),
        source,
    }
}

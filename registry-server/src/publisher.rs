//! Makes the state of log and map known through TUF metadata: what is signed is `metadata`'s, where it is stored is `storage`'s, when is decided here.

use crate::metadata::{Metadata, MetadataError, MetadataFile, Opening, RoleKey, Update};
use crate::sequencer::{PublicState, StateError, StatePublisher};
use crate::storage::{Storage, StorageError};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::VecDeque;
use tokio::sync::Mutex;

/// The largest metadata file that is read, in bytes.
const MAXIMUM_FILE: u64 = 4 * 1024 * 1024;

/// How long files that no metadata names any more stay for clients that began before, in seconds.
const GRACE: u64 = 3600;

/// Publishes through TUF.
pub struct TufPublisher {
    storage: Storage,
    online: RoleKey,
    current: Mutex<Current>,
}

struct Current {
    metadata: Metadata,
    /// Files to remove, and when.
    superseded: VecDeque<(u64, String)>,
}

/// Why the metadata cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PublisherError {
    /// The files cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The metadata is missing or not valid, or the key is not the one that it names.
    #[error("TUF metadata: {0}")]
    Metadata(#[from] MetadataError),
}

impl TufPublisher {
    /// Goes on with the metadata in storage.
    ///
    /// # Errors
    /// If there is none, or it is not valid.
    pub async fn open(storage: Storage, online: RoleKey) -> Result<Self, PublisherError> {
        let metadata = open(&storage).await?;
        Ok(Self {
            storage,
            online,
            current: Mutex::new(Current {
                metadata,
                superseded: VecDeque::new(),
            }),
        })
    }

    /// Looks again at what is in storage: an operator may have signed new roots or targets while the registry runs.
    async fn reopen(&self, current: &mut Current) -> Result<(), PublisherError> {
        current.metadata = open(&self.storage).await?;
        Ok(())
    }

    async fn install(&self, current: &mut Current, update: Update, now: u64) -> Result<(), PublisherError> {
        write(&self.storage, update.files).await?;
        current.metadata = update.metadata;
        let later = now.saturating_add(GRACE);
        let superseded = update.superseded.into_iter().map(|path| (later, path));
        current.superseded.extend(superseded);
        while let Some((_, path)) = current.superseded.pop_front_if(|(when, _)| *when <= now) {
            self.storage.remove(&path).await?;
        }
        Ok(())
    }

    async fn try_publish(&self, state: &PublicState, now: u64) -> Result<(), PublisherError> {
        let mut current = self.current.lock().await;
        let checkpoint = String::from_utf8_lossy(&state.checkpoint).into_owned();
        let update = current
            .metadata
            .publish_state(&self.online, &checkpoint, &state.map_root, now)?;
        self.install(&mut current, update, now).await
    }

    async fn try_renew(&self, now: u64) -> Result<(), PublisherError> {
        let mut current = self.current.lock().await;
        self.reopen(&mut current).await?;
        match current.metadata.refresh(&self.online, now)? {
            Some(update) => self.install(&mut current, update, now).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl StatePublisher for TufPublisher {
    async fn publish(&self, state: &PublicState, now: u64) -> Result<(), StateError> {
        self.try_publish(state, now)
            .await
            .map_err(|error| StateError(Box::new(error)))
    }

    async fn renew(&self, now: u64) -> Result<(), StateError> {
        self.try_renew(now)
            .await
            .map_err(|error| StateError(Box::new(error)))
    }
}

/// Reads the metadata in storage.
///
/// # Errors
/// If there is none, or it is not valid.
pub async fn open(storage: &Storage) -> Result<Metadata, PublisherError> {
    let mut opening = Opening::default();
    while let Some(path) = opening.wants() {
        let bytes = storage.read(&path, MAXIMUM_FILE).await?;
        opening.give(bytes.map(Vec::from))?;
    }
    Ok(opening.finish()?)
}

/// Writes metadata: the last file, which makes the others visible, when they are durable.
///
/// # Errors
/// If a file cannot be written.
pub async fn write(storage: &Storage, mut files: Vec<MetadataFile>) -> Result<(), StorageError> {
    let last = files.pop();
    let entry = |file: MetadataFile| (file.path, Bytes::from(file.bytes));
    storage.write(files.into_iter().map(entry).collect()).await?;
    storage.write(last.into_iter().map(entry).collect()).await
}

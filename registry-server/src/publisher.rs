//! Makes the state of log and map known through TUF metadata: what is signed is `metadata`'s, where it is stored is `storage`'s, when is decided here.

use crate::maintenance::{GRACE, MOST_FILES};
use crate::metadata::{Metadata, MetadataError, MetadataFile, Opening, RoleKey, Update};
use crate::sequencer::{PublicState, StateError, StatePublisher};
use crate::storage::{Storage, StorageError};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{PoisonError, RwLock};
use tokio::sync::Mutex;

/// The largest metadata file that is read, in bytes.
const MAXIMUM_FILE: u64 = 4 * 1024 * 1024;

/// Publishes through TUF.
pub struct TufPublisher {
    storage: Storage,
    online: RoleKey,
    current: Mutex<Current>,
    /// Beside the lock, which is held while files are written.
    expiries: RwLock<Vec<(&'static str, u64)>>,
}

struct Current {
    metadata: Metadata,
    /// Files to remove, and when.
    superseded: VecDeque<(u64, String)>,
    /// Whether files that were superseded before the start are among them.
    looked: bool,
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
            expiries: RwLock::new(expiries(&metadata)),
            current: Mutex::new(Current {
                metadata,
                superseded: VecDeque::new(),
                looked: false,
            }),
        })
    }

    /// Looks again at what is in storage: an operator may have signed new roots or targets while the registry runs.
    async fn reopen(&self, current: &mut Current) -> Result<(), PublisherError> {
        current.metadata = open(&self.storage).await?;
        self.note_expiries(current);
        Ok(())
    }

    fn note_expiries(&self, current: &Current) {
        *self.expiries.write().unwrap_or_else(PoisonError::into_inner) = expiries(&current.metadata);
    }

    async fn install(&self, current: &mut Current, update: Update, now: u64) -> Result<(), PublisherError> {
        write(&self.storage, update.files).await?;
        current.metadata = update.metadata;
        self.note_expiries(current);
        let later = now.saturating_add(GRACE);
        let superseded = update.superseded.into_iter().map(|path| (later, path));
        current.superseded.extend(superseded);
        Ok(())
    }

    async fn try_collect(&self, now: u64) -> Result<u64, PublisherError> {
        self.look_once(now).await?;
        let mut current = self.current.lock().await;
        let mut due = Vec::new();
        while due.len() < MOST_FILES
            && let Some((_, path)) = current.superseded.pop_front_if(|(when, _)| *when <= now)
        {
            due.push(path);
        }
        drop(current);
        let mut removed = 0;
        for (place, path) in due.iter().enumerate() {
            if let Err(error) = self.storage.remove(path).await {
                let rest = due.iter().skip(place).map(|path| (now, path.clone()));
                let mut current = self.current.lock().await;
                rest.rev().for_each(|entry| current.superseded.push_front(entry));
                return Err(error.into());
            }
            removed += 1;
        }
        Ok(removed)
    }

    /// Finds what was superseded before the start, or was left by a crash; since when is not known, so it stays as long as if it were now.
    async fn look_once(&self, now: u64) -> Result<(), PublisherError> {
        if self.current.lock().await.looked {
            return Ok(());
        }
        // Listed before the lock is taken: what a publish writes meanwhile is current by then, or superseded in the same list.
        let there = self.storage.list("tuf").await?;
        let mut current = self.current.lock().await;
        let known: BTreeSet<String> = current.superseded.iter().map(|(_, path)| path.clone()).collect();
        let later = now.saturating_add(GRACE);
        for path in there {
            if current.metadata.is_superseded(&path) && !known.contains(&path) {
                current.superseded.push_back((later, path));
            }
        }
        current.looked = true;
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

    async fn collect(&self, now: u64) -> Result<u64, StateError> {
        self.try_collect(now)
            .await
            .map_err(|error| StateError(Box::new(error)))
    }

    fn expiries(&self) -> Vec<(&'static str, u64)> {
        self.expiries
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn expiries(metadata: &Metadata) -> Vec<(&'static str, u64)> {
    let roles = metadata.expiries().into_iter();
    roles.map(|expiry| (expiry.role, expiry.expires)).collect()
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

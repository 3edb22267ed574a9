//! The registry's files by path, over `object_store`, in a folder. What [`Storage::write`]
//! has returned from is durable, and a file is seen whole or not at all.

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as Location;
use object_store::{GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload};
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many files are written at once. Parallel flushes of one file system are joined by its journal.
const PARALLEL_WRITES: usize = 32;

/// What the system says when a file cannot grow.
const FULL: [ErrorKind; 3] = [
    ErrorKind::StorageFull,
    ErrorKind::QuotaExceeded,
    ErrorKind::FileTooLarge,
];

/// A handle; clones are of the same storage.
#[derive(Debug, Clone)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
}

/// A file, or a part of it, as it is read.
pub struct Object {
    /// The length of the whole file, in bytes.
    pub size: u64,
    /// Which bytes of it are read.
    pub range: Range<u64>,
    /// They.
    pub body: BoxStream<'static, Result<Bytes, StorageError>>,
}

/// Why storage did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The folder cannot be used.
    #[error("cannot use the folder {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A file cannot be read or written.
    #[error("storage: {0}")]
    Object(#[from] object_store::Error),
    /// A file is larger than its reader allows.
    #[error("storage: {path} has {size} bytes, which is more than {limit}")]
    TooLarge {
        /// The file.
        path: String,
        /// Its length.
        size: u64,
        /// The limit.
        limit: u64,
    },
}

impl StorageError {
    /// Whether a file cannot grow: the disk, a quota or a limit is full.
    pub fn is_full(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            if let Some(system) = error.downcast_ref::<std::io::Error>()
                && FULL.contains(&system.kind())
            {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

impl Storage {
    /// Files in a folder, which is made if need be. Writes flush the file and its folders before they return.
    ///
    /// # Errors
    /// If the folder cannot be made or used.
    pub fn folder(path: &Path) -> Result<Self, StorageError> {
        std::fs::create_dir_all(path).map_err(|source| StorageError::Folder {
            path: path.to_owned(),
            source,
        })?;
        let store = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
        })
    }

    /// Files in memory, for tests.
    pub fn memory() -> Self {
        Self {
            store: Arc::new(InMemory::new()),
        }
    }

    /// Opens a file, or a part of it; `None` if there is no such file. A range beyond the end is an error of [`object_store`].
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn open(&self, path: &str, range: Option<Range<u64>>) -> Result<Option<Object>, StorageError> {
        let Ok(location) = Location::parse(path) else {
            return Ok(None);
        };
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        match self.store.get_opts(&location, options).await {
            Ok(found) => Ok(Some(Object {
                size: found.meta.size,
                range: found.range.clone(),
                body: found.into_stream().map_err(StorageError::from).boxed(),
            })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A whole file of at most `limit` bytes; `None` if there is no such file.
    ///
    /// # Errors
    /// If it cannot be read or is larger.
    pub async fn read(&self, path: &str, limit: u64) -> Result<Option<Bytes>, StorageError> {
        let Ok(location) = Location::parse(path) else {
            return Ok(None);
        };
        match self.store.get(&location).await {
            Ok(found) if found.meta.size > limit => Err(StorageError::TooLarge {
                path: path.to_owned(),
                size: found.meta.size,
                limit,
            }),
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The length of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// If that cannot be told.
    pub async fn size(&self, path: &str) -> Result<Option<u64>, StorageError> {
        let Ok(location) = Location::parse(path) else {
            return Ok(None);
        };
        match self.store.head(&location).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes files, in no order, each over what was there. All are durable on return.
    ///
    /// # Errors
    /// If one cannot be written; others may have been.
    pub async fn write(&self, files: Vec<(String, Bytes)>) -> Result<(), StorageError> {
        futures_util::stream::iter(files)
            .map(|(path, bytes)| async move {
                let location = Location::parse(path).map_err(object_store::Error::from)?;
                self.store.put(&location, PutPayload::from_bytes(bytes)).await?;
                Ok(())
            })
            .buffer_unordered(PARALLEL_WRITES)
            .try_collect()
            .await
    }

    /// Begins a file that comes in pieces. It is there when its [`MultipartUpload`] is completed, and never if that is dropped or aborted.
    ///
    /// # Errors
    /// If it cannot be begun.
    pub async fn receive(&self, path: &str) -> Result<Box<dyn MultipartUpload>, StorageError> {
        let location = Location::parse(path).map_err(object_store::Error::from)?;
        Ok(self.store.put_multipart(&location).await?)
    }

    /// Moves a file over what was there, durably.
    ///
    /// # Errors
    /// If there is no such file or it cannot be moved.
    pub async fn rename(&self, from: &str, to: &str) -> Result<(), StorageError> {
        let from = Location::parse(from).map_err(object_store::Error::from)?;
        let to = Location::parse(to).map_err(object_store::Error::from)?;
        Ok(self.store.rename(&from, &to).await?)
    }

    /// Removes a file; it is no error if there is none.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub async fn remove(&self, path: &str) -> Result<(), StorageError> {
        let location = Location::parse(path).map_err(object_store::Error::from)?;
        match self.store.delete(&location).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The paths of all files under a folder.
    ///
    /// # Errors
    /// If they cannot be listed.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let prefix = Location::parse(folder).map_err(object_store::Error::from)?;
        let found = self.store.list(Some(&prefix));
        Ok(found
            .map_ok(|meta| meta.location.to_string())
            .try_collect()
            .await?)
    }
}

//! Puts the parts together: opens what is stored, listens, and shuts down in order.

use crate::clock::Clock;
use crate::config::{Config, Limits};
use crate::database::{Database, DatabaseError};
use crate::http::{Listening, listen, router};
use crate::storage::{Storage, StorageError};
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// What requests work with.
pub struct Registry {
    /// Bounds of requests.
    pub limits: Limits,
    /// The database.
    pub database: Database,
    /// The files.
    pub storage: Storage,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// A registry that answers requests.
pub struct Server {
    registry: Arc<Registry>,
    listening: Listening,
    /// Locked as long as the process works on the folder.
    _lock: File,
}

/// Why a registry does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder cannot be used.
    #[error("cannot use the data folder {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Another process serves the folder.
    #[error("another registry-server works on {path}; there can be only one")]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The address is taken or not allowed.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The files cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

impl Server {
    /// Opens the registry, brings its files up to what its database says, and listens.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let lock = lock(config)?;
        let registry = Arc::new(Registry {
            limits: config.limits,
            database: Database::open(&config.data.join("registry.sqlite")).await?,
            storage: Storage::folder(&config.data.join("files"))?,
            clock,
        });
        let listening = listen(config.listen, router(Arc::clone(&registry)), config.limits)
            .await
            .map_err(|source| StartError::Listen {
                address: config.listen,
                source,
            })?;
        tracing::info!(address = %listening.address, origin = config.origin, "listening");
        Ok(Self {
            registry,
            listening,
            _lock: lock,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listening.address
    }

    /// What requests work with.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Accepts no more, finishes what is under way, and closes the database.
    pub async fn stop(self) {
        self.listening.stop().await;
        self.registry.database.close().await;
        tracing::info!("stopped");
    }
}

/// 32 hexadecimal digits that nobody guesses.
pub(crate) fn random_name() -> Result<String, StartError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(StartError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn lock(config: &Config) -> Result<File, StartError> {
    let folder = |source| StartError::Folder {
        path: config.data.clone(),
        source,
    };
    std::fs::create_dir_all(&config.data).map_err(folder)?;
    let file = File::create(config.data.join("lock")).map_err(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::Locked {
            path: config.data.clone(),
        }),
        Err(std::fs::TryLockError::Error(source)) => Err(folder(source)),
    }
}

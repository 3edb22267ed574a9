//! Puts the parts together: opens what is stored, listens, and shuts down in order.

use crate::authority::{Authority, OwnTokens};
use crate::clock::Clock;
use crate::config::{Config, Limits};
use crate::database::{Database, DatabaseError};
use crate::http::{Kind, Listening, Refusal, listen, router};
use crate::keys::{KeyFolder, Keys as _, KeysError, LOG_KEY, ONLINE_KEY};
use crate::maintenance::{Maintenance, MaintenanceError, Traffic, sweep};
use crate::metadata::RoleKey;
use crate::policy::Policy;
use crate::publisher::{PublisherError, TufPublisher};
use crate::search::SearchIndex;
use crate::sequencer::{Parts, Running, Sequencer, SequencerError, StatePublisher};
use crate::storage::{Storage, StorageError};
use crate::telemetry::Telemetry;
use lumen_pkg::log::SignerKey;
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// What requests work with.
pub struct Registry {
    /// Bounds of requests.
    pub limits: Limits,
    /// Rules of names and quotas.
    pub policy: Arc<Policy>,
    /// The database.
    pub database: Database,
    /// The files.
    pub storage: Storage,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Who may do what.
    pub authority: Arc<dyn Authority>,
    /// The one writer of the log.
    pub sequencer: Sequencer,
    /// Speaks for the log's state through TUF.
    pub publisher: Arc<dyn StatePublisher>,
    /// Throws away what is not needed any more.
    pub maintenance: Arc<Maintenance>,
    /// How far the search index is.
    pub search: SearchIndex,
    /// Numbers for those who watch.
    pub telemetry: Arc<Telemetry>,
    /// Places to unpack and check archives in: they bound the memory that it takes.
    pub checks: Arc<Semaphore>,
}

impl Registry {
    /// 32 hexadecimal digits that nobody guesses.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn random_name(&self) -> Result<String, Refusal> {
        random_name().map_err(|error| {
            tracing::error!(error = %error, "no random numbers");
            Refusal::new(Kind::Internal, "The registry has no random numbers.")
        })
    }
}

/// A registry that answers requests.
pub struct Server {
    registry: Arc<Registry>,
    running: Running,
    maintaining: JoinHandle<()>,
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
    /// A key is missing or unusable.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The TUF metadata is missing or unusable.
    #[error(transparent)]
    Publisher(#[from] PublisherError),
    /// What interrupted uploads have left cannot be removed.
    #[error(transparent)]
    Maintenance(#[from] MaintenanceError),
    /// What a crash has left cannot be finished.
    #[error(transparent)]
    Sequencer(#[from] SequencerError),
    /// The numbers cannot be kept.
    #[error("metrics: {0}")]
    Telemetry(#[from] metrics_exporter_prometheus::BuildError),
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
        let storage = Storage::folder(&config.files())?;
        let database = Database::open(&config.database()).await?;
        sweep(&storage, &database, Traffic::NotYet).await?;
        let telemetry = Arc::new(Telemetry::new()?);
        let Sequencing {
            sequencer,
            running,
            publisher,
        } = sequence(
            config,
            &storage,
            &database,
            Arc::clone(&clock),
            Arc::clone(&telemetry),
        )
        .await?;
        let maintenance = Arc::new(Maintenance::new(
            database.clone(),
            storage.clone(),
            Arc::clone(&clock),
            Arc::clone(&publisher),
            sequencer.follow(),
        ));
        let search = SearchIndex::follow(
            database.clone(),
            storage.clone(),
            config.limits.upload,
            sequencer.follow(),
        );
        let registry = Arc::new(Registry {
            limits: config.limits,
            policy: Arc::new(config.policy.clone()),
            authority: Arc::new(OwnTokens::new(database.clone(), Arc::clone(&clock))),
            database,
            storage,
            clock,
            sequencer,
            publisher,
            maintenance: Arc::clone(&maintenance),
            search,
            telemetry,
            checks: Arc::new(Semaphore::new(config.limits.checks)),
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
            running,
            maintaining: maintenance.run(),
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
        self.registry.maintenance.stop();
        // That it panicked, the log has said.
        let _ = self.maintaining.await;
        self.running.stop().await;
        self.registry.database.close().await;
        tracing::info!("stopped");
    }
}

/// A sequencer that runs, and what it publishes through.
pub(crate) struct Sequencing {
    pub(crate) sequencer: Sequencer,
    pub(crate) running: Running,
    pub(crate) publisher: Arc<dyn StatePublisher>,
}

/// Starts the sequencer, which first brings the files up to what the database says.
///
/// # Errors
/// See [`StartError`].
pub(crate) async fn sequence(
    config: &Config,
    storage: &Storage,
    database: &Database,
    clock: Arc<dyn Clock>,
    telemetry: Arc<Telemetry>,
) -> Result<Sequencing, StartError> {
    let keys = KeyFolder::new(config.keys.clone());
    let online = RoleKey::from_seed(&keys.key(ONLINE_KEY)?.to_bytes());
    let publisher: Arc<dyn StatePublisher> = Arc::new(TufPublisher::open(storage.clone(), online).await?);
    let started = Sequencer::start(Parts {
        database: database.clone(),
        storage: storage.clone(),
        clock,
        key: SignerKey::from_seed(&config.origin, &keys.key(LOG_KEY)?.to_bytes())
            .map_err(SequencerError::Log)?,
        publisher: Arc::clone(&publisher),
        policy: Arc::new(config.policy.clone()),
        telemetry,
    });
    let (sequencer, running) = started.await?;
    Ok(Sequencing {
        sequencer,
        running,
        publisher,
    })
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

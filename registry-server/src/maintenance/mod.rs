//! What the registry throws away: uploads that nobody finishes, TUF files that no metadata names any more, map tiles of earlier roots.
//!
//! One bounded step at the start and then every ten minutes, beside the requests and never in their way: it takes the database's writer for an
//! upload at a time, the publisher's lock to look at names only, and the sequencer not at all. What a step leaves the next one finds; a
//! crash in the middle costs nothing, since everything is found by looking at what is there.

mod map;
mod uploads;

use crate::clock::Clock;
use crate::database::{Batch, Database, DatabaseError};
use crate::sequencer::{StateError, StatePublisher};
use crate::storage::{Storage, StorageError};
use lumen_pkg::map::MapError;
use map::Unreachable;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

pub use uploads::{Traffic, sweep};

/// Between two steps.
const INTERVAL: Duration = Duration::from_secs(600);

/// How long what nothing names any more stays for clients that began before, in seconds.
pub const GRACE: u64 = 3600;

/// The most files of a kind that a step removes.
pub const MOST_FILES: usize = 20_000;

/// The most uploads that a step ends.
pub const MOST_UPLOADS: u64 = 1000;

/// What maintenance works with.
pub struct Maintenance {
    /// The database.
    pub(crate) database: Database,
    /// The files.
    pub(crate) storage: Storage,
    /// Time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Knows the files of the metadata.
    pub(crate) publisher: Arc<dyn StatePublisher>,
    /// The last batch that is published.
    pub(crate) published: watch::Receiver<Batch>,
    unreachable: Mutex<Unreachable>,
    stop: watch::Sender<bool>,
}

/// What a step has removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Uploads.
    pub uploads: u64,
    /// Files of uploads, archives that no version has included.
    pub archives: u64,
    /// Files of TUF metadata.
    pub metadata: u64,
    /// Map tiles.
    pub tiles: u64,
}

/// Why a part of a step was left to the next.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Files cannot be listed or removed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The map cannot be read, so it is not known which tiles it needs.
    #[error("map: {0}")]
    Map(#[from] MapError),
    /// The metadata's files cannot be looked at.
    #[error(transparent)]
    State(#[from] StateError),
    /// The registry ends, or a part of the work panicked.
    #[error("ended before its end")]
    Ended,
}

impl Maintenance {
    pub(crate) fn new(
        database: Database,
        storage: Storage,
        clock: Arc<dyn Clock>,
        publisher: Arc<dyn StatePublisher>,
        published: watch::Receiver<Batch>,
    ) -> Self {
        Self {
            database,
            storage,
            clock,
            publisher,
            published,
            unreachable: Mutex::default(),
            stop: watch::channel(false).0,
        }
    }

    /// One step. A part that fails is logged and tried again in the next, and the others go on.
    pub async fn step(&self) -> Removed {
        let now = self.clock.now();
        let mut removed = Removed::default();
        report("uploads", self.end_uploads(now, &mut removed).await);
        match self.publisher.collect(now).await {
            Ok(count) => removed.metadata = count,
            Err(error) => report("metadata", Err(error.into())),
        }
        report("map tiles", self.collect_tiles(now, &mut removed).await);
        if removed != Removed::default() {
            let Removed {
                uploads,
                archives,
                metadata,
                tiles,
            } = removed;
            tracing::info!(uploads, archives, metadata, tiles, "removed");
        }
        removed
    }

    /// Steps until [`Maintenance::stop`].
    pub(crate) fn run(self: Arc<Self>) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut stopped = self.stop.subscribe();
            let mut interval = tokio::time::interval(INTERVAL);
            while !*stopped.borrow_and_update() {
                tokio::select! {
                    _ = stopped.changed() => {}
                    _ = interval.tick() => { self.step().await; }
                }
            }
        })
    }

    /// Lets [`Maintenance::run`] end soon.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }
}

fn report(what: &str, done: Result<(), MaintenanceError>) {
    match done {
        Ok(()) | Err(MaintenanceError::Ended) => {}
        Err(error) => {
            tracing::error!(error = %error, what, "could not be looked through for what is not needed any more; it is tried again");
        }
    }
}

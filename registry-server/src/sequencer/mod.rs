//! The one writer of the registry. Proposals that come while a batch is being written are the next batch (group commit), so the cost of making
//! things durable is shared by all who wait.
//!
//! ```text
//! proposals -> transaction: checks, leaves, tables, map root -> COMMIT: the batch has happened
//!           -> tiles of log and map -> records -> checkpoint -> TUF metadata, timestamp last -> mark -> answers
//! ```
//!
//! Each arrow waits until what is before it is durable. Before the commit a crash leaves nothing; after it, the next start makes the rest
//! from the database (`recover`). Nobody is answered, and no checkpoint is served, before everything that it speaks of is there.

mod derive;
mod journal;
mod name;
mod proposal;
mod recover;
mod state;
mod worker;

pub use proposal::{Outcome, Proposal, Rejection};
pub use state::{PublicState, StateError, StatePublisher};

use crate::clock::Clock;
use crate::database::{Batch, Database, DatabaseError};
use crate::policy::Policy;
use crate::storage::{Storage, StorageError};
use crate::telemetry::Telemetry;
use lumen_pkg::log::{LogError, SignerKey};
use lumen_pkg::map::MapError;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use worker::Worker;

/// The most proposals that wait; more have to wait for a place.
const QUEUE: usize = 1024;

/// What a sequencer works with.
pub struct Parts {
    /// The database.
    pub database: Database,
    /// The files.
    pub storage: Storage,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Signs checkpoints; its name is the origin.
    pub key: SignerKey,
    /// Says to clients where log and map stand.
    pub publisher: Arc<dyn StatePublisher>,
    /// Rules of names.
    pub policy: Arc<Policy>,
    /// Counts batches.
    pub telemetry: Arc<Telemetry>,
}

/// A handle; clones speak to the same sequencer.
#[derive(Clone)]
pub struct Sequencer {
    proposals: mpsc::Sender<Request>,
    published: watch::Receiver<Batch>,
}

/// The sequencer itself, to be ended.
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// A proposal and who waits for it.
struct Request {
    proposal: Proposal,
    reply: oneshot::Sender<Result<Outcome, Rejection>>,
}

/// Why the sequencer cannot work.
#[derive(Debug, thiserror::Error)]
pub enum SequencerError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Files cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The log's tiles are missing or damaged.
    #[error("log: {0}")]
    Log(#[from] LogError),
    /// The map's tiles are missing or damaged.
    #[error("map: {0}")]
    Map(#[from] MapError),
    /// The state cannot be published.
    #[error(transparent)]
    State(#[from] StateError),
    /// What was made from the database is not what was decided.
    #[error("the {what} made from the database is {found}, and {decided} was decided for size {size}")]
    Diverged {
        /// What differs.
        what: &'static str,
        /// The size of the log.
        size: u64,
        /// What the batch says.
        decided: lumen_pkg::Digest,
        /// What came out.
        found: lumen_pkg::Digest,
    },
    /// A stop came before a batch was written to its end; the next start writes it.
    #[error("stopped before a batch was written to its end")]
    Stopped,
    /// A part of the work panicked.
    #[error("a part of the sequencer panicked")]
    Panicked,
}

impl Sequencer {
    /// Recovers what a crash has left, and starts.
    ///
    /// # Errors
    /// See [`SequencerError`].
    pub async fn start(parts: Parts) -> Result<(Self, Running), SequencerError> {
        let (proposals, queue) = mpsc::channel(QUEUE);
        let (stop, stopped) = watch::channel(false);
        let (worker, published) = Worker::start(parts, stopped).await?;
        let task = tokio::spawn(worker.run(queue));
        Ok((Self { proposals, published }, Running { stop, task }))
    }

    /// Proposes an event, and waits until everybody can see what became of it.
    ///
    /// # Errors
    /// See [`Rejection`].
    pub async fn propose(&self, proposal: Proposal) -> Result<Outcome, Rejection> {
        let (reply, answer) = oneshot::channel();
        let request = Request { proposal, reply };
        self.proposals
            .send(request)
            .await
            .map_err(|_| Rejection::Unavailable)?;
        answer.await.map_err(|_| Rejection::Unavailable)?
    }

    /// The last batch that is published, whenever there is another.
    pub fn follow(&self) -> watch::Receiver<Batch> {
        self.published.clone()
    }

    /// The last batch that is published.
    pub fn published(&self) -> Batch {
        self.published.borrow().clone()
    }
}

impl Running {
    /// Writes what was proposed, and ends.
    pub async fn stop(self) {
        // The receivers are only gone when the task is.
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

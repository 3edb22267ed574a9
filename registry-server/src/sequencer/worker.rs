//! The task of the sequencer: takes what is proposed, makes it a batch, writes it.

use super::derive::{Files, grow};
use super::journal::Journal;
use super::proposal::{Fault, Outcome, Rejection, apply};
use super::state::PublicState;
use super::{Parts, Request, SequencerError, recover};
use crate::database::Batch;
use lumen_pkg::log::{LogWriter, MAXIMUM_NOTE_BYTES, Note};
use lumen_pkg::protocol::{Event, paths};
use lumen_pkg::tuf::MapRoot;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};

/// The most proposals in a batch: it bounds the time that the first has to wait for the last.
const BATCH: usize = 256;

/// Between attempts to write a batch that was decided.
const RETRY: Duration = Duration::from_secs(1);

/// Attempts for whose end those who wait for a batch are kept waiting.
const ATTEMPTS: u32 = 3;

/// How often to look whether something expires soon.
const RENEW: Duration = Duration::from_secs(600);

/// The sequencer's own state: log and map as of the last batch that was decided.
pub(super) struct Worker {
    pub(super) parts: Parts,
    pub(super) writer: LogWriter,
    pub(super) last: Batch,
    pub(super) published: watch::Sender<Batch>,
    pub(super) stopped: watch::Receiver<bool>,
    /// Whether a batch failed, so that the database may be ahead of the files. Nothing new is decided before they agree again.
    pub(super) is_behind: bool,
}

type Answers = Vec<Result<Outcome, Rejection>>;

impl Worker {
    /// Brings everything to where the database says it is.
    pub(super) async fn start(
        parts: Parts,
        stopped: watch::Receiver<bool>,
    ) -> Result<(Self, watch::Receiver<Batch>), SequencerError> {
        let (writer, last) = recover::recover(&parts).await?;
        let (published, receiver) = watch::channel(last.clone());
        let mut worker = Self {
            parts,
            writer,
            last,
            published,
            stopped,
            is_behind: false,
        };
        if worker.last.size == 0 {
            // The first leaf says that the map is empty, so that a log always has a leaf and a root.
            worker.batch(Vec::new(), true).await?;
        } else if !worker.signs_the_checkpoint().await? {
            // The operator has put another log key in place: clients believe only what that has signed.
            worker.batch(Vec::new(), true).await?;
        }
        // What another online key has signed, or what expired while the registry was down, must not be what the first client sees.
        worker.renew().await;
        Ok((worker, receiver))
    }

    /// Until there is a stop and nothing more is waiting.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let mut renew = tokio::time::interval(RENEW);
        let mut retry = tokio::time::interval(RETRY);
        let mut stopped = self.stopped.clone();
        loop {
            tokio::select! {
                biased;
                request = queue.recv() => match request {
                    Some(first) => self.serve(first, &mut queue).await,
                    None => return,
                },
                () = stop(&mut stopped) => return,
                _ = retry.tick(), if self.is_behind => drop(self.catch_up().await),
                _ = renew.tick() => self.renew().await,
            }
        }
    }

    /// Whether the checkpoint in storage has a signature by the log's present key.
    async fn signs_the_checkpoint(&self) -> Result<bool, SequencerError> {
        let Parts { storage, key, .. } = &self.parts;
        let bytes = storage.read(paths::CHECKPOINT, MAXIMUM_NOTE_BYTES as u64).await?;
        let note = bytes.and_then(|bytes| Note::parse(&bytes).ok());
        Ok(note.is_some_and(|note| matches!(note.verify(key.verifier()), Ok(Some(_)))))
    }

    async fn renew(&self) {
        let now = self.parts.clock.now();
        if let Err(error) = self.parts.publisher.renew(now).await {
            tracing::error!(error = %error, "what expires could not be renewed; it is tried again");
        }
    }

    async fn serve(&mut self, first: Request, queue: &mut mpsc::Receiver<Request>) {
        let mut proposals = vec![first.proposal];
        let mut replies = vec![first.reply];
        while let Ok(next) = queue.try_recv() {
            proposals.push(next.proposal);
            replies.push(next.reply);
            if proposals.len() == BATCH {
                break;
            }
        }
        // Replies that are dropped say `Unavailable`.
        if self.is_behind && !self.catch_up().await {
            return;
        }
        match self.batch(proposals, false).await {
            Ok(answers) => {
                for (reply, answer) in replies.into_iter().zip(answers) {
                    // Whoever does not wait any more asks again and is told the same.
                    let _ = reply.send(answer);
                }
            }
            Err(error) => {
                tracing::error!(error = %error, "a batch failed");
                self.is_behind = true;
            }
        }
    }

    /// After a failure it may not be known whether the batch was decided: the database says, and what it says is written. Whether that
    /// has been done.
    async fn catch_up(&mut self) -> bool {
        match recover::recover(&self.parts).await {
            Ok((writer, last)) => {
                self.writer = writer;
                self.last = last.clone();
                self.published.send_replace(last);
                self.is_behind = false;
            }
            Err(error) => {
                tracing::error!(error = %error, "what was decided cannot be written; it is tried again")
            }
        }
        !self.is_behind
    }

    /// Decides a batch, and makes it public.
    async fn batch(
        &mut self,
        proposals: Vec<super::Proposal>,
        even_if_empty: bool,
    ) -> Result<Answers, SequencerError> {
        let started = Instant::now();
        let time = self.parts.clock.now().max(self.last.time);
        let transaction = self.parts.database.write().await?;
        let policy = Arc::clone(&self.parts.policy);
        let mut journal = Journal::new(transaction, self.last.size, time, policy);
        let mut answers = Vec::with_capacity(proposals.len());
        let mut publishes = 0;
        for proposal in proposals {
            let publish = matches!(proposal, super::Proposal::Publish { .. });
            answers.push(match apply(&mut journal, proposal).await {
                Ok(outcome) => {
                    publishes += u64::from(publish && matches!(outcome, Outcome::Added { .. }));
                    Ok(outcome)
                }
                Err(Fault::Rejected(rejection)) => Err(rejection),
                Err(Fault::Database(error)) => return Err(error.into()),
            });
        }
        if journal.is_empty() && !even_if_empty {
            journal.end().await?;
            return Ok(answers);
        }
        let files = self.decide(journal).await?;
        self.write(&files).await?;
        let leaves = self.last.size - self.last.start;
        self.parts.telemetry.batch(leaves, publishes, started.elapsed());
        Ok(answers)
    }

    /// Adds the map root and commits. When this returns, the batch is in the log, whatever happens.
    async fn decide(&mut self, mut journal: Journal<'_>) -> Result<Files, SequencerError> {
        let Parts { storage, key, .. } = &self.parts;
        let (changed, packages) = journal.renew_records().await?;
        let leaves = journal.leaves().to_vec();
        let mut grown = grow(storage, &self.writer, self.last.map_root, leaves, changed).await?;
        let root = grown.map_root;
        let event = Event::MapRoot { root, packages };
        match journal.add(event).await {
            Ok(_) => {}
            Err(Fault::Database(error)) => return Err(error.into()),
            Err(Fault::Rejected(_)) => return Err(SequencerError::Panicked),
        }
        if let Some(leaf) = journal.leaves().last() {
            grown.writer.append(leaf)?;
        }
        let batch = Batch {
            start: self.last.size,
            size: grown.writer.size(),
            time: journal.time(),
            tree_root: grown.writer.root(),
            map_root: root,
            packages,
            published: false,
        };
        let (writer, files) = grown.files(&batch, key.verifier().name(), key)?;
        journal.commit(&batch).await?;
        self.writer = writer;
        self.last = batch;
        Ok(files)
    }

    /// Writes a batch that was decided.
    ///
    /// # Errors
    /// If a stop came first, or the last of some attempts failed. The batch happened all the same: [`Worker::catch_up`] writes it later.
    async fn write(&mut self, files: &Files) -> Result<(), SequencerError> {
        let mut stopped = self.stopped.clone();
        let mut attempt = 1;
        while let Err(error) = publish(&self.parts, &self.last, files).await {
            tracing::error!(error = %error, size = self.last.size, attempt, "a batch could not be written");
            if attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
            tokio::select! {
                () = tokio::time::sleep(RETRY) => {}
                () = stop(&mut stopped) => return Err(SequencerError::Stopped),
            }
        }
        self.last.published = true;
        self.published.send_replace(self.last.clone());
        tracing::info!(
            leaves = self.last.size - self.last.start,
            size = self.last.size,
            "batch"
        );
        Ok(())
    }
}

/// Until there is a stop, or nobody is left who could give one.
async fn stop(stopped: &mut watch::Receiver<bool>) {
    while !*stopped.borrow_and_update() && stopped.changed().await.is_ok() {}
}

/// Writes a batch in its order, each step durable before the next.
pub(super) async fn publish(parts: &Parts, batch: &Batch, files: &Files) -> Result<(), SequencerError> {
    let storage = &parts.storage;
    storage.write(files.tiles.clone()).await?;
    storage.write(files.records.clone()).await?;
    let checkpoint = (paths::CHECKPOINT.to_owned(), files.checkpoint.clone());
    storage.write(vec![checkpoint]).await?;
    let state = PublicState {
        checkpoint: files.checkpoint.clone(),
        map_root: MapRoot {
            root: batch.map_root,
            packages: batch.packages,
            size: batch.size,
        },
    };
    parts.publisher.publish(&state, parts.clock.now()).await?;
    parts.database.mark_published(batch.size).await?;
    Ok(())
}

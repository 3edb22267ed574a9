//! Keeps the search index up to what is published: a task that follows the sequencer, reads the manifests of new versions and writes the index.
//!
//! The index follows from everything else, so nothing waits for it but searches.

use crate::database::{Batch, Database, DatabaseError, Document};
use crate::storage::{Storage, StorageError};
use lumen_pkg::archive::{decompress, read};
use lumen_pkg::protocol::{PublishedVersion, Record, paths};
use lumen_pkg::{PackageName, PublishedManifest};
use std::time::Duration;
use tokio::sync::watch;

/// How long a search waits for what was published before it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The longest description in the index, in characters.
const DESCRIPTION: usize = 500;

/// The most keywords in the index, and their longest, in characters.
const KEYWORDS: (usize, usize) = (20, 50);

/// Packages that are put into the index at once.
const PAGE: usize = 100;

/// Why a package cannot be put into the index.
#[derive(Debug, thiserror::Error)]
enum IndexError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Says how far the index is.
#[derive(Debug, Clone)]
pub struct SearchIndex {
    size: watch::Receiver<u64>,
}

struct Indexer {
    database: Database,
    storage: Storage,
    /// The longest compressed archive, in bytes.
    limit: u64,
}

impl SearchIndex {
    /// Starts the task; it ends when the sequencer does.
    pub fn follow(
        database: Database,
        storage: Storage,
        limit: u64,
        published: watch::Receiver<Batch>,
    ) -> Self {
        let (sender, size) = watch::channel(0);
        let indexer = Indexer {
            database,
            storage,
            limit,
        };
        tokio::spawn(indexer.run(published, sender));
        Self { size }
    }

    /// Until the index has so many leaves; but not for long.
    pub async fn reach(&self, size: u64) {
        let mut reached = self.size.clone();
        // Late or ended: a search answers from what is there.
        let _ = tokio::time::timeout(PATIENCE, reached.wait_for(|indexed| *indexed >= size)).await;
    }
}

impl Indexer {
    async fn run(self, mut published: watch::Receiver<Batch>, sender: watch::Sender<u64>) {
        loop {
            let size = published.borrow_and_update().size;
            match self.catch_up(size).await {
                Ok(()) => {
                    sender.send_replace(size);
                }
                Err(error) => {
                    tracing::error!(error = %error, "the search index stays behind; the next batch tries again")
                }
            }
            if published.changed().await.is_err() {
                return;
            }
        }
    }

    async fn catch_up(&self, size: u64) -> Result<(), IndexError> {
        let indexed = self.database.search_size().await?;
        if indexed >= size {
            return Ok(());
        }
        let packages = self.database.packages_since(indexed).await?;
        let pages = packages.chunks(PAGE);
        let last = pages.len().saturating_sub(1);
        for (number, page) in pages.enumerate() {
            let mut changed = Vec::new();
            for package in page {
                if let Some(document) = self.changed(package, size).await? {
                    changed.push((package.clone(), document));
                }
            }
            // Only the last page has reached the size: a crash before it begins again.
            let reached = if number == last { size } else { indexed };
            self.database.index(reached, &changed).await?;
        }
        if packages.is_empty() {
            self.database.index(size, &[]).await?;
        }
        Ok(())
    }

    /// What the index should have of a package; `None` if it has it.
    async fn changed(
        &self,
        package: &PackageName,
        size: u64,
    ) -> Result<Option<Option<Document>>, IndexError> {
        let (bytes, _) = self.database.record(package).await?;
        let Ok(record) = Record::from_bytes(&bytes) else {
            return Ok(Some(None));
        };
        let there = self.database.searched_version(package).await?;
        let Some(newest) = newest(&record, size) else {
            return Ok(there.map(|_| None));
        };
        if there.as_deref() == Some(newest.version.to_string().as_str()) {
            return Ok(None);
        }
        Ok(Some(Some(self.document(newest).await?)))
    }

    async fn document(&self, version: &PublishedVersion) -> Result<Document, IndexError> {
        let (archive, size) = (version.archive, version.size);
        let bytes = self.storage.read(&paths::archive(&archive), self.limit).await?;
        let manifest = tokio::task::spawn_blocking(move || {
            let tar = decompress(&bytes?[..], size, &archive).ok()?;
            PublishedManifest::read(read(&tar).ok()?.manifest()).ok()
        });
        let manifest = manifest.await.ok().flatten();
        if manifest.is_none() {
            tracing::warn!(archive = %archive, "no manifest to search in");
        }
        let (description, keywords) = manifest
            .map(|found| (found.description, found.keywords))
            .unwrap_or_default();
        let cut = |text: String, most| text.chars().take(most).collect::<String>();
        let keywords = keywords.into_iter().take(KEYWORDS.0);
        Ok(Document {
            version: version.version.clone(),
            description: description.map(|text| cut(text, DESCRIPTION)),
            keywords: keywords.map(|word| cut(word, KEYWORDS.1)).collect(),
        })
    }
}

/// The version that a search shows: the newest that is not yanked, a pre-release only if there is nothing else.
fn newest(record: &Record, size: u64) -> Option<&PublishedVersion> {
    let usable = record.versions.iter();
    let usable = usable.filter(|version| !version.yanked && version.leaf < size);
    usable.max_by_key(|version| (version.version.pre.is_empty(), &version.version))
}

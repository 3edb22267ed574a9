//! The line to the registry: `sigstore-tuf`'s repository trait over [`Fetch`](super::Fetch).
//!
//! It answers from the store where a file of the wanted version is already there (its verification is the same, against the
//! same pin), so that a refresh asks only for what is new. It keeps the bytes read last, as evidence.

use super::quorum;
use super::source::FetchError;
use super::staged::{Failure, LastRead, Staged};
use serde_json::Value;
use sigstore_tuf::transport::{FetchFuture, Repository};
use std::sync::Arc;

pub(super) struct Line(pub(super) Arc<Staged>);

impl Repository for Line {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        let answer = self.metadata(name, max_length);
        Box::pin(std::future::ready(answer))
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        let answer = self.ask(&format!("targets/{path}"), max_length);
        Box::pin(std::future::ready(answer))
    }
}

impl Line {
    fn metadata(&self, file: &str, maximum: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        if let Some(bytes) = self.stored(file)? {
            self.note(file, &bytes, true);
            return Ok(Some(bytes));
        }
        let answer = self.ask(file, maximum)?;
        if let Some(bytes) = &answer
            && let Some(shared) = quorum::shared_key(bytes)
        {
            return Err(self.fail(Failure::Quorum(file.to_owned(), shared)));
        }
        Ok(answer)
    }

    /// The stored copy of `VERSION.ROLE.json`, if it has that version. Roots are chained elsewhere.
    fn stored(&self, file: &str) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        let Some((version, role)) = versioned(file) else {
            return Ok(None);
        };
        if role == "root" || self.0.cell().distrust_stored {
            return Ok(None);
        }
        let bytes = self
            .0
            .read(&format!("{role}.json"))
            .map_err(|error| sigstore_tuf::Error::transport(error.to_string()))?;
        Ok(bytes.filter(|bytes| version_of(bytes) == Some(version)))
    }

    fn ask(&self, file: &str, maximum: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        let answer = match self.0.fetch.fetch(file, maximum) {
            Ok(Some(bytes)) if bytes.len() as u64 > maximum => Err(FetchError::TooLarge { maximum }),
            answer => answer,
        };
        match answer {
            Ok(Some(bytes)) => {
                self.note(file, &bytes, false);
                Ok(Some(bytes))
            }
            Ok(None) => {
                self.note(file, &[], false);
                Ok(None)
            }
            Err(error) => {
                self.note(file, &[], false);
                Err(self.fail(Failure::Fetch(file.to_owned(), error)))
            }
        }
    }

    fn note(&self, file: &str, bytes: &[u8], stored: bool) {
        self.0.cell().last = LastRead {
            file: file.to_owned(),
            bytes: bytes.to_vec(),
            stored,
        };
    }

    fn fail(&self, failure: Failure) -> sigstore_tuf::Error {
        self.0.cell().failure = Some(failure);
        sigstore_tuf::Error::transport("see the failure noted beside")
    }
}

/// Splits `VERSION.ROLE.json`.
pub(super) fn versioned(file: &str) -> Option<(u64, &str)> {
    let (version, role) = file.strip_suffix(".json")?.split_once('.')?;
    Some((version.parse().ok()?, role))
}

/// The version that a metadata file claims, verified or not.
pub(super) fn version_of(bytes: &[u8]) -> Option<u64> {
    let document: Value = serde_json::from_slice(bytes).ok()?;
    document.get("signed")?.get("version")?.as_u64()
}

//! A repository whose top-level roles are verified and fresh: find targets in it, and download them.

use super::line::{Line, version_of};
use super::refusal::{TufError, explain};
use super::source::Limits;
use super::staged::{Failure, Staged, StagedCache};
use super::store::StoreError;
use jiff::Timestamp;
use serde_json::Value;
use sigstore_tuf::{TargetFile, TrustedMetadataSet, Updater, UpdaterConfig};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// What [`TufClient::with_verified`](super::TufClient::with_verified) hands to its closure.
pub struct Verified {
    updater: Updater,
    staged: Arc<Staged>,
    now: Timestamp,
}

impl Verified {
    /// Opens the stored state and refreshes the top-level roles.
    pub(super) fn open(
        pinned: &[u8],
        staged: &Arc<Staged>,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, TufError> {
        let stored_root = stored(staged, "root.json")?;
        for name in ["timestamp.json", "snapshot.json", "targets.json"] {
            stored(staged, name)?;
        }
        let updater =
            Updater::new(Line(Arc::clone(staged)), pinned).map_err(|error| pinned_refusal(&error, pinned))?;
        let updater = updater
            .with_config(config(limits))
            .with_store(StagedCache(Arc::clone(staged)));
        if let Some(Failure::Store(error)) = staged.cell().failure.take() {
            return Err(error.into());
        }
        if let Some(stored) = stored_root {
            follows(&stored, updater.trusted())?;
        }
        let mut verified = Self {
            updater,
            staged: Arc::clone(staged),
            now,
        };
        verified.attempt(|updater| finish(updater.refresh(now)))?;
        Ok(verified)
    }

    /// The entry of a target, in whichever role is entitled to it; `None` if none lists it.
    ///
    /// # Errors
    /// If a role on the way is refused.
    pub fn find(&mut self, target: &str) -> Result<Option<TargetFile>, TufError> {
        let now = self.now;
        self.attempt(|updater| finish(updater.get_target_info(target, now)))
    }

    /// Downloads a target that [`Verified::find`] found, and checks length and hash.
    ///
    /// # Errors
    /// If it is not the one that is signed.
    pub fn download(&mut self, name: &str, target: &TargetFile) -> Result<Vec<u8>, TufError> {
        self.attempt(|updater| finish(updater.download_target(target, name)))
    }

    /// The entry of a target in this very role, once that is loaded.
    pub(super) fn listed(&self, role: &str, target: &str) -> Option<&TargetFile> {
        self.updater.trusted().targets_role(role)?.target(target)
    }

    /// Whether this role has been reached and verified.
    pub(super) fn has(&self, role: &str) -> bool {
        self.updater.trusted().targets_role(role).is_some()
    }

    /// The bytes of a role's verified metadata.
    pub(super) fn bytes(&self, role: &str) -> Result<Vec<u8>, TufError> {
        Ok(self.staged.read(&format!("{role}.json"))?.unwrap_or_default())
    }

    /// Runs a step; if it fails on a stored copy, once more with what the registry has.
    fn attempt<T>(&mut self, step: impl Fn(&mut Updater) -> sigstore_tuf::Result<T>) -> Result<T, TufError> {
        loop {
            let outcome = step(&mut self.updater);
            let again = {
                let mut cell = self.staged.cell();
                if let Some(Failure::Store(error)) = &cell.failure {
                    return Err(error.clone().into());
                }
                let again = outcome.is_err() && cell.last.stored && !cell.distrust_stored;
                cell.distrust_stored |= again;
                again
            };
            match outcome {
                Ok(value) => return Ok(value),
                Err(_) if again => {}
                Err(error) => return Err(explain(&error, &self.staged, self.updater.trusted())),
            }
        }
    }
}

/// Polls a future whose reads are all ready, since [`Line`] answers at once.
fn finish<T>(future: impl Future<Output = sigstore_tuf::Result<T>>) -> sigstore_tuf::Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Err(sigstore_tuf::Error::Malformed(
            "a read that does not finish".to_owned(),
        )),
    }
}

fn config(limits: &Limits) -> UpdaterConfig {
    let mut config = UpdaterConfig::default();
    config.root_max_length = limits.root;
    config.timestamp_max_length = limits.timestamp;
    config.snapshot_max_length = limits.snapshot;
    config.targets_max_length = limits.targets;
    config.target_max_length = limits.target;
    config.max_root_rotations = limits.roots;
    config.max_delegations = limits.delegations;
    config
}

/// A stored file, which must at least be JSON: `sigstore-tuf` passes over one that is not, and its floor with it.
fn stored(staged: &Staged, name: &str) -> Result<Option<Vec<u8>>, TufError> {
    let bytes = staged.read(name)?;
    match &bytes {
        Some(bytes) if serde_json::from_slice::<Value>(bytes).is_err() => {
            Err(damaged(name, "is not JSON").into())
        }
        _ => Ok(bytes),
    }
}

/// The stored chain of roots must lead from the pinned root to the newest stored one, or else that was lost or is of another registry.
fn follows(stored: &[u8], trusted: &TrustedMetadataSet) -> Result<(), TufError> {
    let reached = trusted.root().version;
    let wanted = version_of(stored).ok_or_else(|| damaged("root.json", "has no version"))?;
    if wanted > reached || wanted == reached && stored != trusted.root_bytes() {
        let reason = format!(
            "(version {wanted}) does not follow from the pinned root: another registry's, or damaged"
        );
        return Err(damaged("root.json", &reason).into());
    }
    Ok(())
}

fn damaged(file: &str, reason: &str) -> StoreError {
    StoreError::Damaged {
        file: file.to_owned(),
        reason: reason.to_owned(),
    }
}

fn pinned_refusal(error: &sigstore_tuf::Error, pinned: &[u8]) -> TufError {
    let found = super::refusal::sentence(error);
    let refusal = super::Refusal::new(
        "root",
        super::Rule::Form,
        "a pinned root that signs itself",
        found,
    );
    refusal.about("the pinned root", pinned).into()
}

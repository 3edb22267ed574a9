//! A session with one registry: everything that it answers was verified, in the order of `docs/spec/registry-v1.md`.

use super::error::ClientError;
use super::refresh::{Verified, refresh, remembered};
use super::state::TrustStore;
use super::tiles::{log_failure, with_tiles};
use super::transport::{Metered, Traffic, Transport};
use super::violation::Rule;
use crate::log::{Checkpoint, LogPolicy, Note, consistency_from_tiles};
use crate::name::PackageName;
use crate::protocol::{MapValue, Record};
use crate::tuf::{MapRoot, RegistryConfig};
use semver::Version;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whether a session asks what is true now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It does: what it answers is as fresh as TUF proves.
    Now,
    /// It answers from what was true at the last refresh: `--offline`.
    LastSeen,
}

/// A session with one registry. May be shared by threads.
pub struct RegistrySession {
    pinned_root: Vec<u8>,
    pub(super) metered: Arc<Metered>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) trust: Arc<dyn TrustStore>,
    pub(super) now: u64,
    freshness: Freshness,
    state: Mutex<Known>,
}

struct Known {
    verified: Arc<Verified>,
    records: BTreeMap<PackageName, Option<VerifiedRecord>>,
}

/// A record, with what the map says of it.
#[derive(Debug, Clone)]
pub struct VerifiedRecord {
    /// What the map holds.
    pub value: MapValue,
    /// The record.
    pub record: Arc<Record>,
}

impl RegistrySession {
    /// Opens a session: refreshes, or goes on with what was last seen. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// See [`ClientError`]. Unless all has verified, the state is as it was.
    pub fn open(
        pinned_root: &[u8],
        transport: Arc<dyn Transport>,
        trust: Arc<dyn TrustStore>,
        now: u64,
        freshness: Freshness,
    ) -> Result<Self, ClientError> {
        let metered = Arc::new(Metered::new(transport));
        let transport: Arc<dyn Transport> = Arc::clone(&metered) as Arc<dyn Transport>;
        let verified = match freshness {
            Freshness::Now => refresh(pinned_root, &transport, trust.as_ref(), now)
                .map_err(|error| with_evidence(trust.as_ref(), error))?,
            Freshness::LastSeen => match trust.load()? {
                Some(state) => remembered(state)?,
                None => {
                    return Err(ClientError::Network {
                        needed: "for a first look at it".to_owned(),
                        failure: super::transport::TransportError::Offline {
                            host: transport.host().to_owned(),
                        },
                    });
                }
            },
        };
        Ok(Self {
            pinned_root: pinned_root.to_vec(),
            metered,
            transport,
            trust,
            now,
            freshness,
            state: Mutex::new(Known {
                verified: Arc::new(verified),
                records: BTreeMap::new(),
            }),
        })
    }

    /// Asks again what is true now. Records are looked up anew afterwards.
    ///
    /// # Errors
    /// See [`ClientError`]; the session then goes on with what it had.
    pub fn refresh(&self) -> Result<(), ClientError> {
        let verified = refresh(&self.pinned_root, &self.transport, self.trust.as_ref(), self.now)
            .map_err(|error| self.refuse(error))?;
        let mut known = self.known();
        known.verified = Arc::new(verified);
        known.records.clear();
        Ok(())
    }

    /// The TUF root that it is trusted by.
    pub fn pinned_root(&self) -> &[u8] {
        &self.pinned_root
    }

    /// The registry's origin: its name in locks.
    pub fn origin(&self) -> String {
        self.verified().registry.origin.clone()
    }

    /// What the registry says of itself.
    pub fn registry(&self) -> RegistryConfig {
        self.verified().registry.clone()
    }

    /// The checkpoint that everything is verified against.
    pub fn checkpoint(&self) -> Checkpoint {
        self.verified().checkpoint.clone()
    }

    /// Its signed note.
    pub fn note(&self) -> Note {
        self.verified().note.clone()
    }

    /// Whose signatures it needs.
    pub fn policy(&self) -> LogPolicy {
        self.verified().policy.clone()
    }

    /// The map's root at that checkpoint.
    pub fn map_root(&self) -> MapRoot {
        self.verified().map_root
    }

    /// When it was fresh, in seconds since 1970.
    pub fn refreshed(&self) -> u64 {
        self.verified().refreshed
    }

    /// Whether it asks what is true now.
    pub const fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Whether the log of this session continues a checkpoint that somebody else saw, of a lock for instance.
    ///
    /// # Errors
    /// If it does not: one of the two was shown another log.
    pub fn continues(&self, seen: &Checkpoint) -> Result<(), ClientError> {
        let now = &self.verified().checkpoint;
        let proved = with_tiles(self.transport.as_ref(), self.trust.as_ref(), |tiles| {
            consistency_from_tiles(seen, now, tiles)
        });
        proved
            .map(drop)
            .map_err(|error| self.refuse(log_failure(Rule::History, "the log of the lock", error)))
    }

    /// What went over the wire so far.
    pub fn traffic(&self) -> Traffic {
        self.metered.traffic()
    }

    /// The way to the registry, counted.
    pub fn transport(&self) -> &dyn Transport {
        self.transport.as_ref()
    }

    pub(super) fn verified(&self) -> Arc<Verified> {
        Arc::clone(&self.known().verified)
    }

    /// Whether a version is yanked, as far as its record was looked up in this session. Asks nobody.
    pub fn known_yank(&self, package: &PackageName, version: &Version) -> Option<bool> {
        let record = self.known_record(package)??;
        Some(is_yanked(&record.record, version))
    }

    pub(super) fn known_record(&self, package: &PackageName) -> Option<Option<VerifiedRecord>> {
        self.known().records.get(package).cloned()
    }

    /// Remembers a record that was verified against `verified`, if that is still what the session stands on.
    pub(super) fn learn(
        &self,
        verified: &Arc<Verified>,
        package: &PackageName,
        record: Option<VerifiedRecord>,
    ) {
        let mut known = self.known();
        if Arc::ptr_eq(&known.verified, verified) {
            known.records.insert(package.clone(), record);
        }
    }

    /// Keeps the evidence of a violation.
    pub(super) fn refuse(&self, error: ClientError) -> ClientError {
        with_evidence(self.trust.as_ref(), error)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a record has a version as yanked.
pub fn is_yanked(record: &Record, version: &Version) -> bool {
    let mut versions = record.versions.iter();
    versions.any(|published| published.version == *version && published.yanked)
}

fn with_evidence(trust: &dyn TrustStore, error: ClientError) -> ClientError {
    match error {
        ClientError::Security(mut violation) if violation.kept.is_none() => {
            violation.kept = trust.keep(&violation);
            ClientError::Security(violation)
        }
        other => other,
    }
}

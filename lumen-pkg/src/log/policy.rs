//! Which signatures make a checkpoint good: the log's own, and those of a quorum of witnesses.

use super::checkpoint::Checkpoint;
use super::error::LogError;
use super::key::{SignatureType, VerifierKey};
use super::note::Note;

/// How far ahead of the verifier's clock a cosignature may be dated, in seconds (10 minutes). One that is further ahead does not count.
pub const CLOCK_SKEW: u64 = 600;

/// What a checkpoint of a log needs to be believed. Comes from TUF metadata, never from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPolicy {
    log: VerifierKey,
    witnesses: Vec<VerifierKey>,
    quorum: usize,
}

impl LogPolicy {
    /// A policy: the log's key, whose name is the log's origin, and `quorum` of `witnesses`. A quorum of 0 asks for no witness.
    ///
    /// # Errors
    /// If a key is of the wrong type, two witnesses share a name or a key (a cosignature does not cover the name, so that one key under two
    /// names would count twice), a witness has the log's key, or the quorum is larger than the number of witnesses.
    pub fn new(log: VerifierKey, witnesses: Vec<VerifierKey>, quorum: usize) -> Result<Self, LogError> {
        let malformed = |why: String| Err(LogError::Malformed { what: "policy", why });
        if log.kind() != SignatureType::Ed25519 {
            return malformed("the log's key is not of type 1".to_owned());
        }
        for (place, witness) in witnesses.iter().enumerate() {
            if witness.kind() != SignatureType::Cosignature {
                return malformed(format!(
                    "the key of witness `{}` is not of type 4",
                    witness.name()
                ));
            }
            let mut others = witnesses.iter().take(place).chain(std::iter::once(&log));
            if others
                .any(|other| other.name() == witness.name() || other.public_key() == witness.public_key())
            {
                return malformed(format!(
                    "the name or key of witness `{}` is used twice",
                    witness.name()
                ));
            }
        }
        if quorum > witnesses.len() {
            return malformed(format!("{quorum} of {} witnesses cannot sign", witnesses.len()));
        }
        Ok(Self {
            log,
            witnesses,
            quorum,
        })
    }

    /// The origin of the log.
    pub fn origin(&self) -> &str {
        self.log.name()
    }

    /// The log's key.
    pub const fn log_key(&self) -> &VerifierKey {
        &self.log
    }

    /// The witnesses' keys.
    pub fn witnesses(&self) -> &[VerifierKey] {
        &self.witnesses
    }

    /// How many of them are needed.
    pub const fn quorum(&self) -> usize {
        self.quorum
    }
}

/// Reads a checkpoint and verifies it: form, origin, the log's signature, and cosignatures of enough different witnesses that are not dated more
/// than [`CLOCK_SKEW`] after `now` (seconds since 1970). Signatures of unknown keys are ignored, as signed-note wants it; a wrong one of a known
/// key refuses the whole note.
///
/// # Errors
/// See [`LogError`].
pub fn verify_checkpoint(note: &[u8], policy: &LogPolicy, now: u64) -> Result<Checkpoint, LogError> {
    verify_note(&Note::parse(note)?, policy, now)
}

/// [`verify_checkpoint`] for a note that has been parsed.
pub(super) fn verify_note(note: &Note, policy: &LogPolicy, now: u64) -> Result<Checkpoint, LogError> {
    if note.verify(&policy.log)?.is_none() {
        // A checkpoint of another log is told apart, so that the message names both.
        let found = Checkpoint::parse(note.text())?.origin;
        return Err(match found == policy.origin() {
            true => LogError::Unsigned {
                key: policy.log.label(),
            },
            false => other_origin(policy, found),
        });
    }
    let checkpoint = Checkpoint::parse(note.text())?;
    if checkpoint.origin != policy.origin() {
        return Err(other_origin(policy, checkpoint.origin));
    }
    let (mut found, mut early) = (0, Vec::new());
    for witness in &policy.witnesses {
        match note.verify(witness)?.flatten() {
            Some(time) if time > now.saturating_add(CLOCK_SKEW) => early.push(witness.name().to_owned()),
            Some(_) => found += 1,
            None => {}
        }
    }
    match found < policy.quorum {
        true => Err(LogError::Quorum {
            needed: policy.quorum,
            found,
            early,
        }),
        false => Ok(checkpoint),
    }
}

fn other_origin(policy: &LogPolicy, found: String) -> LogError {
    LogError::Origin {
        expected: policy.origin().to_owned(),
        found,
    }
}

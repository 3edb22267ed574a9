//! Proofs that stand alone: a bundle shows that a version is in a log, to somebody who knows the log's key and asks nobody.

use super::error::ClientError;
use super::releases::read_leaf;
use super::tiles::log_failure;
use super::violation::{Rule, Violation};
use crate::log::{Checkpoint, LogPolicy, ProofBundle, verify_checkpoint};
use crate::protocol::{Event, PublicKey, PublishStatement};

/// What a bundle proves.
#[derive(Debug, Clone)]
pub struct ProvedRelease {
    /// What was published.
    pub statement: PublishStatement,
    /// By whom, in the registry's words.
    pub user: String,
    /// The key that signed it.
    pub key: PublicKey,
    /// The index of its leaf.
    pub index: u64,
    /// The log that it is in.
    pub checkpoint: Checkpoint,
}

/// Verifies the text of a bundle: the checkpoint under `policy`, the inclusion of the leaf, that it is a publish leaf, and the publisher's signature. `now` is
/// in seconds since 1970.
///
/// # Errors
/// [`ClientError::Security`].
pub fn verify_bundle(bytes: &[u8], policy: &LogPolicy, now: u64) -> Result<ProvedRelease, ClientError> {
    verify(bytes, policy, now).map_err(|error| match error {
        ClientError::Security(violation) => violation.with("proof", bytes).into(),
        other => other,
    })
}

/// Verifies a checkpoint that was kept beside bundles: its signatures under `policy`. `now` is in seconds since 1970.
///
/// # Errors
/// [`ClientError::Security`].
pub fn verify_kept_checkpoint(note: &[u8], policy: &LogPolicy, now: u64) -> Result<Checkpoint, ClientError> {
    verify_checkpoint(note, policy, now).map_err(|error| {
        match log_failure(Rule::Checkpoint, "the checkpoint beside the proofs", error) {
            ClientError::Security(violation) => violation.with("checkpoint", note).into(),
            other => other,
        }
    })
}

fn verify(bytes: &[u8], policy: &LogPolicy, now: u64) -> Result<ProvedRelease, ClientError> {
    let proved = ProofBundle::parse(bytes)
        .and_then(|bundle| bundle.verify(policy, now))
        .map_err(|error| log_failure(Rule::ProofBundle, "the proof", error))?;
    let leaf = read_leaf(proved.index, &proved.leaf)?;
    let Event::Publish {
        statement,
        user,
        key,
        signature,
    } = leaf.event
    else {
        let expected = "a leaf that publishes a version";
        return Err(Violation::new(
            Rule::ProofBundle,
            "the proof",
            expected,
            "a leaf about something else",
        )
        .into());
    };
    let subject = format!("{} {}", statement.package, statement.version);
    key.verify(&statement.signed_bytes(), &signature)
        .map_err(|error| {
            let expected = format!("a signature of {user}'s key {}", key.id());
            Violation::new(Rule::PublisherSignature, subject, expected, error)
        })?;
    Ok(ProvedRelease {
        statement: *statement,
        user,
        key,
        index: proved.index,
        checkpoint: proved.checkpoint,
    })
}

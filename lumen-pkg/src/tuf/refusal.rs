//! What a refresh says when it gives nothing: a refusal with its rule, what was expected and found, and the bytes.

use super::line::versioned;
use super::quorum::SharedKey;
use super::source::FetchError;
use super::staged::{Failure, LastRead, Staged};
use super::store::StoreError;
use crate::digest::Digest;
use serde_json::Value;
use sigstore_tuf::{Error, MetaFile, TrustedMetadataSet};
use std::fmt;

/// Why there is no verified state. Nothing of it may be used; the store holds what was verified before.
#[derive(Debug, thiserror::Error)]
pub enum TufError {
    /// The registry says something that must not be believed: a security failure.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// Nobody answers: try again.
    #[error("the registry's tuf/{file} cannot be read: {reason}")]
    Unreachable {
        /// Relative to `tuf/`.
        file: String,
        /// What the transport says.
        reason: String,
    },
    /// The registry answers that it has no such file, and cannot be a whole registry without it. No proof of an attack, the address may be wrong; and no failure of
    /// the network either.
    #[error("the registry has no tuf/{file}")]
    Absent {
        /// Relative to `tuf/`.
        file: String,
    },
    /// The stored state is unusable, and with it the protection against rollback.
    #[error("the stored state of the registry cannot be used: {0}")]
    Store(#[from] StoreError),
}

/// A check that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{role}: {rule}; expected {expected}, found {found}")]
pub struct Refusal {
    /// `root`, `timestamp`, `snapshot`, `targets`, the name of a delegated role, or `clock`.
    pub role: String,
    /// What was checked.
    pub rule: Rule,
    /// What a valid registry would have sent.
    pub expected: String,
    /// What this one sent.
    pub found: String,
    /// The file, as asked for; empty if it is about no file.
    pub file: String,
    /// Its bytes, for evidence.
    pub evidence: Vec<u8>,
}

/// The rules of TUF (specification 1.0.33, section 5) and of this registry that can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Fewer valid signatures than the role's threshold.
    Signatures,
    /// One key id signs twice.
    DuplicateSignature,
    /// One key has two ids in a role.
    SharedKey,
    /// Older than what was seen before: a rollback.
    Rollback,
    /// A new root is not the next one.
    RootVersion,
    /// More new roots than a refresh follows.
    RootCount,
    /// Past its expiry: an old state is replayed (a freeze), or the clock is wrong.
    Expired,
    /// Another length than the pin in the role above.
    Length,
    /// Another hash than the pin in the role above.
    Hash,
    /// Another version than the pin in the role above.
    PinnedVersion,
    /// A role that was there before is missing.
    Removed,
    /// Metadata of another role, or none.
    Type,
    /// A version of the TUF specification that is not 1.
    Specification,
    /// Not well-formed.
    Form,
    /// Larger than the role may be: endless data.
    Size,
    /// A target that the role which must list it does not list, or is not entitled to.
    NotListed,
    /// A target that is not inlined as promised, or disagrees with its length or hash.
    Inline,
    /// A target whose content is not what its name promises.
    Content,
    /// The clock went backwards.
    Clock,
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Signatures => "too few valid signatures",
            Self::DuplicateSignature => "a key signs twice",
            Self::SharedKey => "a key has two ids",
            Self::Rollback => "it is older than what was seen before",
            Self::RootVersion => "a new root must be the next one",
            Self::RootCount => "too many new roots",
            Self::Expired => "it has expired",
            Self::Length => "its length is not the one that is signed",
            Self::Hash => "its hash is not the one that is signed",
            Self::PinnedVersion => "its version is not the one that is signed",
            Self::Removed => "a role has been removed",
            Self::Type => "it is metadata of another role",
            Self::Specification => "it follows another specification",
            Self::Form => "it is not well-formed",
            Self::Size => "it is too large",
            Self::NotListed => "a target is not listed by the role entitled to it",
            Self::Inline => "an inlined target does not match its entry",
            Self::Content => "a target's content is not valid",
            Self::Clock => "the clock went backwards",
        })
    }
}

impl Refusal {
    pub(super) fn new(role: &str, rule: Rule, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            role: role.to_owned(),
            rule,
            expected: expected.into(),
            found: found.into(),
            file: String::new(),
            evidence: Vec::new(),
        }
    }

    pub(super) fn about(mut self, file: &str, evidence: &[u8]) -> Self {
        file.clone_into(&mut self.file);
        self.evidence = evidence.to_vec();
        self
    }
}

impl From<Refusal> for TufError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// Turns what `sigstore-tuf` reports into our terms, with the help of what was read last.
pub(super) fn explain(error: &Error, staged: &Staged, trusted: &TrustedMetadataSet) -> TufError {
    let (last, failure) = {
        let mut cell = staged.cell();
        (cell.last.clone(), cell.failure.take())
    };
    match failure {
        Some(Failure::Store(error)) => return error.into(),
        Some(Failure::Fetch(file, FetchError::TooLarge { maximum })) => {
            let refusal = Refusal::new(
                role_of(&file),
                Rule::Size,
                format!("at most {maximum} bytes"),
                "more",
            );
            return refusal.about(&file, &[]).into();
        }
        Some(Failure::Fetch(file, FetchError::Unreachable(reason))) => {
            return TufError::Unreachable { file, reason };
        }
        Some(Failure::Quorum(file, SharedKey { role, first, second })) => {
            let refusal = Refusal::new(
                &role,
                Rule::SharedKey,
                "one id for a key",
                format!("{first} and {second}"),
            );
            return refusal.about(&file, &last.bytes).into();
        }
        None => {}
    }
    match refusal(error, &last, trusted) {
        Some(refusal) if last.bytes.is_empty() && refusal.role == "root" => {
            refusal.about("root.json", trusted.root_bytes()).into()
        }
        Some(refusal) => refusal.about(&last.file, &last.bytes).into(),
        None => TufError::Absent { file: last.file },
    }
}

/// `None` for a file that is missing.
fn refusal(error: &Error, last: &LastRead, trusted: &TrustedMetadataSet) -> Option<Refusal> {
    Some(match error {
        Error::ThresholdNotMet {
            role,
            found,
            threshold,
        } => Refusal::new(
            role,
            Rule::Signatures,
            format!("{threshold} valid signatures"),
            found.to_string(),
        ),
        Error::DuplicateSignature { role, key_id } => Refusal::new(
            role,
            Rule::DuplicateSignature,
            "one signature a key",
            format!("two of {key_id}"),
        ),
        Error::Rollback { role, trusted, new } => Refusal::new(
            role.split_whitespace()
                .next()
                .unwrap_or(role)
                .trim_end_matches(".json"),
            Rule::Rollback,
            format!("version {trusted} or newer"),
            format!("version {new}"),
        ),
        Error::BadRootVersion { trusted, new } => Refusal::new(
            "root",
            Rule::RootVersion,
            format!("version {}", trusted.saturating_add(1)),
            format!("version {new}"),
        ),
        Error::Expired { role, expires } => Refusal::new(
            role,
            Rule::Expired,
            "metadata that is still valid",
            format!("valid until {expires}"),
        ),
        Error::IntegrityMismatch(text) => mismatch(text, last, trusted),
        Error::Transport { message, .. } if message.starts_with("exceeded") => {
            Refusal::new("root", Rule::RootCount, "the latest root sooner", message)
        }
        Error::Transport { .. } => return None,
        other => malformed(other, last),
    })
}

/// A pin that does not hold. `sigstore-tuf` says this in a sentence; the pin itself tells which part it was.
fn mismatch(text: &str, last: &LastRead, trusted: &TrustedMetadataSet) -> Refusal {
    let role = role_of(&last.file);
    let pin = match role {
        "snapshot" => trusted
            .timestamp()
            .and_then(|timestamp| timestamp.snapshot_meta()),
        _ => trusted
            .snapshot()
            .and_then(|snapshot| snapshot.meta.get(&format!("{role}.json"))),
    };
    if let Some(refusal) = pin.and_then(|pin| broken_pin(role, pin, &last.bytes)) {
        return refusal;
    }
    match text.starts_with("snapshot removes") {
        true => Refusal::new("snapshot", Rule::Removed, "every role of the last snapshot", text),
        false => Refusal::new(role, Rule::Hash, "bytes that match their entry", text),
    }
}

fn broken_pin(role: &str, pin: &MetaFile, bytes: &[u8]) -> Option<Refusal> {
    let length = bytes.len() as u64;
    if let Some(pinned) = pin.length.filter(|pinned| *pinned != length) {
        let (expected, found) = (format!("{pinned} bytes"), format!("{length}"));
        return Some(Refusal::new(role, Rule::Length, expected, found));
    }
    let digest = Digest::of(bytes).to_string();
    let pinned = pin.hashes.as_ref().and_then(|hashes| hashes.get("sha256"));
    if let Some(pinned) = pinned.filter(|pinned| !pinned.eq_ignore_ascii_case(&digest)) {
        return Some(Refusal::new(
            role,
            Rule::Hash,
            format!("SHA-256 {pinned}"),
            digest,
        ));
    }
    let version = super::line::version_of(bytes)?;
    (version != pin.version).then(|| {
        let (expected, found) = (format!("version {}", pin.version), format!("version {version}"));
        Refusal::new(role, Rule::PinnedVersion, expected, found)
    })
}

/// Bytes that are not metadata of this role: which of the reasons it is.
fn malformed(error: &Error, last: &LastRead) -> Refusal {
    let role = role_of(&last.file);
    let kind = match role {
        "root" | "timestamp" | "snapshot" => role,
        _ => "targets",
    };
    let document: Value = serde_json::from_slice(&last.bytes).unwrap_or_default();
    let text = |key| {
        document
            .get("signed")
            .and_then(|signed| signed.get(key))
            .and_then(Value::as_str)
    };
    match (text("_type"), text("spec_version")) {
        (Some(found), _) if found != kind => Refusal::new(role, Rule::Type, kind, found),
        (_, Some(found)) if found.split('.').next() != Some("1") => {
            Refusal::new(role, Rule::Specification, "version 1 of the specification", found)
        }
        _ => Refusal::new(role, Rule::Form, "well-formed metadata", sentence(error)),
    }
}

pub(super) fn sentence(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// `snapshot` of `4.snapshot.json`, `timestamp` of `timestamp.json`.
fn role_of(file: &str) -> &str {
    match versioned(file) {
        Some((_, role)) => role,
        None => file.strip_suffix(".json").unwrap_or(file),
    }
}

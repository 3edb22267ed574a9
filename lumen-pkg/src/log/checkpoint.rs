//! Checkpoints (C2SP tlog-checkpoint 1.0.0): the text of a note that states the size and root of a log.

use super::error::LogError;
use super::key::{SignerKey, check_key_name};
use super::note::Note;
use crate::digest::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The largest tree that is read or written: 2^48 leaves. It keeps tile coordinates and hash positions far from the limits of 64 bits.
pub const MAXIMUM_TREE_SIZE: u64 = 1 << 48;

/// Size and root of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Names the log; the name of its key as well.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The RFC 6962 root hash over them.
    pub root: Digest,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        let root = STANDARD.encode(self.root.as_bytes());
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// The note with the log's signature.
    ///
    /// # Errors
    /// [`LogError::Origin`] if the key has another name than the log; [`LogError::Malformed`] if the size is beyond the limit.
    pub fn sign(&self, key: &SignerKey) -> Result<Note, LogError> {
        if key.verifier().name() != self.origin {
            return Err(LogError::Origin {
                expected: key.verifier().name().to_owned(),
                found: self.origin.clone(),
            });
        }
        let text = self.text();
        Self::parse(&text)?;
        Note::sign(text, key)
    }

    /// Reads the text of a note. Extension lines, which the specification allows and discourages, are not interpreted and given up.
    ///
    /// # Errors
    /// [`LogError::Malformed`], with the rule.
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let body = text
            .strip_suffix('\n')
            .ok_or_else(|| malformed("its last line is not ended"))?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(malformed("it has fewer than three lines"));
        };
        if lines.any(str::is_empty) {
            return Err(malformed("it has an empty line"));
        }
        check_key_name(origin).map_err(|_| malformed("its origin is empty, or has white space or `+`"))?;
        Ok(Self {
            origin: origin.to_owned(),
            size: parse_size(size)?,
            root: parse_hash(root).ok_or_else(|| malformed("its root is not 32 bytes in base64"))?,
        })
    }
}

fn parse_size(text: &str) -> Result<u64, LogError> {
    let size = parse_decimal(text).ok_or_else(|| malformed("its size is not a decimal number"))?;
    match size <= MAXIMUM_TREE_SIZE {
        true => Ok(size),
        false => Err(malformed("its size is beyond 2^48")),
    }
}

/// A decimal number without sign and leading zeroes.
pub(super) fn parse_decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

/// A SHA-256 hash in standard base64 with padding.
pub(super) fn parse_hash(text: &str) -> Option<Digest> {
    let bytes = STANDARD.decode(text).ok()?;
    Some(Digest::from_bytes(bytes.try_into().ok()?))
}

fn malformed(why: impl Into<String>) -> LogError {
    LogError::malformed("checkpoint", why)
}

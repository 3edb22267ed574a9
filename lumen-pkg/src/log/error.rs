//! What can be wrong with a log, by what a caller can do about it.

use super::source::SourceError;
use crate::digest::Digest;

/// Why something of a log is refused. All but [`LogError::Source`] mean that what was served cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Bytes that do not have the form of what they should be.
    #[error("the {what} is malformed: {why}")]
    Malformed {
        /// `note`, `checkpoint`, `proof bundle`, `key`, `policy`, `tile`.
        what: &'static str,
        /// The rule that is broken.
        why: String,
    },
    /// A checkpoint of another log.
    #[error("the checkpoint is of the log `{found}`; expected `{expected}`")]
    Origin {
        /// As the policy says.
        expected: String,
        /// As the checkpoint says.
        found: String,
    },
    /// The log's own signature is missing.
    #[error("the checkpoint has no signature by the log's key `{key}`")]
    Unsigned {
        /// The name and id of the key.
        key: String,
    },
    /// A signature of a known key is wrong.
    #[error("the signature by `{key}` does not verify")]
    Signature {
        /// The name and id of the key.
        key: String,
    },
    /// Too few witnesses.
    #[error("the checkpoint has cosignatures of {found} witnesses; expected {needed}{}", dated_ahead(.early))]
    Quorum {
        /// How many the policy wants.
        needed: usize,
        /// How many distinct ones count.
        found: usize,
        /// Names of witnesses whose cosignatures are dated in the future and so do not count.
        early: Vec<String>,
    },
    /// The leaf is not at that place of the log.
    #[error("the leaf is not number {index} of the log of size {size} with root {root}")]
    Inclusion {
        /// Where it should be.
        index: u64,
        /// Size of the tree.
        size: u64,
        /// Its root.
        root: Digest,
    },
    /// The new tree does not begin with the old one: history was rewritten, or one of the two is of another log.
    #[error(
        "the log of size {new_size} with root {new_root} does not continue the one of size {old_size} with root {old_root}"
    )]
    Consistency {
        /// Size of the tree that was seen before.
        old_size: u64,
        /// Its root.
        old_root: Digest,
        /// Size of the tree that is offered now.
        new_size: u64,
        /// Its root.
        new_root: Digest,
    },
    /// Tiles that do not hash to the root of the checkpoint.
    #[error("tiles of the log do not hash to the root {root} of size {size}")]
    Tile {
        /// Size of the tree.
        size: u64,
        /// Its root, as signed.
        root: Digest,
    },
    /// An index or size beyond the log.
    #[error("there is no leaf {index} in a log of size {size}")]
    OutOfRange {
        /// What was asked for.
        index: u64,
        /// Size of the tree.
        size: u64,
    },
    /// A leaf that is too long for the format.
    #[error("a leaf has {0} bytes; at most 65535 are allowed")]
    LeafTooLong(usize),
    /// A tile could not be had.
    #[error("`{path}` cannot be read")]
    Source {
        /// The tile.
        path: String,
        /// Why.
        #[source]
        source: SourceError,
    },
}

impl LogError {
    pub(super) fn malformed(what: &'static str, why: impl Into<String>) -> Self {
        let why = why.into();
        Self::Malformed { what, why }
    }

    /// Whether this is a failure of trust, and not one of transport or storage.
    pub fn is_security(&self) -> bool {
        !matches!(self, Self::Source { .. } | Self::LeafTooLong(_))
    }
}

fn dated_ahead(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!(" (dated in the future: {})", names.join(", ")),
    }
}

//! What can be wrong with a map, by what a caller can do about it.

use crate::digest::Digest;
use crate::log::SourceError;

/// Why something of a map is refused. All but [`MapError::Source`] mean that what was served cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// A tile has another hash than the one it was asked for by.
    #[error("map tile {expected} has hash {found}")]
    Tile {
        /// Its name.
        expected: Digest,
        /// The hash of the subtree that it holds.
        found: Digest,
    },
    /// A tile whose bytes are not the one form of a subtree.
    #[error("map tile {name} is malformed: {why}")]
    MalformedTile {
        /// Its name.
        name: Digest,
        /// The rule that is broken.
        why: &'static str,
    },
    /// Bytes that are no proof.
    #[error("the map proof is malformed: {0}")]
    MalformedProof(&'static str),
    /// A proof that leads to another root.
    #[error("the map proof leads to root {found}; expected {expected}")]
    Root {
        /// The root that is trusted.
        expected: Digest,
        /// The one that the proof gives.
        found: Digest,
    },
    /// A tile could not be had or stored.
    #[error("`{path}` cannot be read or written")]
    Source {
        /// The tile.
        path: String,
        /// Why.
        #[source]
        source: SourceError,
    },
}

impl MapError {
    /// Whether this is a failure of trust, and not one of transport or storage.
    pub const fn is_security(&self) -> bool {
        !matches!(self, Self::Source { .. })
    }
}

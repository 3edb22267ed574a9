//! Leaves of the transparency log: one canonical JSON object an event. The hash of a leaf is RFC 6962's, SHA-256 of a zero byte and
//! the text; the text is what `tile/entries` serves.

use super::canonical::{CanonicalError, from_canonical, to_canonical};
use super::key::{PublicKey, Signature};
use super::statement::PublishStatement;
use crate::digest::Digest;
use crate::name::PackageName;
use semver::Version;
use serde::{Deserialize, Serialize};

/// The longest leaf, in bytes: C2SP tlog-tiles frames entries with a 16-bit length.
pub const MAXIMUM_LEAF_BYTES: usize = 65_535;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// When the sequencer accepted it: seconds since 1970-01-01T00:00:00Z, never less than in the leaf before.
    pub time: u64,
    /// The index of the last leaf before this one about the same package; absent in its first and in leaves about no package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened; `kind` in JSON. Kinds that this version never writes are reserved so that a log that has them is still read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A version was published.
    Publish {
        /// What its publisher signed.
        statement: Box<PublishStatement>,
        /// The publisher's user name.
        user: String,
        /// The key that signed; announced by an earlier `key-change` of the same user.
        key: PublicKey,
        /// Over [`PublishStatement::signed_bytes`].
        signature: Signature,
    },
    /// A version is not to be chosen for new locks.
    Yank {
        /// Its package.
        package: PackageName,
        /// The version.
        version: Version,
        /// Who did it.
        user: String,
    },
    /// A yank was taken back.
    Unyank {
        /// Its package.
        package: PackageName,
        /// The version.
        version: Version,
        /// Who did it.
        user: String,
    },
    /// Somebody became an owner of a package, or is one no longer.
    OwnerChange {
        /// The package.
        package: PackageName,
        /// Who is concerned.
        owner: String,
        /// Added or removed.
        change: Change,
        /// Who did it.
        user: String,
    },
    /// A user's publishing key was announced or withdrawn. About no package.
    KeyChange {
        /// Whose key.
        owner: String,
        /// The key.
        key: PublicKey,
        /// Added or removed.
        change: Change,
    },
    /// A scope got its first owner. About no package.
    ScopeCreate {
        /// Without `@`.
        scope: String,
        /// Its owner.
        owner: String,
    },
    /// Reserved: a package or scope changed hands.
    Transfer {
        /// The package.
        package: PackageName,
        /// From whom.
        from: String,
        /// To whom.
        to: String,
    },
    /// Reserved: the registry withdrew a version's archive.
    Takedown {
        /// Its package.
        package: PackageName,
        /// The version.
        version: Version,
        /// Why, in words.
        reason: String,
    },
    /// Reserved: somebody rebuilt a version.
    RebuildAttestation {
        /// Its package.
        package: PackageName,
        /// The version.
        version: Version,
        /// The digest of the attestation.
        attestation: Digest,
    },
    /// The root of the verifiable map over everything before this leaf. About no package.
    MapRoot {
        /// The root.
        root: Digest,
        /// How many packages it has.
        packages: u64,
    },
}

/// Direction of an owner or key change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// From now on.
    Add,
    /// No longer.
    Remove,
}

impl Leaf {
    /// The package that the leaf is about; `None` if about none.
    pub fn package(&self) -> Option<&PackageName> {
        match &self.event {
            Event::Publish { statement, .. } => Some(&statement.package),
            Event::Yank { package, .. }
            | Event::Unyank { package, .. }
            | Event::OwnerChange { package, .. }
            | Event::Transfer { package, .. }
            | Event::Takedown { package, .. }
            | Event::RebuildAttestation { package, .. } => Some(package),
            Event::KeyChange { .. } | Event::ScopeCreate { .. } | Event::MapRoot { .. } => None,
        }
    }

    /// The text of the leaf.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_canonical(self)
    }

    /// Reads the text of a leaf.
    ///
    /// # Errors
    /// If it is not exactly the canonical form of a leaf.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CanonicalError> {
        from_canonical(bytes)
    }
}

//! The registry's TUF repository, as it is signed: from the current metadata, keys, an input and a time to files, in the order
//! in which they must be written. Nothing here reads or writes; `docs/spec/registry-v1.md` has the formats, `docs/registry-keys.md`
//! the procedures.
//!
//! ```text
//! key        an Ed25519 key of a role: its id, its PEM form, signing
//! document   one signed file: building, signing, threshold check
//! ceremony   the first root and targets, and every later change of the offline roles
//! open       the current metadata out of a folder of files
//! publish    state, snapshot and timestamp, signed online with every batch of leaves and before they expire
//! ```
//!
//! Signing is our own, on `ed25519-dalek`, and `tough` reads the result in tests: its `RepositoryEditor` is asynchronous, wants the
//! root and the targets as files on a disk, and signs all roles at once, whereas here the online roles are signed a thousand
//! times a minute by a process that never holds an offline key.

mod ceremony;
mod document;
mod key;
mod open;
mod publish;

pub use ceremony::{Change, OfflineRole, amend, ceremony};
pub use key::{RoleKey, RolePublicKey};
pub use open::Opening;
pub use publish::Expiry;

use document::Document;

/// A file to be written. Its path is relative to the registry's address: `tuf/timestamp.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataFile {
    /// Where.
    pub path: String,
    /// What.
    pub bytes: Vec<u8>,
}

/// The signed metadata that clients see now.
#[derive(Debug, Clone)]
pub struct Metadata {
    root: Document,
    targets: Document,
    online: Option<Online>,
    /// The highest versions ever written of state and snapshot; a crash may have left files that no timestamp names.
    written: Written,
}

#[derive(Debug, Clone)]
struct Online {
    state: Document,
    snapshot: Document,
    timestamp: Document,
}

#[derive(Debug, Clone, Copy, Default)]
struct Written {
    state: u64,
    snapshot: u64,
}

/// New metadata, and what must be written for clients to see it.
#[derive(Debug, Clone)]
pub struct Update {
    /// What to go on with once the files are written.
    pub metadata: Metadata,
    /// In the order in which they must become durable; `tuf/timestamp.json`, which makes the others visible, is last.
    pub files: Vec<MetadataFile>,
    /// Files that no current metadata names any more. Clients that began before may still ask for them: remove them after an hour.
    pub superseded: Vec<String>,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum MetadataError {
    /// A key is not one of the role, or too few are given.
    #[error("{role} needs {threshold} of its keys to sign, and {found} of them were given")]
    Threshold {
        /// The role.
        role: String,
        /// How many it needs.
        threshold: u64,
        /// How many of its keys there are.
        found: u64,
    },
    /// A threshold of a change makes no sense.
    #[error("{role} cannot have a threshold of {threshold} of {keys} different keys")]
    Keys {
        /// The role.
        role: String,
        /// The threshold asked for.
        threshold: u64,
        /// How many different keys there are.
        keys: u64,
    },
    /// A file is missing, not well-formed, or not signed as it must be.
    #[error("{file} {reason}")]
    File {
        /// Relative to `tuf/`.
        file: String,
        /// In which way.
        reason: String,
    },
    /// A key file is not one.
    #[error("this is not an Ed25519 key in PKCS#8 PEM: {0}")]
    Pem(String),
    /// The registry's description or the state to publish is not valid.
    #[error("{0}")]
    Input(String),
}

//! What a publisher signs.

use super::canonical::to_canonical;
use super::record::PublishedDependency;
use crate::digest::Digest;
use crate::name::PackageName;
use semver::Version;
use serde::{Deserialize, Serialize};

/// Domain separation: the signed bytes begin with this line.
const CONTEXT: &[u8] = b"lumen publish v1\n";

/// A version as its publisher means it. Everything but `package`, `version` and the digest of the archive can be derived from the archive,
/// and the registry checks that it agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishStatement {
    /// The package.
    pub package: PackageName,
    /// The version.
    pub version: Version,
    /// SHA-256 of the canonical tar.
    pub archive: Digest,
    /// Its length, in bytes.
    pub size: u64,
    /// The root of the Merkle tree over its files.
    pub files: Digest,
    /// SHA-256 of its `lumen.toml`.
    pub manifest: Digest,
    /// What its manifest depends on, sorted by name; dev-dependencies are left out.
    pub dependencies: Vec<PublishedDependency>,
    /// The tools and constraints that it asks for, sorted, as written in its manifest's `[tools]`.
    pub grants: Vec<String>,
}

impl PublishStatement {
    /// What is signed: the context line and the canonical JSON.
    pub fn signed_bytes(&self) -> Vec<u8> {
        [CONTEXT, &to_canonical(self)].concat()
    }
}

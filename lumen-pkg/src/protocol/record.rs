//! The index record of a package, `/index/SCOPE/NAME`: a line for the package and one a version, each canonical JSON. Its SHA-256 is what the
//! verifiable map holds.

use super::canonical::{CanonicalError, from_sorted_canonical, to_canonical};
use super::key::{PublicKey, Signature};
use super::statement::PublishStatement;
use crate::digest::Digest;
use crate::name::PackageName;
use semver::Version;
use serde::{Deserialize, Serialize};

/// The version of the format, in the first line.
const FORMAT: u64 = 1;

/// Everything that the registry says about a package. Versions are in the order of publication, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The package.
    pub package: PackageName,
    /// Its versions.
    pub versions: Vec<PublishedVersion>,
}

/// One version of a record. Its fields are declared in the order of canonical JSON, which reading relies on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedVersion {
    /// SHA-256 of the canonical tar.
    pub archive: Digest,
    /// Sorted by name.
    pub dependencies: Vec<PublishedDependency>,
    /// The root of the Merkle tree over its files.
    pub files: Digest,
    /// Sorted.
    pub grants: Vec<String>,
    /// The publisher's key.
    pub key: PublicKey,
    /// The index of its `publish` leaf.
    pub leaf: u64,
    /// SHA-256 of its `lumen.toml`.
    pub manifest: Digest,
    /// Over [`PublishStatement::signed_bytes`].
    pub signature: Signature,
    /// The archive's length, in bytes.
    pub size: u64,
    /// The time of the leaf.
    pub time: u64,
    /// The publisher's user name.
    pub user: String,
    /// The version.
    pub version: Version,
    /// Not to be chosen for new locks. Absent means no.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub yanked: bool,
}

/// A dependency of a published version. Its fields are in the order of canonical JSON too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedDependency {
    /// The package.
    pub name: PackageName,
    /// The origin of the registry that it comes from, if not the one of this record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// A requirement as cargo reads it: `^1.2`.
    pub requirement: String,
}

/// What the verifiable map holds for a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapValue {
    /// The index of the last leaf about the package.
    pub last: u64,
    /// How many leaves are about it.
    pub count: u64,
    /// SHA-256 of the record's bytes.
    pub record: Digest,
}

/// Why bytes are not a record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// No first line, or the last line is not ended.
    #[error("it is cut off")]
    CutOff,
    /// Of a later version of the format.
    #[error("it has format {0}, which this version of lumen does not read")]
    Format(u64),
    /// A line is not canonical.
    #[error("line {line}: {source}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: CanonicalError,
    },
    /// A version twice, or leaves that do not increase.
    #[error("line {0}: the version is not in order")]
    Order(usize),
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: u64,
    package: PackageName,
}

impl Record {
    /// The bytes of the record: lines that end in `\n`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = Header {
            format: FORMAT,
            package: self.package.clone(),
        };
        let mut bytes = to_canonical(&header);
        bytes.push(b'\n');
        for version in &self.versions {
            bytes.extend(to_canonical(version));
            bytes.push(b'\n');
        }
        bytes
    }

    /// Reads a record.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let body = bytes.strip_suffix(b"\n").ok_or(RecordError::CutOff)?;
        let mut lines = body.split(|byte| *byte == b'\n');
        let header: Header = line(1, lines.next().unwrap_or_default())?;
        if header.format != FORMAT {
            return Err(RecordError::Format(header.format));
        }
        let mut versions: Vec<PublishedVersion> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for (number, text) in (2..).zip(lines) {
            let version: PublishedVersion = line(number, text)?;
            let later = versions.last().is_none_or(|before| before.leaf < version.leaf);
            if !later || !seen.insert(version.version.clone()) {
                return Err(RecordError::Order(number));
            }
            versions.push(version);
        }
        Ok(Self {
            package: header.package,
            versions,
        })
    }

    /// One of its versions.
    pub fn version(&self, version: &Version) -> Option<&PublishedVersion> {
        self.versions
            .iter()
            .find(|published| published.version == *version)
    }
}

impl PublishedVersion {
    /// What its publisher signed, for the package of the record.
    pub fn statement(&self, package: &PackageName) -> PublishStatement {
        PublishStatement {
            package: package.clone(),
            version: self.version.clone(),
            archive: self.archive,
            size: self.size,
            files: self.files,
            manifest: self.manifest,
            dependencies: self.dependencies.clone(),
            grants: self.grants.clone(),
        }
    }
}

fn line<T: Serialize + serde::de::DeserializeOwned>(number: usize, text: &[u8]) -> Result<T, RecordError> {
    from_sorted_canonical(text).map_err(|source| RecordError::Line { line: number, source })
}

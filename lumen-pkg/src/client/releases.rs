//! Versions, proved by the log: the publish leaf is there, says what the record says, and its publisher signed it.

use super::error::ClientError;
use super::session::{RegistrySession, VerifiedRecord};
use super::tiles::{log_failure, with_tiles};
use super::transport::{Get, TransportError};
use super::violation::{Rule, Violation};
use crate::digest::Digest;
use crate::log::{
    MAXIMUM_BUNDLE_BYTES, ProofBundle, TILE_WIDTH, entries_from_tiles, inclusion_from_tiles, leaf_hash,
    leaf_hashes_from_tiles,
};
use crate::name::PackageName;
use crate::protocol::{Event, Leaf, MAXIMUM_LEAF_BYTES, PublishedVersion, paths};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};

/// A version that is in the log.
#[derive(Debug, Clone)]
pub struct VerifiedRelease {
    /// The package.
    pub package: PackageName,
    /// What the record, and so the leaf, says.
    pub published: PublishedVersion,
    /// The bytes of its publish leaf.
    pub leaf: Vec<u8>,
}

/// Leaves that are in the log, by index.
type Leaves = BTreeMap<u64, Vec<u8>>;

impl RegistrySession {
    /// Verifies one version.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn release(&self, package: &PackageName, version: &Version) -> Result<VerifiedRelease, ClientError> {
        let mut releases = self.releases(&[(package.clone(), version.clone())])?;
        releases.pop().ok_or_else(|| ClientError::NoPackage {
            package: package.clone(),
            registry: self.origin(),
        })
    }

    /// Verifies versions, in their order; what they need is asked for in parallel.
    ///
    /// # Errors
    /// See [`ClientError`]; one bad version refuses all.
    pub fn releases(&self, wanted: &[(PackageName, Version)]) -> Result<Vec<VerifiedRelease>, ClientError> {
        let packages: Vec<PackageName> = wanted
            .iter()
            .map(|(package, _)| package.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        self.prefetch(&packages)?;
        let mut found = Vec::with_capacity(wanted.len());
        let mut indexes = BTreeSet::new();
        for (package, version) in wanted {
            let record = self
                .known_record(package)
                .flatten()
                .ok_or_else(|| ClientError::NoPackage {
                    package: package.clone(),
                    registry: self.origin(),
                })?;
            let published = record.record.version(version).cloned();
            let published = published.ok_or_else(|| self.no_version(package, version, &record))?;
            indexes.extend([published.leaf, record.value.last]);
            found.push((record, published));
        }
        let leaves = self.leaves(&indexes).map_err(|error| self.refuse(error))?;
        let mut releases = Vec::with_capacity(found.len());
        for ((package, _), (record, published)) in wanted.iter().zip(found) {
            let release = verify_release(package, &record, published, &leaves);
            releases.push(release.map_err(|violation| self.refuse(violation.into()))?);
        }
        Ok(releases)
    }

    /// The proof that a leaf is in the log, as it stands in this session.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn bundle(&self, index: u64) -> Result<ProofBundle, ClientError> {
        let verified = self.verified();
        let subject = format!("leaf {index} of the log");
        let leaf = self
            .leaves(&BTreeSet::from([index]))
            .map_err(|error| self.refuse(error))?;
        let hashes = with_tiles(self.transport.as_ref(), self.trust.as_ref(), |tiles| {
            inclusion_from_tiles(index, &verified.checkpoint, tiles)
        });
        let hashes = hashes.map_err(|error| self.refuse(log_failure(Rule::Inclusion, subject, error)))?;
        Ok(ProofBundle {
            leaf: leaf.into_values().next().unwrap_or_default(),
            index,
            hashes,
            checkpoint: verified.note.clone(),
        })
    }

    /// Leaves, each checked against its hash in the log.
    pub(super) fn leaves(&self, indexes: &BTreeSet<u64>) -> Result<Leaves, ClientError> {
        let verified = self.verified();
        let order: Vec<u64> = indexes.iter().copied().collect();
        let subject = match order.as_slice() {
            [index] => format!("leaf {index} of the log"),
            _ => "leaves of the log".to_owned(),
        };
        let hashes = with_tiles(self.transport.as_ref(), self.trust.as_ref(), |tiles| {
            leaf_hashes_from_tiles(&order, &verified.checkpoint, tiles)
        });
        let hashes = hashes.map_err(|error| log_failure(Rule::Inclusion, subject, error))?;
        let mut leaves = Leaves::new();
        let mut open = Vec::new();
        for (index, hash) in order.into_iter().zip(hashes) {
            let cached = self.trust.cached(&cache_path(&hash));
            match cached.filter(|leaf| leaf_hash(leaf) == hash) {
                Some(leaf) => drop(leaves.insert(index, leaf)),
                None => open.push((index, hash)),
            }
        }
        let requests: Vec<Get> = open
            .iter()
            .map(|(index, _)| Get {
                path: paths::leaf_proof(*index),
                limit: MAXIMUM_BUNDLE_BYTES as u64,
            })
            .collect();
        for ((index, hash), answer) in open.into_iter().zip(self.transport.get(&requests)) {
            let leaf = match answer {
                Ok(answer) if answer.is_success() => leaf_of_bundle(index, &hash, &answer.body)?,
                // A registry of static files alone has the leaves in tiles of 256.
                Ok(_) => self.leaf_of_tile(index)?,
                Err(TransportError::TooLarge { limit, .. }) => {
                    let subject = format!("the proof of leaf {index}");
                    return Err(Violation::new(
                        Rule::Inclusion,
                        subject,
                        format!("at most {limit} bytes"),
                        "more",
                    )
                    .into());
                }
                Err(failure) => {
                    return Err(ClientError::Network {
                        needed: format!("for leaf {index} of the log"),
                        failure,
                    });
                }
            };
            self.trust.cache(&cache_path(&hash), &leaf);
            leaves.insert(index, leaf);
        }
        Ok(leaves)
    }

    fn leaf_of_tile(&self, index: u64) -> Result<Vec<u8>, ClientError> {
        let verified = self.verified();
        let entries = with_tiles(self.transport.as_ref(), self.trust.as_ref(), |tiles| {
            entries_from_tiles(index / TILE_WIDTH, &verified.checkpoint, tiles)
        });
        let subject = format!("leaf {index} of the log");
        let entries = entries.map_err(|error| log_failure(Rule::Inclusion, &subject, error))?;
        let place = usize::try_from(index % TILE_WIDTH).unwrap_or(usize::MAX);
        entries
            .into_iter()
            .nth(place)
            .ok_or_else(|| Violation::new(Rule::Inclusion, subject, "the leaf in its tile", "none").into())
    }

    fn no_version(&self, package: &PackageName, version: &Version, record: &VerifiedRecord) -> ClientError {
        let versions: Vec<String> = (record.record.versions.iter().rev().take(5))
            .map(|published| published.version.to_string())
            .collect();
        ClientError::NoVersion {
            package: package.clone(),
            version: version.clone(),
            registry: self.origin(),
            has: match versions.as_slice() {
                [] => "none".to_owned(),
                versions => versions.join(", "),
            },
        }
    }
}

/// The leaf of a bundle, if it is the one that the log has.
fn leaf_of_bundle(index: u64, hash: &Digest, bytes: &[u8]) -> Result<Vec<u8>, ClientError> {
    let subject = format!("leaf {index} of the log");
    let bundle = ProofBundle::parse(bytes).map_err(|error| {
        Violation::new(Rule::Inclusion, &subject, "a well-formed proof", error).with("proof", bytes)
    })?;
    let found = leaf_hash(&bundle.leaf);
    match found == *hash && bundle.leaf.len() <= MAXIMUM_LEAF_BYTES {
        true => Ok(bundle.leaf),
        false => {
            let violation = Violation::new(
                Rule::Inclusion,
                subject,
                format!("the leaf with hash {hash}"),
                found,
            );
            Err(violation.with("proof", bytes).into())
        }
    }
}

/// The one verifier of versions: the leaf says what the record says, and its publisher signed it; and the package's last leaf agrees with the record.
fn verify_release(
    package: &PackageName,
    record: &VerifiedRecord,
    published: PublishedVersion,
    leaves: &Leaves,
) -> Result<VerifiedRelease, Box<Violation>> {
    let subject = format!("{package} {}", published.version);
    let leaf = leaf_at(published.leaf, leaves, &subject)?;
    verify_publish(package, &published, leaf, &subject)?;
    let last = leaf_at(record.value.last, leaves, &subject)?;
    verify_last(package, record, last)?;
    Ok(VerifiedRelease {
        package: package.clone(),
        leaf: leaf.to_vec(),
        published,
    })
}

fn leaf_at<'l>(index: u64, leaves: &'l Leaves, subject: &str) -> Result<&'l [u8], Box<Violation>> {
    let leaf = leaves.get(&index).map(Vec::as_slice);
    leaf.ok_or_else(|| {
        Violation::new(
            Rule::Inclusion,
            subject,
            format!("leaf {index} of the log"),
            "none",
        )
    })
}

/// Leaf and record say the same of a version, and the publisher's signature is over it.
pub(super) fn verify_publish(
    package: &PackageName,
    published: &PublishedVersion,
    bytes: &[u8],
    subject: &str,
) -> Result<(), Box<Violation>> {
    let leaf = read_leaf(published.leaf, bytes)?;
    let expected = Leaf {
        time: published.time,
        previous: leaf.previous,
        event: Event::Publish {
            statement: Box::new(published.statement(package)),
            user: published.user.clone(),
            key: published.key,
            signature: published.signature,
        },
    };
    if leaf != expected {
        let shown = |leaf: &Leaf| String::from_utf8_lossy(&leaf.to_bytes()).into_owned();
        return Err(
            Violation::new(Rule::LeafContent, subject, shown(&expected), shown(&leaf)).with("leaf", bytes),
        );
    }
    let signed = published.statement(package).signed_bytes();
    published
        .key
        .verify(&signed, &published.signature)
        .map_err(|error| {
            let expected = format!("a signature of {}'s key {}", published.user, published.key.id());
            Violation::new(Rule::PublisherSignature, subject, expected, error)
        })
}

/// The package's last leaf is about the package, and the record knows of it: a record that hides a version or a yank does not pass.
fn verify_last(package: &PackageName, record: &VerifiedRecord, bytes: &[u8]) -> Result<(), Box<Violation>> {
    let last = record.value.last;
    let leaf = read_leaf(last, bytes)?;
    let subject = format!("the record of {package}");
    let refused = |expected: String, found: &str| {
        Err(Violation::new(Rule::RecordContent, &subject, expected, found).with("last leaf", bytes))
    };
    if leaf.package() != Some(package) {
        return refused(
            format!("leaf {last} about {package}"),
            "a leaf about something else",
        );
    }
    let yanked = |version: &Version| record.record.version(version).map(|published| published.yanked);
    match &leaf.event {
        Event::Publish { statement, .. } => {
            match record
                .record
                .version(&statement.version)
                .map(|published| published.leaf)
            {
                Some(index) if index == last => Ok(()),
                _ => refused(
                    format!("version {}, published at leaf {last}", statement.version),
                    "it is missing",
                ),
            }
        }
        Event::Yank { version, .. } if yanked(version) != Some(true) => {
            refused(format!("version {version} yanked at leaf {last}"), "it is not")
        }
        Event::Unyank { version, .. } if yanked(version) != Some(false) => {
            refused(format!("version {version} not yanked since leaf {last}"), "it is")
        }
        _ => Ok(()),
    }
}

/// The one reader of leaves.
pub(super) fn read_leaf(index: u64, bytes: &[u8]) -> Result<Leaf, Box<Violation>> {
    Leaf::from_bytes(bytes).map_err(|error| {
        let subject = format!("leaf {index} of the log");
        Violation::new(Rule::LeafForm, subject, "a well-formed leaf", error).with("leaf", bytes)
    })
}

/// Where a leaf is cached: under its hash.
fn cache_path(hash: &Digest) -> String {
    format!("leaves/{hash}")
}

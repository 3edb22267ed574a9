//! Index records, proved by the map: the record whose digest the map holds, or proof that there is none.

use super::error::ClientError;
use super::refresh::Verified;
use super::session::{Freshness, RegistrySession, VerifiedRecord};
use super::tiles::{map_failure, with_tiles};
use super::transport::{Get, TransportError};
use super::violation::{Rule, Violation};
use crate::digest::Digest;
use crate::map::lookup_many;
use crate::name::PackageName;
use crate::protocol::{MapValue, Record, paths};
use std::sync::Arc;

/// The largest record that is read, in bytes.
const MAXIMUM_RECORD_BYTES: u64 = 8 * 1024 * 1024;

/// A record is at one place while it changes, so one that was published just now may be there before TUF says so. The session then asks TUF again,
/// this often.
const REFRESHES: usize = 4;

impl RegistrySession {
    /// The record of a package; `None` if the map proves that there is none.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn record(&self, package: &PackageName) -> Result<Option<VerifiedRecord>, ClientError> {
        let mut records = self.records(std::slice::from_ref(package))?;
        Ok(records.pop().flatten())
    }

    /// [`Self::record`] for several packages, in their order; what is not known yet is asked for in parallel.
    ///
    /// # Errors
    /// See [`ClientError`]; one bad record refuses all.
    pub fn records(&self, packages: &[PackageName]) -> Result<Vec<Option<VerifiedRecord>>, ClientError> {
        self.prefetch(packages)?;
        Ok(packages
            .iter()
            .map(|package| self.known_record(package).flatten())
            .collect())
    }

    /// Gets the records of packages ready, in parallel.
    ///
    /// # Errors
    /// See [`ClientError`]; one bad record refuses all.
    pub fn prefetch(&self, packages: &[PackageName]) -> Result<(), ClientError> {
        for round in 0..=REFRESHES {
            let verified = self.verified();
            let unknown = |package: &&PackageName| self.known_record(package).is_none();
            let wanted: Vec<PackageName> = packages.iter().filter(unknown).cloned().collect();
            if wanted.is_empty() {
                return Ok(());
            }
            match self.fetch(&verified, &wanted) {
                Err(error)
                    if error.rule() == Some(Rule::RecordDigest)
                        && self.freshness() == Freshness::Now
                        && round < REFRESHES =>
                {
                    self.refresh()?;
                }
                outcome => return outcome.map_err(|error| self.refuse(error)),
            }
        }
        Ok(())
    }

    fn fetch(&self, verified: &Arc<Verified>, packages: &[PackageName]) -> Result<(), ClientError> {
        self.anchor(verified)?;
        let root = verified.map_root.root;
        let values = with_tiles(self.transport.as_ref(), self.trust.as_ref(), |tiles| {
            lookup_many(&root, packages, tiles)
        });
        let subject = match packages {
            [package] => format!("the map, at {package}"),
            _ => format!("the map, at {} packages", packages.len()),
        };
        let values = values.map_err(|error| map_failure(subject, error))?;
        let mut wanted = Vec::new();
        for (package, value) in packages.iter().zip(values) {
            let Some(value) = value else {
                self.learn(verified, package, None);
                continue;
            };
            // What is cached under its digest is what it was, or is asked for again.
            let cached = self.trust.cached(&cache_path(&value.record));
            match cached.filter(|bytes| Digest::of(bytes) == value.record) {
                Some(bytes) => self.accept(verified, package, value, &bytes)?,
                None => wanted.push((package, value)),
            }
        }
        let requests: Vec<Get> = wanted
            .iter()
            .map(|(package, _)| Get {
                path: paths::record(package),
                limit: MAXIMUM_RECORD_BYTES,
            })
            .collect();
        let answers = self.transport.get(&requests);
        for ((package, value), answer) in wanted.into_iter().zip(answers) {
            let content = answer.and_then(|answer| answer.file(self.transport.host()));
            let bytes = record_bytes(package, content)?;
            self.accept(verified, package, value, &bytes)?;
            self.trust.cache(&cache_path(&value.record), &bytes);
        }
        Ok(())
    }

    fn accept(
        &self,
        verified: &Arc<Verified>,
        package: &PackageName,
        value: MapValue,
        bytes: &[u8],
    ) -> Result<(), ClientError> {
        let record = read_record(package, &value, verified.checkpoint.size, bytes)
            .map_err(|violation| violation.with("record", bytes))?;
        let record = VerifiedRecord {
            value,
            record: Arc::new(record),
        };
        self.learn(verified, package, Some(record));
        Ok(())
    }
}

/// The one verifier of records: digest, form, package, and leaves that the log can have.
pub(super) fn read_record(
    package: &PackageName,
    value: &MapValue,
    size: u64,
    bytes: &[u8],
) -> Result<Record, Box<Violation>> {
    let subject = format!("the record of {package}");
    let found = Digest::of(bytes);
    if found != value.record {
        let expected = format!("SHA-256 {}", value.record);
        return Err(Violation::new(Rule::RecordDigest, subject, expected, found));
    }
    let record = Record::from_bytes(bytes)
        .map_err(|error| Violation::new(Rule::RecordForm, &subject, "a well-formed record", error))?;
    let content =
        |expected: String, found: String| Violation::new(Rule::RecordContent, &subject, expected, found);
    if record.package != *package {
        return Err(content(package.to_string(), record.package.to_string()));
    }
    if value.last >= size {
        return Err(content(
            format!("a last leaf below {size}"),
            value.last.to_string(),
        ));
    }
    if let Some(late) = record.versions.iter().find(|version| version.leaf > value.last) {
        let expected = format!("leaves up to the last one, {}", value.last);
        return Err(content(
            expected,
            format!("version {} at leaf {}", late.version, late.leaf),
        ));
    }
    if record.versions.len() as u64 > value.count {
        let expected = format!("at most {} versions, as many as there are leaves", value.count);
        return Err(content(expected, record.versions.len().to_string()));
    }
    Ok(record)
}

fn record_bytes(
    package: &PackageName,
    content: Result<Option<Vec<u8>>, TransportError>,
) -> Result<Vec<u8>, ClientError> {
    let withheld = |found: String| {
        let subject = format!("the record of {package}");
        Violation::new(
            Rule::RecordDigest,
            subject,
            "the record that the map names",
            found,
        )
        .into()
    };
    match content {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(withheld("the registry has none".to_owned())),
        Err(TransportError::TooLarge { limit, .. }) => Err(withheld(format!("more than {limit} bytes"))),
        Err(failure) => Err(ClientError::Network {
            needed: format!("for the record of {package}"),
            failure,
        }),
    }
}

/// Where a record is cached: under its digest, so that it never is another one.
fn cache_path(digest: &Digest) -> String {
    format!("records/{digest}")
}

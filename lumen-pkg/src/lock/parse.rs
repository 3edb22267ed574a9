//! Reading a lock, strictly: what this version of the format does not have is an error, since only lumen writes locks.

use super::repository;
use super::{LOCK_VERSION, Lock, LockedRegistry, conflict, package};
use crate::MAXIMUM_LOCK_BYTES;
use crate::digest::Digest;
use crate::finding::Findings;
use crate::position::Span;
use crate::problem::Problem;
use crate::protocol::is_origin;
use crate::reader::{Entry, entries, excerpt};
use std::path::Path;
use toml_edit::{Document, Item, Table};

/// The version before: what it can say means the same in this one.
const OLD_VERSION: i64 = 1;

/// What one does about a lock that somebody edited.
pub(super) const REGENERATE: &str =
    "restore the file from version control; if you delete it, newer versions of packages may be chosen";

/// The lock, sorted, and the version of its format.
pub(super) fn parse(file: &Path, text: &str) -> Result<(Lock, i64), Vec<Problem>> {
    let mut findings = Findings::default();
    let read = read(text, &mut findings);
    match findings.into_list() {
        findings if findings.is_empty() => Ok(read),
        mut findings => {
            findings.sort_by_key(|finding| finding.span);
            Err(findings
                .into_iter()
                .map(|finding| finding.locate(file, text))
                .collect())
        }
    }
}

fn read(text: &str, findings: &mut Findings) -> (Lock, i64) {
    let mut lock = Lock::default();
    if text.len() as u64 > MAXIMUM_LOCK_BYTES {
        findings.error(
            Span::default(),
            format!("the lock is larger than {MAXIMUM_LOCK_BYTES} bytes"),
        );
        return (lock, LOCK_VERSION);
    }
    if conflict::report(text, findings) {
        return (lock, LOCK_VERSION);
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            findings.syntax(text, &error);
            return (lock, LOCK_VERSION);
        }
    };
    let Some(version) = check_version(document.as_table(), findings) else {
        return (lock, LOCK_VERSION);
    };
    for entry in entries(document.as_table()) {
        match (entry.key, entry.item) {
            ("version", _) => {}
            ("registry", Item::ArrayOfTables(tables)) if version > OLD_VERSION => {
                lock.registries = tables
                    .iter()
                    .filter_map(|table| read_registry(table, findings))
                    .collect();
            }
            ("repository", Item::ArrayOfTables(tables)) if version > OLD_VERSION => {
                lock.repositories = tables
                    .iter()
                    .filter_map(|table| repository::read(table, findings))
                    .collect();
            }
            ("package", Item::ArrayOfTables(tables)) => {
                lock.packages = tables
                    .iter()
                    .filter_map(|table| package::read(table, version, findings))
                    .collect();
            }
            ("registry" | "repository" | "package", _) if version > OLD_VERSION || entry.key == "package" => {
                entry.wrong_type::<()>(&format!("written as `[[{}]]`", entry.key), findings);
            }
            _ => unknown(&entry, version, findings),
        }
    }
    lock.sort();
    check_unique(&lock, findings);
    check_origins(&lock, findings);
    (lock, version)
}

/// What a package is verified against has to be there, or else nothing would be verified of it.
fn check_origins(lock: &Lock, findings: &mut Findings) {
    let known = |origin: &str| lock.registries.iter().any(|registry| registry.origin == origin);
    for package in &lock.packages {
        if let Some(origin) = package.source.origin().filter(|origin| !known(origin)) {
            let message = format!(
                "`{} {}` comes from the registry `{origin}`, of which the lock has no `[[registry]]`",
                package.name, package.version
            );
            findings.error(Span::default(), message).help = Some(REGENERATE.to_owned());
        }
    }
}

fn check_unique(lock: &Lock, findings: &mut Findings) {
    let mut twice = |what: String| {
        findings
            .error(Span::default(), format!("{what} is in the lock twice"))
            .help = Some(REGENERATE.to_owned());
    };
    for pair in lock.registries.windows(2) {
        if let [first, second] = pair
            && first.origin == second.origin
        {
            twice(format!("the registry `{}`", second.origin));
        }
    }
    for pair in lock.repositories.windows(2) {
        if let [first, second] = pair
            && (&first.url, &first.reference) == (&second.url, &second.reference)
        {
            twice(format!("{} of {}", second.reference, second.url));
        }
    }
    for pair in lock.packages.windows(2) {
        if let [first, second] = pair
            && first.name == second.name
            && first.version == second.version
        {
            twice(format!("`{} {}`", second.name, second.version));
        }
    }
}

fn check_version(table: &Table, findings: &mut Findings) -> Option<i64> {
    let Some(entry) = entries(table).find(|entry| entry.key == "version") else {
        findings.error(Span::default(), "the lock has no `version`").help = Some(REGENERATE.to_owned());
        return None;
    };
    match entry.item.as_integer() {
        Some(version @ (OLD_VERSION | LOCK_VERSION)) => Some(version),
        Some(version) => {
            let message = format!(
                "the lock has version {version}, this lumen reads versions {OLD_VERSION} and {LOCK_VERSION}"
            );
            findings.error(entry.span(), message).help =
                Some("use the lumen that wrote it, or a newer one".to_owned());
            None
        }
        None => entry.wrong_type("a number", findings),
    }
}

pub(super) fn unknown(entry: &Entry<'_>, version: i64, findings: &mut Findings) {
    let message = format!(
        "unknown key `{}` in a lock of version {version}",
        excerpt(entry.key)
    );
    findings.error(entry.key_span, message).help = Some(REGENERATE.to_owned());
}

/// Reports the keys of `required` that a table does not have.
pub(super) fn check_present(table: &Table, what: &str, required: &[&str], findings: &mut Findings) {
    for key in required.iter().filter(|key| !table.contains_key(key)) {
        let span = table.span().map_or_else(Span::default, Span::from);
        findings
            .error(span, format!("{what} of the lock has no `{key}`"))
            .help = Some(REGENERATE.to_owned());
    }
}

fn read_registry(table: &Table, findings: &mut Findings) -> Option<LockedRegistry> {
    let (mut name, mut origin, mut url, mut size, mut root) = (None, None, None, None, None);
    for entry in entries(table) {
        match entry.key {
            "name" => name = entry.text(findings).map(|text| text.value.to_owned()),
            "origin" => origin = read_origin(&entry, findings),
            "url" => url = entry.text(findings).map(|text| text.value.to_owned()),
            "size" => size = read_count(&entry, findings),
            "root" => root = read_digest(&entry, findings),
            _ => unknown(&entry, LOCK_VERSION, findings),
        }
    }
    check_present(table, "a registry", &["name", "origin", "size", "root"], findings);
    Some(LockedRegistry {
        name: name?,
        origin: origin?,
        url,
        size: size?,
        root: root?,
    })
}

fn read_origin(entry: &Entry<'_>, findings: &mut Findings) -> Option<String> {
    let text = entry.text(findings)?;
    if is_origin(text.value) {
        return Some(text.value.to_owned());
    }
    let message = format!("`{}` is not the origin of a log", excerpt(text.value));
    findings.error(text.span, message);
    None
}

pub(super) fn read_count(entry: &Entry<'_>, findings: &mut Findings) -> Option<u64> {
    match entry.item.as_integer().map(u64::try_from) {
        Some(Ok(count)) => Some(count),
        _ => entry.wrong_type("a whole number that is not negative", findings),
    }
}

pub(super) fn read_digest(entry: &Entry<'_>, findings: &mut Findings) -> Option<Digest> {
    let text = entry.text(findings)?;
    let digest = Digest::parse(text.value);
    if digest.is_none() {
        let message = format!(
            "`{}` is not a SHA-256 digest: 64 lower-case hexadecimal digits",
            excerpt(text.value)
        );
        findings.error(text.span, message);
    }
    digest
}

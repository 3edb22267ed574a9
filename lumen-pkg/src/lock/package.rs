//! Reading one `[[package]]` of a lock.

use super::parse::{REGENERATE, check_present, read_count, read_digest, unknown};
use super::source::{SourceFault, SourceText};
use super::{LockedDependency, LockedPackage, LockedSource};
use crate::digest::Digest;
use crate::finding::{Findings, NOT_SUPPORTED};
use crate::grant::Grant;
use crate::name::PackageName;
use crate::position::Span;
use crate::reader::{Entry, entries, excerpt};
use semver::Version;
use toml_edit::Table;

/// The version of the format that got registries, git repositories and grants.
const WITH_REGISTRIES: i64 = 2;

/// The values of a package's keys, as far as they are well-formed.
#[derive(Default)]
struct Keys {
    name: Option<PackageName>,
    version: Option<Version>,
    source: Option<SourceText>,
    archive: Option<Digest>,
    files: Option<Digest>,
    leaf: Option<u64>,
    grants: Vec<Grant>,
    dependencies: Vec<LockedDependency>,
    dev_dependencies: Vec<LockedDependency>,
}

/// Reads a package of a lock of format `version`; `None`, and findings, if something that it must have is missing or wrong.
pub(super) fn read(table: &Table, version: i64, findings: &mut Findings) -> Option<LockedPackage> {
    let mut keys = Keys::default();
    for entry in entries(table) {
        keys.read(&entry, version, findings);
    }
    check_present(table, "a package", &["name", "version", "source"], findings);
    const PROOF: [&str; 3] = ["archive", "files", "leaf"];
    match keys.source {
        Some(SourceText::Registry { .. }) => {
            check_present(table, "a package from a registry", &PROOF, findings)
        }
        Some(_) => {
            for entry in entries(table).filter(|entry| PROOF.contains(&entry.key)) {
                let message = format!("only packages from registries have `{}`", entry.key);
                findings.error(entry.key_span, message).help = Some(REGENERATE.to_owned());
            }
        }
        None => {}
    }
    let source = match keys.source? {
        SourceText::Workspace => LockedSource::Workspace,
        SourceText::Path(path) => LockedSource::Path(path),
        SourceText::Git { url, commit } => LockedSource::Git { url, commit },
        SourceText::Registry { origin } => LockedSource::Registry {
            origin,
            archive: keys.archive?,
            files: keys.files?,
            leaf: keys.leaf?,
        },
    };
    Some(LockedPackage {
        name: keys.name?,
        version: keys.version?,
        source,
        grants: keys.grants,
        dependencies: keys.dependencies,
        dev_dependencies: keys.dev_dependencies,
    })
}

impl Keys {
    fn read(&mut self, entry: &Entry<'_>, version: i64, findings: &mut Findings) {
        match entry.key {
            "name" => {
                self.name = entry
                    .text(findings)
                    .and_then(|text| parse_name(text.value, text.span, findings));
            }
            "version" => {
                self.version = entry
                    .text(findings)
                    .and_then(|text| parse_version(text.value, text.span, findings));
            }
            "source" => self.source = read_source(entry, version, findings),
            "dependencies" => self.dependencies = read_list(entry, findings, parse_dependency),
            "dev-dependencies" => self.dev_dependencies = read_list(entry, findings, parse_dependency),
            "grants" if version >= WITH_REGISTRIES => self.grants = read_list(entry, findings, parse_grant),
            "archive" if version >= WITH_REGISTRIES => self.archive = read_digest(entry, findings),
            "files" if version >= WITH_REGISTRIES => self.files = read_digest(entry, findings),
            "leaf" if version >= WITH_REGISTRIES => self.leaf = read_count(entry, findings),
            _ => unknown(entry, version, findings),
        }
    }
}

fn read_list<T>(
    entry: &Entry<'_>,
    findings: &mut Findings,
    parse: fn(&str, Span, &mut Findings) -> Option<T>,
) -> Vec<T> {
    let texts = entry
        .text_list(findings)
        .map(|list| list.texts)
        .unwrap_or_default();
    texts
        .iter()
        .filter_map(|text| parse(&text.value, text.span, findings))
        .collect()
}

fn parse_dependency(text: &str, span: Span, findings: &mut Findings) -> Option<LockedDependency> {
    let (name, version) = match text.split_once(' ') {
        None => (text, None),
        Some((name, version)) => (name, Some(parse_version(version, span, findings)?)),
    };
    let name = parse_name(name, span, findings)?;
    Some(LockedDependency { name, version })
}

fn parse_grant(text: &str, span: Span, findings: &mut Findings) -> Option<Grant> {
    match Grant::parse(text) {
        Ok(grant) => Some(grant),
        Err(error) => {
            findings.error(span, format!("`{}` {error}", excerpt(text)));
            None
        }
    }
}

fn parse_name(text: &str, span: Span, findings: &mut Findings) -> Option<PackageName> {
    match PackageName::parse(text) {
        Ok(name) => Some(name),
        Err(error) => {
            let message = format!("`{}` is not a package name: {error}", excerpt(text));
            findings.error(span, message);
            None
        }
    }
}

fn parse_version(text: &str, span: Span, findings: &mut Findings) -> Option<Version> {
    match Version::parse(text) {
        Ok(version) => Some(version),
        Err(error) => {
            let message = format!("`{}` is not a version: {error}", excerpt(text));
            findings.error(span, message);
            None
        }
    }
}

fn read_source(entry: &Entry<'_>, version: i64, findings: &mut Findings) -> Option<SourceText> {
    let text = entry.text(findings)?;
    match SourceText::parse(text.value) {
        Ok(SourceText::Git { .. } | SourceText::Registry { .. }) if version < WITH_REGISTRIES => {
            let message = format!(
                "a lock of version {version} has no packages from `{}`",
                excerpt(text.value)
            );
            findings.error(text.span, message).help = Some(REGENERATE.to_owned());
            None
        }
        Ok(source) => Some(source),
        Err(SourceFault::UnknownKind) => {
            let message = format!("the source `{}` is not supported yet", excerpt(text.value));
            findings.error(text.span, message).code = Some(NOT_SUPPORTED);
            None
        }
        Err(SourceFault::Wrong(message)) => {
            findings.error(text.span, message);
            None
        }
    }
}

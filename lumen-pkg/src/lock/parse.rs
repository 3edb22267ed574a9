//! Reading a lock, strictly: what this version of the format does not have is an error, since only lumen writes locks.

use super::{LOCK_VERSION, Lock, LockedPackage, LockedSource};
use crate::MAXIMUM_LOCK_BYTES;
use crate::finding::{Finding, Findings, NOT_SUPPORTED};
use crate::name::PackageName;
use crate::path::RelativePath;
use crate::position::{Region, Span};
use crate::problem::{Location, Problem};
use crate::reader::{Entry, entries, excerpt};
use semver::Version;
use std::path::Path;
use toml_edit::{Document, Item, Table};

const CONFLICT_MARKS: [&str; 3] = ["<<<<<<<", "=======", ">>>>>>>"];
const REGENERATE: &str = "delete the file and build again; it is made from the manifests";

pub(super) fn parse(file: &Path, text: &str) -> Result<Lock, Vec<Problem>> {
    let mut findings = Findings::default();
    let lock = read(text, &mut findings);
    match findings.into_list() {
        findings if findings.is_empty() => Ok(lock),
        mut findings => {
            findings.sort_by_key(|finding| finding.span);
            Err(findings
                .into_iter()
                .map(|finding| located(file, text, finding))
                .collect())
        }
    }
}

fn located(file: &Path, text: &str, finding: Finding) -> Problem {
    let Finding {
        severity,
        code,
        span,
        message,
        help,
    } = finding;
    let location = Location {
        file: file.to_path_buf(),
        region: Some(Region::of(text, span)),
    };
    Problem {
        severity,
        code,
        message,
        location,
        labels: Vec::new(),
        help,
    }
}

fn read(text: &str, findings: &mut Findings) -> Lock {
    let mut lock = Lock::default();
    if text.len() as u64 > MAXIMUM_LOCK_BYTES {
        findings.error(
            Span::default(),
            format!("the lock is larger than {MAXIMUM_LOCK_BYTES} bytes"),
        );
        return lock;
    }
    if let Some(span) = conflict(text) {
        let finding = findings.error(span, "the lock has an unresolved merge conflict");
        finding.help = Some(format!("merge the manifests first, then {REGENERATE}"));
        return lock;
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            findings.syntax(text, &error);
            return lock;
        }
    };
    if !check_version(document.as_table(), findings) {
        return lock;
    }
    for entry in entries(document.as_table()) {
        match (entry.key, entry.item) {
            ("version", _) => {}
            ("package", Item::ArrayOfTables(tables)) => {
                lock.packages = tables
                    .iter()
                    .filter_map(|table| read_package(table, findings))
                    .collect();
            }
            ("package", _) => drop(entry.wrong_type::<()>("written as `[[package]]`", findings)),
            _ => unknown(&entry, findings),
        }
    }
    lock.packages.sort_by(|left, right| left.name.cmp(&right.name));
    for pair in lock.packages.windows(2) {
        if let [first, second] = pair
            && first.name == second.name
        {
            let finding = findings.error(Span::default(), format!("`{}` is in the lock twice", second.name));
            finding.help = Some(REGENERATE.to_owned());
        }
    }
    lock
}

/// The first line that a version control system has left.
fn conflict(text: &str) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if CONFLICT_MARKS.iter().any(|mark| line.starts_with(mark)) {
            return Some((start..start + line.trim_end().len()).into());
        }
        start += line.len();
    }
    None
}

fn check_version(table: &Table, findings: &mut Findings) -> bool {
    let Some(entry) = entries(table).find(|entry| entry.key == "version") else {
        findings.error(Span::default(), "the lock has no `version`").help = Some(REGENERATE.to_owned());
        return false;
    };
    match entry.item.as_integer() {
        Some(LOCK_VERSION) => true,
        Some(version) => {
            let message = format!("the lock has version {version}, this lumen reads version {LOCK_VERSION}");
            findings.error(entry.span(), message).help =
                Some("use the lumen that wrote it, or a newer one".to_owned());
            false
        }
        None => {
            entry.wrong_type::<()>("a number", findings);
            false
        }
    }
}

fn unknown(entry: &Entry<'_>, findings: &mut Findings) {
    let message = format!(
        "unknown key `{}` in a lock of version {LOCK_VERSION}",
        excerpt(entry.key)
    );
    findings.error(entry.key_span, message).help = Some(REGENERATE.to_owned());
}

fn read_package(table: &Table, findings: &mut Findings) -> Option<LockedPackage> {
    let (mut name, mut version, mut source) = (None, None, None);
    let (mut dependencies, mut dev_dependencies) = (Vec::new(), Vec::new());
    for entry in entries(table) {
        match entry.key {
            "name" => name = read_name(&entry, findings),
            "version" => version = read_version(&entry, findings),
            "source" => source = read_source(&entry, findings),
            "dependencies" => dependencies = read_names(&entry, findings),
            "dev-dependencies" => dev_dependencies = read_names(&entry, findings),
            _ => unknown(&entry, findings),
        }
    }
    for key in ["name", "version", "source"] {
        if !table.contains_key(key) {
            let span = table.span().map_or_else(Span::default, Span::from);
            findings
                .error(span, format!("a package of the lock has no `{key}`"))
                .help = Some(REGENERATE.to_owned());
        }
    }
    Some(LockedPackage {
        name: name?,
        version: version?,
        source: source?,
        dependencies,
        dev_dependencies,
    })
}

fn read_name(entry: &Entry<'_>, findings: &mut Findings) -> Option<PackageName> {
    let text = entry.text(findings)?;
    parse_name(text.value, text.span, findings)
}

fn read_names(entry: &Entry<'_>, findings: &mut Findings) -> Vec<PackageName> {
    let texts = entry
        .text_list(findings)
        .map(|list| list.texts)
        .unwrap_or_default();
    let mut names: Vec<PackageName> = texts
        .iter()
        .filter_map(|text| parse_name(&text.value, text.span, findings))
        .collect();
    names.sort();
    names
}

fn parse_name(text: &str, span: Span, findings: &mut Findings) -> Option<PackageName> {
    match PackageName::parse(text) {
        Ok(name) => Some(name),
        Err(error) => {
            findings.error(
                span,
                format!("`{}` is not a package name: {error}", excerpt(text)),
            );
            None
        }
    }
}

fn read_version(entry: &Entry<'_>, findings: &mut Findings) -> Option<Version> {
    let text = entry.text(findings)?;
    match Version::parse(text.value) {
        Ok(version) => Some(version),
        Err(error) => {
            findings.error(
                text.span,
                format!("`{}` is not a version: {error}", excerpt(text.value)),
            );
            None
        }
    }
}

fn read_source(entry: &Entry<'_>, findings: &mut Findings) -> Option<LockedSource> {
    let text = entry.text(findings)?;
    if text.value == "workspace" {
        return Some(LockedSource::Workspace);
    }
    let Some(path) = text.value.strip_prefix("path+") else {
        let message = format!("the source `{}` is not supported yet", excerpt(text.value));
        findings.error(text.span, message).code = Some(NOT_SUPPORTED);
        return None;
    };
    match RelativePath::parse(path) {
        Ok(_) => Some(LockedSource::Path(path.to_owned())),
        Err(reason) => {
            findings.error(text.span, format!("the path `{}` {reason}", excerpt(path)));
            None
        }
    }
}

//! `[[repository]]` of a lock: which commit a branch, tag or revision stood for when the lock was made.

use super::parse::{check_present, unknown};
use super::{LOCK_VERSION, LockedRepository};
use crate::finding::Findings;
use crate::git::{CommitId, GitReference, GitUrl};
use crate::reader::{Entry, entries, excerpt};
use std::fmt::{self, Write};
use toml_edit::{Table, Value};

pub(super) fn read(table: &Table, findings: &mut Findings) -> Option<LockedRepository> {
    let (mut url, mut reference, mut commit) = (None, GitReference::DefaultBranch, None);
    for entry in entries(table) {
        match entry.key {
            "url" => url = checked(&entry, findings, GitUrl::parse),
            "rev" | "tag" | "branch" => {
                reference = checked(&entry, findings, |text| GitReference::parse(entry.key, text))?;
            }
            "commit" => {
                let parse = |text: &str| CommitId::parse(text).ok_or("is not the whole hash of a commit");
                commit = checked(&entry, findings, parse);
            }
            _ => unknown(&entry, LOCK_VERSION, findings),
        }
    }
    check_present(table, "a repository", &["url", "commit"], findings);
    Some(LockedRepository {
        url: url?,
        reference,
        commit: commit?,
    })
}

fn checked<T>(
    entry: &Entry<'_>,
    findings: &mut Findings,
    parse: impl Fn(&str) -> Result<T, &'static str>,
) -> Option<T> {
    let text = entry.text(findings)?;
    match parse(text.value) {
        Ok(value) => Some(value),
        Err(reason) => {
            findings.error(text.span, format!("`{}` {reason}", excerpt(text.value)));
            None
        }
    }
}

pub(super) fn render(text: &mut String, repository: &LockedRepository) -> fmt::Result {
    let quoted = |value: &str| Value::from(value);
    writeln!(
        text,
        "\n[[repository]]\nurl = {}",
        quoted(repository.url.as_str())
    )?;
    if let Some((key, value)) = repository.reference.key_and_value() {
        writeln!(text, "{key} = {}", quoted(value))?;
    }
    writeln!(text, "commit = \"{}\"", repository.commit)
}

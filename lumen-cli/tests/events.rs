//! `docs/spec/events-v1.md` against the commands: every event that the sources name and every one that a recorded session shows is on the
//! page, in its version and with all of its fields; and the page lists no other.
//!
//! The sessions are `tests/commands`, whose own harness holds them against the real binary.
#![expect(clippy::disallowed_methods, reason = "the test reads files")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// An event on the page.
#[derive(Debug, Default)]
struct Listed {
    version: u64,
    /// Every word in the marks of code in its row: fields, and values that they can have.
    words: BTreeSet<String>,
}

/// What a reason consists of, wherever the page says "a reason".
const REASON: [&str; 8] = [
    "reason",
    "component",
    "old",
    "new",
    "part",
    "import",
    "of",
    "item",
];

fn page() -> BTreeMap<String, Listed> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/spec/events-v1.md");
    let text = std::fs::read_to_string(page).expect("a readable page");
    let mut listed = BTreeMap::new();
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [names, version, _, fields] = cells.as_slice() else {
            panic!("four cells: {row}")
        };
        let mut words: BTreeSet<String> = code(fields).collect();
        if fields.contains("a reason") {
            words.extend(REASON.map(str::to_owned));
        }
        for name in code(names) {
            let version = version.trim().parse().expect("a version");
            let words = words.clone();
            assert!(
                listed.insert(name.clone(), Listed { version, words }).is_none(),
                "{name} is there twice"
            );
        }
    }
    listed
}

/// The texts in marks of code.
fn code(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

fn texts(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        ending,
        &mut found,
    );
    assert!(!found.is_empty(), "{folder} has files");
    let read = |path| std::fs::read_to_string(path).expect("a readable file");
    found.iter().map(read).collect()
}

/// The string literals that follow `mark` in the sources.
fn literals<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(mark)
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
}

#[test]
fn the_page_lists_the_events_that_the_sources_name() {
    let mut named = BTreeSet::new();
    for text in texts("src", "rs") {
        named.extend(literals(&text, "\"event\":").map(str::to_owned));
        named.extend(literals(&text, "versioned(").map(str::to_owned));
    }
    let listed: BTreeSet<String> = page().into_keys().collect();
    assert_eq!(named, listed);
}

#[test]
fn every_event_that_is_printed_is_as_the_page_says() {
    let page = page();
    let mut seen = BTreeSet::new();
    for session in texts("tests/commands", "md") {
        for line in session.lines().filter(|line| line.starts_with('{')) {
            let Ok(Value::Object(event)) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            // Findings, errors, and data that was asked for as JSON are no events.
            let Some(name) = event.get("event").and_then(Value::as_str) else {
                continue;
            };
            // Lines of a build log have a page of their own.
            if ["build", "phase", "module"].contains(&name) {
                continue;
            }
            let listed = page
                .get(name)
                .unwrap_or_else(|| panic!("{name} is not on the page"));
            assert_eq!(
                event.get("version").and_then(Value::as_u64),
                Some(listed.version),
                "{line}"
            );
            for field in event
                .keys()
                .filter(|field| !["event", "version"].contains(&field.as_str()))
            {
                assert!(
                    listed.words.contains(field),
                    "`{field}` of `{name}` is not on the page"
                );
            }
            seen.insert(name.to_owned());
        }
    }
    assert!(seen.len() >= 14, "events in the sessions: {seen:?}");
}

//! Snapshots and examples that no test asks for.

use super::keys::{Keyed, KeyedTest};
use super::names::Named;
use super::selection::Selection;
use super::verdict::{Outcome, Verdict};
use crate::arguments::Unreferenced;
use crate::commands::Session;
use lumen_build::{ACCEPTED, TestPlace};
use std::collections::BTreeSet;
use std::path::Path;

/// The files, as seen from the workspace's folder: those of no test, if all were asked for, and those that a test which ran and
/// passed did not ask for.
pub(super) fn unreferenced(
    selection: &Selection,
    keyed: &Keyed<'_>,
    all: &[Named],
    verdicts: &[Verdict],
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if selection.is_whole() {
        let places: Vec<TestPlace> = all.iter().map(|test| TestPlace::of(&test.case)).collect();
        found.extend(keyed.files.unreferenced(&places).into_iter().map(str::to_owned));
    }
    for (KeyedTest { test, .. }, verdict) in keyed.tests.iter().zip(verdicts) {
        if matches!(verdict.outcome, Outcome::Passed) {
            found.extend(unused(keyed, test, verdict));
        }
    }
    found
}

/// The snapshots of a test that it did not ask for.
pub(super) fn unused(keyed: &Keyed<'_>, test: &Named, verdict: &Verdict) -> Vec<String> {
    let files = keyed.files.of_test(&TestPlace::of(&test.case));
    let snapshots = files.into_iter().map(|(path, _)| path);
    snapshots
        .filter(|path| path.ends_with(ACCEPTED) && !verdict.used.contains(path))
        .collect()
}

/// Does with the files what is asked for; how many of them make the command fail.
pub(super) fn deal_with(
    session: &Session,
    root: &Path,
    what: Unreferenced,
    found: &BTreeSet<String>,
) -> usize {
    let output = &session.output;
    let mut rejected = 0;
    for path in found {
        output.event(&serde_json::json!({"event": "unreferenced", "version": 1, "path": path}));
        match what {
            Unreferenced::Warn => output.note(&format!(
                "note: no test asks for `{path}`; `lumen test --unreferenced=delete` deletes it"
            )),
            Unreferenced::Reject => {
                output.error(&format!(
                    "no test asks for `{path}`; `lumen test --unreferenced=delete` deletes it"
                ));
                rejected += 1;
            }
            Unreferenced::Delete =>
            {
                #[expect(clippy::disallowed_methods, reason = "snapshots are files")]
                match std::fs::remove_file(root.join(path)) {
                    Ok(()) => output.status("Deleted", path),
                    Err(error) => {
                        output.error(&format!("`{path}` cannot be deleted: {error}"));
                        rejected += 1;
                    }
                }
            }
        }
    }
    rejected
}

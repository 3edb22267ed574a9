//! The faulty programs of `conformance/negative`, as they are and with a few words changed: the compiler answers, what it
//! finds lies inside the document, and its advice can be followed.

use crate::modules::Modules;
use crate::mutations::{edited, edits};
use lumen_compiler::diagnostic::{Report, Source, rewrite};
use lumen_compiler::document::{LineColumn, parse_document};
use proptest::prelude::*;
use std::sync::LazyLock;

/// All of them, by name.
static CASES: LazyLock<Vec<String>> = LazyLock::new(cases);

#[expect(clippy::disallowed_methods, reason = "tests read their cases")]
fn cases() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/negative");
    let entries = std::fs::read_dir(folder).expect("the folder of cases");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a case").path()).collect();
    paths.sort();
    let read = |path| std::fs::read_to_string(path).expect("a case");
    paths.into_iter().map(read).collect()
}

/// What is wrong with the findings in a text.
fn faults(text: &str) -> Option<String> {
    let document = parse_document(text);
    let compilation = Modules::default().check_document(&Modules::id("main"), &document);
    let source = Source::new(text);
    let inside = |place: LineColumn| {
        // Behind the last line end begins a line that `Source` does not count if it is empty.
        let line = source.line(place.line).unwrap_or("");
        place.line as usize <= text.lines().count() + 1 && place.column as usize <= line.chars().count() + 1
    };
    for diagnostic in document.diagnostics.iter().chain(&compilation.diagnostics) {
        let report = Report::of(diagnostic, "main.lm.md", Some(&source), &document.positions);
        let ranges = report
            .range
            .into_iter()
            .chain(report.labels.iter().map(|label| label.range));
        let edits = report.help.iter().flat_map(|help| &help.edits);
        for range in ranges.chain(edits.map(|edit| edit.range)) {
            if !(inside(range.start) && inside(range.end) && range.start <= range.end) {
                return Some(format!("{range:?} of {diagnostic:?}"));
            }
        }
        for help in &report.help {
            if rewrite(&source, &help.edits).is_none() {
                return Some(format!("{help:?} cannot be followed"));
            }
        }
    }
    None
}

#[test]
fn findings_of_the_corpus_lie_in_their_documents() {
    assert!(CASES.len() >= 200, "{} cases, at least 200 expected", CASES.len());
    for case in CASES.iter() {
        assert_eq!(faults(case), None, "{case}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn findings_of_a_changed_corpus_lie_in_their_documents(case in any::<prop::sample::Index>(), edits in edits()) {
        let text = edited(&CASES[case.index(CASES.len())], &edits);
        prop_assert_eq!(faults(&text), None, "{}", text);
    }
}

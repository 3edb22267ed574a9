//! Compiling any text, whole: nothing panics, every finding can be shown, and what is emitted verifies.
//!
//! The first byte chooses how the rest is read: as a document, as code, as a test, or as edits of one of the programs of
//! the conformance suite, so that inputs reach past the parser.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lumen_compiler::check::{Request, Unresolved};
use lumen_compiler::compile::compile;
use lumen_compiler::diagnostic::{Report, Severity, Source, Style, json, render};
use lumen_compiler::document::{Document, parse_document, read_text};
use lumen_compiler::interface::{Environment, Interface, Resolved};
use lumen_vm::lir::{ModuleId, verify};
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// The programs of the conformance suite.
static PROGRAMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/positive");
    let entries = std::fs::read_dir(folder).expect("the conformance suite");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("a program"))
        .collect()
});

fuzz_target!(|data: &[u8]| {
    let Some((mode, rest)) = data.split_first() else {
        return;
    };
    if mode % 4 == 3 {
        return check(&edited(rest));
    }
    let Ok(text) = read_text(rest) else { return };
    match mode % 4 {
        0 => check(text),
        1 => check(&format!("```lumen\n{text}\n```\n")),
        _ => check(&format!("```lumen test\n{text}\n```\n")),
    }
});

/// A program with some of its words replaced by others of it, removed or repeated: two bytes for the program, then
/// five for each edit (what, two for where, two for by what).
fn edited(bytes: &[u8]) -> String {
    let Some((&[high, low], edits)) = bytes.split_first_chunk() else {
        return String::new();
    };
    let number = |high: u8, low: u8| usize::from(high) << 8 | usize::from(low);
    let program = &PROGRAMS[number(high, low) % PROGRAMS.len()];
    let mut words: Vec<&str> = program
        .split_inclusive([' ', '\n', '(', ')', '.', ',', '"'])
        .collect();
    for edit in edits.chunks_exact(5).take(16) {
        if words.is_empty() {
            break;
        }
        let place = number(edit[1], edit[2]) % words.len();
        let other = words[number(edit[3], edit[4]) % words.len()];
        match edit[0] % 4 {
            0 => drop(words.remove(place)),
            1 => words.insert(place, other),
            _ => words[place] = other,
        }
    }
    words.concat()
}

fn check(text: &str) {
    let document = parse_document(text);
    let id = ModuleId::in_package("@fuzz/own", "1.0.0", "main");
    let compilation = compile(&request(&id, &document));
    let source = Source::new(text);
    let findings = document.diagnostics.iter().chain(&compilation.diagnostics);
    for finding in findings.clone().take(20) {
        let report = Report::of(finding, "case.lm.md", Some(&source), &document.positions);
        assert!(render(&report, Style::Colour).ends_with('\n'));
        assert!(!json(&report).contains('\n'));
    }
    let faulty = findings
        .clone()
        .any(|finding| finding.severity == Severity::Error);
    assert_eq!(compilation.lowered.is_none(), faulty, "{text}");
    if let Some(lowered) = compilation.lowered {
        let verified = verify(Arc::new(lowered.module));
        assert!(verified.is_ok(), "{:?}\n{text}", verified.err());
    }
}

fn request<'a>(id: &'a ModuleId, document: &'a Document) -> Request<'a> {
    let errors = document.diagnostics.iter();
    Request {
        id,
        ast: &document.module,
        environment: &Alone,
        host: None,
        unresolved: Unresolved::Reported,
        syntax_errors: errors.clone().any(|finding| finding.severity == Severity::Error),
    }
}

/// No other modules.
struct Alone;

impl Environment for Alone {
    fn resolve(&self, _: Option<&str>, _: &str) -> Resolved {
        Resolved::NoModule(Vec::new())
    }

    fn interface(&self, _: &ModuleId) -> Option<Arc<Interface>> {
        None
    }
}

//! Documents under `tests/syntax/` with their trees and diagnostics.

#[path = "support/case_files.rs"]
mod case_files;
mod tree;

use lumen_compiler::diagnostic::{Diagnostic, Report, Source, Style, render};
use lumen_compiler::document::{PositionMap, parse_document};
use std::fmt::Write;

#[test]
fn documents_parse_to_the_trees_and_diagnostics_shown() {
    for (case, text) in case_files::read("tests/syntax") {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("syntax__{case}"), describe(&text));
        });
    }
}

/// The document, its trees, its diagnostics.
fn describe(text: &str) -> String {
    let document = parse_document(text);
    let mut out = format!("{text}\n======== module\n");
    for directive in &document.directives {
        let name = document.module.names.text(directive.name.name);
        let _ = writeln!(out, "directive {name} = {:?}", directive.value);
    }
    out.push_str(&tree::print(&document.module));
    out.push_str(&findings(text, &document.diagnostics, &document.positions));
    for snippet in &document.snippets {
        let _ = writeln!(out, "======== {:?}", snippet.kind);
        out.push_str(&tree::print(&snippet.ast));
        out.push_str(&findings(text, &snippet.diagnostics, &snippet.positions));
    }
    out
}

fn findings(text: &str, diagnostics: &[Diagnostic], positions: &PositionMap) -> String {
    let source = Source::new(text);
    let report = |diagnostic| {
        render(
            &Report::of(diagnostic, "case.lm.md", Some(&source), positions),
            Style::Plain,
        )
    };
    diagnostics.iter().map(report).collect()
}

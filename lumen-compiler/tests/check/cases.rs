//! Documents under `cases/` with what the checker finds in them.
//!
//! A case is a heading `# what it shows` and a document; modules that it imports stand below it, each under a heading
//! `## module models.user` (or `## module @acme/money fx` for one of another package).

use crate::case_files;
use crate::modules::Modules;
use crate::running::run;
use lumen_compiler::diagnostic::{Diagnostic, Report, Source, Style, render};
use lumen_compiler::document::{Document, PositionMap};
use std::fmt::Write;

#[test]
fn documents_have_the_findings_shown() {
    for (name, text) in case_files::read("tests/check/cases") {
        let shown: Vec<String> = cases(&text).iter().map(|case| describe(case)).collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown.join("\n"));
        });
    }
}

/// The cases of a file: from one `# ` heading to the next.
fn cases(text: &str) -> Vec<String> {
    let mut cases: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with("# ") {
            cases.push(String::new());
        }
        if let Some(case) = cases.last_mut() {
            case.push_str(line);
            case.push('\n');
        }
    }
    cases
}

fn describe(case: &str) -> String {
    let mut sections = case.split("\n## module ");
    let main = sections.next().expect("a document").trim_end().to_owned() + "\n";
    let mut modules = Modules::default();
    let mut out = case.trim_end().to_owned() + "\n";
    let mut lowered = Vec::new();
    for section in sections {
        let (name, text) = section.split_once('\n').expect("a name and a document");
        let (document, checked) = modules.add(name, text);
        lowered.extend(checked.lowered);
        let found = findings(name, text, &document, checked.diagnostics);
        if !found.is_empty() {
            let _ = write!(out, "-------- {name}\n{found}");
        }
    }
    let (document, checked) = modules.add("main", &main);
    let found = findings("main.lm.md", &main, &document, checked.diagnostics);
    let verdict = if checked.lowered.is_some() {
        "compiles"
    } else {
        "does not compile"
    };
    let _ = write!(out, "======== {verdict}\n{found}");
    if let Some(main) = checked.lowered {
        lowered.push(main);
        out.push_str(&run(lowered, &Modules::id("main")));
    }
    out
}

fn findings(file: &str, text: &str, document: &Document, found: Vec<Diagnostic>) -> String {
    let source = Source::new(text);
    let mut all = document.diagnostics.clone();
    all.extend(found);
    document.positions.sort(&mut all);
    all.iter()
        .map(|diagnostic| show(diagnostic, file, &source, &document.positions))
        .collect()
}

fn show(diagnostic: &Diagnostic, file: &str, source: &Source, positions: &PositionMap) -> String {
    render(
        &Report::of(diagnostic, file, Some(source), positions),
        Style::Plain,
    )
}

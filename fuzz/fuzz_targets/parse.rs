//! Parsing of any text: nothing panics, spans lie within their fences, and every finding can be shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lumen_compiler::diagnostic::{Diagnostic, Report, Source, Style, json, render};
use lumen_compiler::document::{Form, PositionMap, read_text};
use lumen_compiler::syntax::ast::Ast;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = read_text(data) else { return };
    check(text, Form::Markdown);
    // Most inputs are no Markdown with code in it: as code they reach further.
    check(text, Form::Code);
    check(&format!("```lumen test\n{text}\n```\n"), Form::Markdown);
});

fn check(text: &str, form: Form) {
    let document = form.parse(text);
    tree(&document.module, &document.positions);
    findings(text, &document.diagnostics, &document.positions);
    for snippet in &document.snippets {
        tree(&snippet.ast, &snippet.positions);
        findings(text, &snippet.diagnostics, &snippet.positions);
    }
}

fn tree(ast: &Ast, positions: &PositionMap) {
    let exprs = ast.exprs.iter().map(|(_, expr)| expr.span);
    let statements = ast.all_statements.iter().map(|(_, statement)| statement.span);
    for span in exprs
        .chain(statements)
        .chain(ast.items.iter().map(|item| item.span))
    {
        let content = &positions.fences()[span.fence as usize].content;
        assert!(content.get(span.start as usize..span.end as usize).is_some());
    }
}

fn findings(text: &str, diagnostics: &[Diagnostic], positions: &PositionMap) {
    let source = Source::new(text);
    for diagnostic in diagnostics.iter().take(20) {
        let report = Report::of(diagnostic, "case.lm.md", Some(&source), positions);
        assert!(render(&report, Style::Colour).ends_with('\n'));
        assert!(!json(&report).contains('\n'));
    }
}

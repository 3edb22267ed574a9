//! Snippets: fences of a document that are modules of their own and see the document's names.

use crate::modules::Modules;
use crate::running::run;
use lumen_compiler::check::Request;
use lumen_compiler::compile::{Compilation, compile};
use lumen_compiler::document::parse_document;
use lumen_vm::lir::ModuleId;
use std::sync::Arc;

const DOCUMENT: &str = "\
```lumen
record Money
  cents: Int where cents >= 0
end

enum Color
  Red
  Green
end

const LIMIT = 3

cell helper(n: Int) -> Int
  n + LIMIT
end
```
";

/// Compiles a document with one `test` snippet: its host and the snippet.
fn compiled(snippet: &str) -> (Compilation, Compilation) {
    let text = format!("{DOCUMENT}\n```lumen test\n{snippet}\n```\n");
    let document = parse_document(&text);
    let modules = Modules::default();
    let host = modules.check_document(&Modules::id("main"), &document);
    let id = snippet_id();
    let snippet = document.snippets.first().expect("a snippet");
    assert!(snippet.diagnostics.is_empty(), "{:?}", snippet.diagnostics);
    let found = compile(&Request {
        id: &id,
        ast: &snippet.ast,
        environment: &modules,
        host: Some(Arc::new(host.interface.clone())),
        unresolved: snippet.unresolved,
        syntax_errors: false,
    });
    (host, found)
}

fn snippet_id() -> ModuleId {
    Modules::id("main#1")
}

fn messages(compilation: &Compilation) -> Vec<String> {
    compilation
        .diagnostics
        .iter()
        .map(|diagnostic| format!("{} {}", diagnostic.code.info().name, diagnostic.message))
        .collect()
}

#[test]
fn statements_are_the_body_of_a_test_that_sees_the_document() {
    let (host, snippet) = compiled(
        "let m = Money(cents: helper(1))\nassert_eq(m.cents, 4)\nlet c: Color = Red\nassert(c is Red and LIMIT == 3)\nm.cents == 4",
    );
    assert_eq!(messages(&snippet), [""; 0]);
    assert_eq!(snippet.tests.len(), 1);
    assert_eq!(snippet.tests[0].cell, "test");
    let lowered = [host, snippet]
        .into_iter()
        .filter_map(|compilation| compilation.lowered)
        .collect();
    assert_eq!(run(lowered, &snippet_id()), "test:\n= true\n");
}

#[test]
fn names_of_the_snippet_stand_above_those_of_the_document() {
    let (_, snippet) = compiled("cell helper() -> Int\n  1\nend\n\nassert_eq(helper(), 1)");
    assert_eq!(messages(&snippet), [""; 0]);
    let consulted: Vec<&str> = snippet
        .trace
        .iter()
        .map(|consulted| consulted.name.as_str())
        .collect();
    assert_eq!(consulted, ["Int", "assert_eq"]);
}

#[test]
fn unknown_names_are_compared_with_those_of_the_document() {
    let (_, snippet) = compiled("helpr(1)\nMony(cents: 1)");
    let help: Vec<&str> = snippet
        .diagnostics
        .iter()
        .flat_map(|diagnostic| &diagnostic.help)
        .map(|help| help.text.as_str())
        .collect();
    assert_eq!(help, ["did you mean `helper`?", "did you mean `Money`?"]);
    assert!(snippet.trace.iter().any(|consulted| consulted.name.is_empty()));
}

#[test]
fn a_document_has_one_test_for_each_attribute() {
    let text = "```lumen\n@test\ncell one()\n  assert(true)\nend\n\ncell two() -> Int\n  1\nend\n```\n";
    let (_, compilation) = Modules::default().add("main", text);
    let names: Vec<&str> = compilation.tests.iter().map(|test| test.name.as_str()).collect();
    assert_eq!(names, ["one"]);
}

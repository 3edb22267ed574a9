//! The parser on arbitrary text: it never panics, its spans lie within their fences, and its work is bounded.

use lumen_compiler::diagnostic::{Code, Diagnostic, Report, Source, Style, json, render};
use lumen_compiler::document::{Document, Fence, parse_document};
use lumen_compiler::syntax::ast::Ast;
use lumen_compiler::syntax::{MAX_HEIGHT, MAX_NESTING};
use lumen_vm::lir::Span;
use proptest::prelude::*;

const DOCUMENTS: &[&str] = &[
    include_str!("syntax/blocks.md"),
    include_str!("syntax/declarations.md"),
    include_str!("syntax/hints.md"),
    include_str!("syntax/operators.md"),
    include_str!("syntax/statements.md"),
];

/// Everything that must hold of any document.
fn assert_sound(text: &str) -> Document {
    let document = parse_document(text);
    assert_tree(&document.module, document.fences());
    assert_findings(text, &document.diagnostics, &document.positions);
    for snippet in &document.snippets {
        assert_tree(&snippet.ast, snippet.positions.fences());
        assert_findings(text, &snippet.diagnostics, &snippet.positions);
    }
    document
}

fn assert_span(span: Span, fences: &[Fence]) {
    assert!(span.start <= span.end);
    let content = &fences[span.fence as usize].content;
    assert!(
        content.is_char_boundary(span.start as usize),
        "{span:?} begins inside a character"
    );
    assert!(
        content.is_char_boundary(span.end as usize),
        "{span:?} ends inside a character or behind the fence"
    );
}

fn assert_tree(ast: &Ast, fences: &[Fence]) {
    let spans = ast.exprs.iter().map(|(_, expr)| expr.span);
    let spans = spans.chain(ast.types.iter().map(|(_, ty)| ty.span));
    let spans = spans.chain(ast.patterns.iter().map(|(_, pattern)| pattern.span));
    let spans = spans.chain(ast.all_statements.iter().map(|(_, statement)| statement.span));
    let spans = spans.chain(ast.items.iter().map(|item| item.span));
    let spans = spans.chain(ast.imports.iter().map(|import| import.span));
    for span in spans.chain(ast.directives.iter().map(|directive| directive.span)) {
        assert_span(span, fences);
    }
}

fn assert_findings(
    text: &str,
    diagnostics: &[Diagnostic],
    positions: &lumen_compiler::document::PositionMap,
) {
    let source = Source::new(text);
    let mut last = None;
    for diagnostic in diagnostics {
        for span in diagnostic
            .related
            .iter()
            .map(|label| label.span)
            .chain([diagnostic.span])
        {
            if (span.fence as usize) < positions.fences().len() {
                assert_span(span, positions.fences());
            }
        }
        let range = positions.range(diagnostic.span);
        assert!(last.is_none_or(|last| last <= range.start), "findings are sorted");
        last = Some(range.start);
        assert!(
            !diagnostic.message.is_empty() && !diagnostic.message.ends_with('.'),
            "{}",
            diagnostic.message
        );
        let report = Report::of(diagnostic, "case.lm.md", Some(&source), positions);
        assert!(render(&report, Style::Colour).ends_with('\n'));
        assert!(!json(&report).contains('\n'));
    }
}

fn code(source: &str) -> String {
    format!("```lumen\n{source}\n```\n")
}

fn codes(document: &Document) -> Vec<Code> {
    document
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

/// Pieces that code is made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "cell f(a: Int) -> Int\n",
        "end\n",
        "end",
        "if ",
        "else",
        " then ",
        "match x\n",
        "  1 -> ",
        "when\n",
        "fn(x) ",
        "=> ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\"\"\"",
        "r\"",
        "b\"0",
        "{x:",
        "\\u{",
        "\\",
        "#",
        "\n",
        "\n  ",
        "\n    ",
        " ",
        "let ",
        "mut ",
        "= ",
        "== ",
        "+ ",
        "- ",
        "** ",
        "|> ",
        ".",
        "..",
        "...",
        "?.",
        "?",
        "!",
        ",",
        ":",
        ";",
        "@",
        "@lumen 1\n",
        "x",
        "X",
        "12",
        "0x",
        "1.5",
        "9223372036854775808",
        "is ",
        "as ",
        "in ",
        "not ",
        "and ",
        "expect schema ",
        "role system:\n",
        "role a: ",
        "return ",
        "break @a ",
        "for x in ",
        "while ",
        "loop\n",
        "do\n",
        "record R\n",
        "enum E\n",
        "type ",
        "trait T\n",
        "impl ",
        "import ",
        "import @a/b",
        "use tool x as Y\n",
        "effect E\n",
        "pub ",
        "async ",
        "yield ",
        "defer\n",
        "é",
        "“",
        "'",
        "\t",
        "\r",
        "\0",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// A document of the cases with stretches cut out, doubled or replaced.
fn mutated() -> impl Strategy<Value = String> {
    let change = (
        any::<prop::sample::Index>(),
        0usize..40,
        prop::option::of(pieces()),
        any::<bool>(),
    );
    (
        prop::sample::select(DOCUMENTS),
        prop::collection::vec(change, 1..4),
    )
        .prop_map(|(document, changes)| {
            let mut text: Vec<char> = document.chars().collect();
            for (at, length, inserted, double) in changes {
                let start = at.index(text.len().max(1)).min(text.len());
                let end = (start + length).min(text.len());
                let cut: Vec<char> = text
                    .splice(start..end, inserted.unwrap_or_default().chars())
                    .collect();
                if double {
                    text.splice(start..start, cut.iter().chain(&cut).copied());
                }
            }
            text.into_iter().collect()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_is_read(text in any::<String>()) {
        assert_sound(&text);
        assert_sound(&code(&text));
    }

    #[test]
    fn arbitrary_pieces_of_code_are_read(source in pieces()) {
        assert_sound(&code(&source));
        assert_sound(&format!("```lumen test\n{source}\n"));
    }

    #[test]
    fn damaged_documents_are_read(text in mutated()) {
        assert_sound(&text);
    }
}

/// In a thread with the stack of a test thread, whatever runs this.
fn on_a_small_stack(check: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(check)
        .expect("a thread");
    assert!(thread.join().is_ok());
}

#[test]
fn deep_nesting_is_one_error() {
    on_a_small_stack(|| {
        let many = 20_000;
        let cases = [
            ("parentheses", "(".repeat(many)),
            ("brackets", "[".repeat(many)),
            ("braces", "{".repeat(many)),
            ("calls", "f(".repeat(many)),
            ("indexes", "x[".repeat(many)),
            ("minuses", format!("{}1", "- ".repeat(many))),
            ("nots", format!("{}a", "not ".repeat(many))),
            ("powers", format!("{}2", "2 ** ".repeat(many))),
            ("coalescing", format!("{}a", "a ?? ".repeat(many))),
            ("lambdas", format!("{}x", "fn(x) => ".repeat(many))),
            ("conditionals", format!("{}1", "if a then ".repeat(many))),
            (
                "negated conditionals",
                format!("{}1", "if a then 1 else ".repeat(many)),
            ),
            ("strings", "\"{".repeat(many)),
            ("block strings", "\"\"\"{".repeat(many)),
            ("types", format!("let x: {} = 1", "list[".repeat(many))),
            ("tuple types", format!("let x: {} = 1", "(A, ".repeat(many))),
            (
                "function types",
                format!("let x: {}Int = 1", "fn() -> ".repeat(many)),
            ),
            ("patterns", format!("let {} = 1", "(a, ".repeat(many))),
            ("roles", format!("{}1", "role a: ".repeat(many))),
            ("returns", format!("{}1", "return ".repeat(many))),
            ("halts", "halt(".repeat(many)),
            ("blocks", "if a\n".repeat(many)),
            ("loops", "while a\n".repeat(many)),
            ("matches", "match a\n 1 -> ".repeat(many)),
            ("whens", "when\n a -> ".repeat(many)),
        ];
        for (name, source) in cases {
            let document = assert_sound(&code(&format!("cell f()\n  {source}\nend\n\ncell g()\n  1\nend")));
            let found = codes(&document);
            // A string that is not closed either is a mistake of its own.
            let expected = matches!(
                found[..],
                [Code::E0001 | Code::E0003] | [Code::E0003, Code::E0001 | Code::E0003]
            );
            assert!(expected, "{name}: {found:?}");
        }
    });
}

#[test]
fn long_chains_are_one_error() {
    on_a_small_stack(|| {
        let many = 20_000;
        let cases = [
            ("sums", "1 + ".repeat(many) + "1"),
            ("calls", "a".to_owned() + &".f()".repeat(many)),
            ("fields", "a".to_owned() + &".f".repeat(many)),
            ("questions", "a".to_owned() + &"?".repeat(many)),
            ("pipes", "a".to_owned() + &" |> f".repeat(many)),
            ("else if", format!("if a\n{}  end", "  else if a\n".repeat(many))),
        ];
        for (name, source) in cases {
            let document = assert_sound(&code(&format!("cell f()\n  {source}\n  1\nend")));
            assert_eq!(codes(&document), [Code::E0001], "{name}");
        }
    });
}

#[test]
fn nesting_and_chains_within_the_limits_are_fine() {
    on_a_small_stack(|| {
        let nested = MAX_NESTING as usize / 2 - 4;
        let chained = usize::from(MAX_HEIGHT) - 10;
        let cases = [
            format!("{}1{}", "(".repeat(nested), ")".repeat(nested)),
            format!("{}1\n{}", "if a\n".repeat(nested), "end\n".repeat(nested)),
            format!("let x: {}Int{} = 1", "list[".repeat(nested), "]".repeat(nested)),
            format!("{}1", "- ".repeat(chained)),
            "1 + ".repeat(chained) + "1",
            "a".to_owned() + &".f()".repeat(chained / 2),
            "let x = 1\n".repeat(5_000),
            format!("[{}]", "1, ".repeat(50_000)),
            format!("match a\n{}end", "  1 -> 2\n".repeat(5_000)),
        ];
        for source in cases {
            let document = assert_sound(&code(&format!("cell f()\n{source}\nend")));
            assert_eq!(codes(&document), [], "{}", &source[..source.len().min(40)]);
        }
    });
}

#[test]
fn a_flood_of_errors_ends() {
    on_a_small_stack(|| {
        for line in [
            "= =\n",
            "end\n",
            ")\n",
            "cell f(\n",
            "  cell f()\n",
            "let\n",
            "\"\n",
            "match\n",
            "$\n",
            "x ;\n",
            "if\n",
            "record\n",
        ] {
            let document = assert_sound(&code(&line.repeat(20_000)));
            assert!(
                !document.diagnostics.is_empty() && document.diagnostics.len() <= 1000,
                "{line}"
            );
        }
    });
}

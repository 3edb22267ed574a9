//! Which prose belongs to which declaration, and to the module.

use lumen_compiler::document::Form;
use lumen_compiler::syntax::ast::ItemKind;

/// What is said about cells, by name, and about the module.
fn documented(text: &str, form: Form) -> (Vec<(String, String)>, String) {
    let document = form.parse(text);
    assert!(document.diagnostics.is_empty(), "{:?}", document.diagnostics);
    let cells = document.documentation.iter().map(|documentation| {
        let ItemKind::Cell(cell) = &document.module.items[documentation.item].kind else {
            panic!("a cell")
        };
        let name = document.module.names.text(cell.name.name);
        (name.to_owned(), documentation.text.clone())
    });
    (cells.collect(), document.introduction.clone())
}

/// A name, a text, what is said about cells in it, and what about the module.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

fn check(cases: &[Case<'_>], form: Form) {
    for (name, text, expected, introduction) in cases {
        let (cells, found) = documented(text, form);
        let cells: Vec<_> = cells
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        assert_eq!(cells, *expected, "{name}");
        assert_eq!(found, *introduction, "{name}");
    }
}

#[test]
fn prose_above_a_fence_documents_its_first_declaration() {
    let fence = "```lumen\nimport m: n\n@test\ncell f() -> Int\n  1\nend\n\ncell g() -> Int\n  1\nend\n```\n";
    let after = |prose: &str| format!("{prose}{fence}");
    check(
        &[
            (
                "paragraphs",
                &after("One.\n\nTwo,\nlong.\n\n"),
                &[("f", "One.\n\nTwo,\nlong.")],
                "",
            ),
            (
                "a heading ends it",
                &after("One.\n\n## Title\n\nTwo.\n"),
                &[("f", "Two.")],
                "",
            ),
            (
                "a rule ends it",
                &after("One.\n\n---\n\nTwo.\n"),
                &[("f", "Two.")],
                "",
            ),
            (
                "a list",
                &after("- One.\n- Two.\n\n"),
                &[("f", "- One.\n- Two.")],
                "",
            ),
            (
                "code of another language",
                &after("So:\n\n```sh\nls\n```\n\n"),
                &[("f", "So:\n\n```sh\nls\n```")],
                "",
            ),
            (
                "a test ends it",
                &after("One.\n\n```lumen test\n1\n```\n\nTwo.\n\n"),
                &[("f", "Two.")],
                "",
            ),
            ("no prose", &after("# Title\n\n"), &[], ""),
            (
                "directives are none",
                &after("@lumen 1\n\n@package \"x\"\nText.\n\n"),
                &[("f", "Text.")],
                "",
            ),
            (
                "below the title",
                &after("# Title\n\nAbout it.\n\nMore.\n\n## Part\n\nText.\n\n"),
                &[("f", "Text.")],
                "About it.\n\nMore.",
            ),
            (
                "the title alone",
                &after("# Title\n\nText.\n\n"),
                &[("f", "Text.")],
                "",
            ),
        ],
        Form::Markdown,
    );
}

#[test]
fn blocks_of_code_alone_document_what_is_below_them() {
    check(
        &[
            (
                "one",
                "```\n  Text.\n\n    More.\n```\ncell f()\nend\ncell g()\nend\n",
                &[("f", "Text.\n\n  More.")],
                "",
            ),
            (
                "the second",
                "cell f()\nend\n```\nText.\n```\n@test\npub cell g()\nend\n",
                &[("g", "Text.")],
                "",
            ),
            (
                "the first of two is the module's",
                "```\nAll.\n```\nimport m: n\n```\nText.\n```\ncell f()\nend\n",
                &[("f", "Text.")],
                "All.",
            ),
            (
                "inside",
                "cell f()\n  ```\n  Text.\n  ```\n  1\nend\ncell g()\nend\n",
                &[],
                "",
            ),
            ("below all", "cell f()\nend\n```\nText.\n```\n", &[], ""),
            (
                "below attributes",
                "@test\n```\nText.\n```\ncell f()\nend\n",
                &[("f", "Text.")],
                "",
            ),
        ],
        Form::Code,
    );
}

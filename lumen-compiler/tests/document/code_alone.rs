//! Files of code alone: which lines are code, and where each character of it stands.

use super::assert_positions;
use lumen_compiler::diagnostic::Code;
use lumen_compiler::document::{Form, SnippetKind};
use proptest::prelude::*;

#[test]
fn names_tell_forms() {
    let cases = [
        ("a.lm", Some(("a", Form::Code))),
        ("src/a.b.lm.md", Some(("src/a.b", Form::Markdown))),
        ("a.md", None),
        ("a.lm.mdx", None),
        (".lm", Some(("", Form::Code))),
    ];
    for (name, expected) in cases {
        assert_eq!(Form::split_name(name), expected, "{name}");
    }
}

#[test]
fn blocks_of_backticks_are_no_code() {
    let cases = [
        ("plain", "x\ny\n", "x\ny\n"),
        ("no end of line", "x\ny", "x\ny"),
        ("nothing", "", ""),
        ("only documentation", "```\ntext\n```\n", ""),
        ("between", "x\n```\ntext\n```\ny\n", "x\ny\n"),
        ("indented", "x\n  ```\n  text\n  ```\n  y\n", "x\n  y\n"),
        ("with a word", "```text\nx\n```\ny\n", "y\n"),
        ("longer end", "```\nx\n````\ny\n", "y\n"),
        ("shorter backticks inside", "````\n```\nx\n```\n````\ny\n", "y\n"),
        ("backticks and a word do not close", "```\n```x\n```\ny\n", "y\n"),
        ("carriage returns", "x\r\n```\r\nt\r\n```\r\ny\r\n", "x\ny\n"),
        ("byte order mark", "\u{feff}x\n", "x\n"),
        ("block String", "\"\"\"\n```\n\"\"\"\n", "\"\"\"\n```\n\"\"\"\n"),
        (
            "block String on a line",
            "\"\"\"a\"\"\"\n```\nt\n```\n",
            "\"\"\"a\"\"\"\n",
        ),
        ("quotes in a comment", "# \"\"\"\n```\nt\n```\n", "# \"\"\"\n"),
        (
            "hash in a String",
            "\"#\" \"\"\"\n```\n\"\"\"\n",
            "\"#\" \"\"\"\n```\n\"\"\"\n",
        ),
        (
            "escaped quotes",
            "\"\"\"\n\\\"\"\"\n```\n\"\"\"\n",
            "\"\"\"\n\\\"\"\"\n```\n\"\"\"\n",
        ),
        ("two backticks", "``\nx\n", "``\nx\n"),
    ];
    for (name, text, expected) in cases {
        let document = Form::Code.parse(text);
        assert_positions(text, &document.positions);
        let [fence] = document.fences() else {
            panic!("one fence: {name}")
        };
        assert_eq!(fence.content, expected, "{name}");
    }
}

#[test]
fn documentation_may_hold_snippets() {
    let text = "````\nText.\n\n```lumen test\nf()\n```\n\n```lumen\nf(1)\n```\n\n~~~lumen error(E0012)\ng()\n~~~\n````\ncell f()\nend\n";
    let document = Form::Code.parse(text);
    assert!(document.diagnostics.is_empty(), "{:?}", document.diagnostics);
    let snippets: Vec<_> = document
        .snippets
        .iter()
        .map(|snippet| {
            assert_positions(text, &snippet.positions);
            let line = snippet.positions.start(Default::default()).line;
            (snippet.kind, snippet.fence().content.as_str(), line)
        })
        .collect();
    assert_eq!(
        snippets,
        [
            (SnippetKind::Test, "f()\n", 5),
            (SnippetKind::Error(Code::E0012), "g()\n", 13)
        ]
    );
    assert_eq!(document.fences().len(), 1);
}

#[test]
fn an_open_block_is_the_only_finding() {
    let text = "cell f(\n  ````text\n```\ncell g(\n";
    let document = Form::Code.parse(text);
    let [fault] = &document.diagnostics[..] else {
        panic!("one finding: {:?}", document.diagnostics)
    };
    let range = document.positions.range(fault.span);
    assert_eq!(fault.code, Code::E0003);
    assert_eq!(
        (range.start.line, range.start.column, range.end.column),
        (2, 3, 11)
    );
    assert!(document.fences().is_empty());
}

#[test]
fn documentation_does_not_change_the_code_hash() {
    let hash = |text: &str| Form::Code.parse(text).code_hash();
    let text = "@lumen 1\n```\nText.\n```\ncell f()\nend\n";
    assert_eq!(
        hash(text),
        hash("@lumen 1\n```\nMuch\n\nmore.\n```\ncell f()\nend\n")
    );
    assert_eq!(hash(text), hash("@lumen 1\ncell f()\nend\n"));
    assert_ne!(hash(text), hash("@lumen 1\ncell g()\nend\n"));
}

/// Lines that files of code are made of.
fn code_text() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "cell f() -> String",
        "  \tlet x = \"é漢😀\"",
        "end",
        "",
        "@lumen 1",
        "@test",
        "```",
        "````",
        "  ```",
        "```lumen test",
        "~~~lumen error(E0012)",
        "~~~",
        "> ```lumen no_run",
        "x = \"\"\"",
        "\"\"\"",
        "# \"",
        "import a.b: c",
    ]);
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n"]);
    prop::collection::vec((line, end), 0..24).prop_map(|lines| {
        lines
            .into_iter()
            .map(|(line, end)| format!("{line}{end}"))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn code_stands_where_the_map_says(text in code_text()) {
        let document = Form::Code.parse(&text);
        assert_positions(&text, &document.positions);
        let positions = Form::Code.positions(&text);
        prop_assert_eq!(&document.positions, &positions.module);
        for (snippet, map) in document.snippets.iter().zip(&positions.snippets) {
            assert_positions(&text, &snippet.positions);
            prop_assert_eq!(&snippet.positions, map);
        }
        for documentation in &document.documentation {
            prop_assert!(documentation.item < document.module.items.len());
        }
    }
}

//! Extraction: which code a document holds, and where each character of it stands.

mod code_alone;
mod documentation;

use lumen_compiler::diagnostic::Code;
use lumen_compiler::document::{Fence, PositionMap, SnippetKind, parse_document, positions, read_text};
use lumen_vm::lir::Span;
use proptest::prelude::*;

/// Asserts that every character of the code stands in the document where the map says.
fn assert_positions(text: &str, map: &PositionMap) {
    let lines: Vec<Vec<char>> = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .split('\n')
        .map(|line| line.chars().collect())
        .collect();
    for (number, fence) in map.fences().iter().enumerate() {
        let mut last = None;
        for (offset, character) in fence.content.char_indices() {
            let span = Span {
                fence: number as u32,
                start: offset as u32,
                end: (offset + character.len_utf8()) as u32,
            };
            let place = map.start(span);
            assert!(last.is_none_or(|last| last <= place), "positions ascend");
            last = Some(place);
            let line = lines
                .get(place.line as usize - 1)
                .expect("a line of the document");
            let found = line.get(place.column as usize - 1).copied();
            // A part of a tab stands for itself; a line end is none of the line's characters, or the CR of one.
            let fits = match character {
                '\n' => found.is_none() || found == Some('\r'),
                ' ' => matches!(found, Some(' ' | '\t')),
                other => found == Some(other),
            };
            assert!(
                fits,
                "{character:?} at {place:?}, where {found:?} stands, in\n{text}"
            );
        }
    }
}

fn contents(text: &str) -> Vec<String> {
    let document = parse_document(text);
    assert_positions(text, &document.positions);
    for snippet in &document.snippets {
        assert_positions(text, &snippet.positions);
    }
    document
        .fences()
        .iter()
        .map(|fence| fence.content.clone())
        .collect()
}

#[test]
fn fences_of_all_forms_are_found_where_they_stand() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("plain", "a\n\n```lumen\nx\ny\n```\n", &["x\ny\n"]),
        (
            "several",
            "```lumen\na\n```\ntext\n```lumen\nb\n```\n",
            &["a\n", "b\n"],
        ),
        ("tildes", "~~~lumen\nx\n```\ny\n~~~\n", &["x\n```\ny\n"]),
        ("longer fence", "`````lumen\nx\n```\ny\n`````\n", &["x\n```\ny\n"]),
        (
            "quote",
            "> text\n> ```lumen\n> x\n>   y\n>z\n> ```\n",
            &["x\n  y\nz\n"],
        ),
        ("list", "- item\n\n  ```lumen\n  x\n    y\n  ```\n", &["x\n  y\n"]),
        (
            "ordered list in quote",
            "> 1. item\n>\n>    ```lumen\n>    x\n>    ```\n",
            &["x\n"],
        ),
        (
            "list after tab",
            "-\titem\n\n\t```lumen\n\tx\n\t\ty\n\t```\n",
            &["x\n\ty\n"],
        ),
        (
            "indented",
            "   ```lumen\n   x\n     y\n z\n   ```\n",
            &["x\n  y\nz\n"],
        ),
        (
            "carriage returns",
            "a\r\n\r\n```lumen\r\nx\r\ny\r\n```\r\n",
            &["x\ny\n"],
        ),
        (
            "carriage returns in a quote",
            "> ```lumen\r\n> x\r\n> y\r\n> ```\r\n",
            &["x\ny\n"],
        ),
        (
            "multi-byte prose",
            "ééé 漢字 😀\n\n> 漢\n> ```lumen\n> \"é\" 😀 x\n> ```\n",
            &["\"é\" 😀 x\n"],
        ),
        (
            "tabs in code",
            "```lumen\n\tx\n\t\ty\tz\n```\n",
            &["\tx\n\t\ty\tz\n"],
        ),
        ("unclosed", "```lumen\nx\ny", &["x\ny"]),
        ("unclosed in a quote", "> ```lumen\n> x\n\ntext\n", &["x\n"]),
        ("empty", "```lumen\n```\n", &[""]),
        ("byte order mark", "\u{feff}```lumen\nx\n```\n", &["x\n"]),
        (
            "other languages",
            "```rust\nx\n```\n```lumens\nx\n```\n```\nlumen\n```\n    lumen\n",
            &[],
        ),
        ("inside a comment", "<!--\n```lumen\nx\n```\n-->\n", &[]),
        ("with NUL", "a\0b\n\n```lumen\nx\n```\n", &["x\n"]),
        ("comma after the word", "```lumen,ignore\nx\n```\n", &[]),
        (
            "blank lines",
            "- a\n\n  ```lumen\n  x\n\n\n  y\n  ```\n",
            &["x\n\n\ny\n"],
        ),
    ];
    for (name, text, expected) in cases {
        assert_eq!(contents(text), *expected, "{name}");
    }
}

#[test]
fn info_words_decide_what_a_fence_is() {
    let text = "```lumen test\na\n```\n```lumen no_run\nb\n```\n```lumen error(E0012)\nc\n```\n```lumen ignore\nd\n```\n```lumen\ne\n```\n";
    let document = parse_document(text);
    let kinds: Vec<_> = document.snippets.iter().map(|snippet| snippet.kind).collect();
    assert_eq!(
        kinds,
        [
            SnippetKind::Test,
            SnippetKind::NoRun,
            SnippetKind::Error(Code::E0012)
        ]
    );
    let code: Vec<_> = document
        .snippets
        .iter()
        .map(|snippet| snippet.fence().content.as_str())
        .collect();
    assert_eq!(code, ["a\n", "b\n", "c\n"]);
    assert_eq!(
        document
            .fences()
            .iter()
            .map(|fence| &fence.content)
            .collect::<Vec<_>>(),
        ["e\n"]
    );
}

#[test]
fn faulty_info_words_are_reported_at_the_word() {
    let cases = [
        ("> ```lumen tset\n> ```\n", 12, 16, "did you mean `test`?"),
        (
            "```lumen error(E0013\n```\n",
            10,
            21,
            "the words are `test`, `no_run`, `ignore` and `error(CODE)`",
        ),
        (
            "```lumen error(E0099)\n```\n",
            10,
            22,
            "did you mean `error(E0019)`?",
        ),
        ("```lumen error\n```\n", 10, 15, "write `error(E0012)`"),
        (
            "```lumen test ignore\n```\n",
            15,
            21,
            "a code block has one purpose: leave one of the words out",
        ),
    ];
    for (text, start, end, help) in cases {
        let document = parse_document(text);
        let [diagnostic] = &document.diagnostics[..] else {
            panic!("one finding for {text}")
        };
        assert_eq!(diagnostic.code, Code::E0006);
        let range = document.positions.range(diagnostic.span);
        assert_eq!(
            (range.start.line, range.start.column, range.end.column),
            (1, start, end),
            "{text}"
        );
        assert_eq!(diagnostic.help, [help], "{text}");
    }
}

#[test]
fn directives_stand_in_the_prose_before_the_first_declaration() {
    let text = "@lumen 1\n@package \"a.b\"\n\n> @cache on\n\n- @cache on\n\n```text\n@cache on\n```\n\n@pakage x\n\n```lumen\n@lumen 1\n# nothing yet\n```\n\n@trace sha256\n\n```lumen\ncell f()\nend\n```\n\n@cache on\n";
    let document = parse_document(text);
    let names: Vec<_> = document
        .directives
        .iter()
        .map(|directive| {
            (
                document.module.names.text(directive.name.name),
                directive.value.as_str(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("lumen", "1"),
            ("package", "\"a.b\""),
            ("pakage", "x"),
            ("trace", "sha256")
        ]
    );
    assert_eq!(document.module.directives.len(), 1);
    let found: Vec<_> = document
        .diagnostics
        .iter()
        .map(|diagnostic| (diagnostic.code, document.positions.start(diagnostic.span).line))
        .collect();
    assert_eq!(found, [(Code::W0005, 12), (Code::E0060, 19)]);
    assert_eq!(document.diagnostics[0].help, ["did you mean `@package`?"]);
}

#[test]
fn a_position_map_without_parsing_is_the_same() {
    let text = "@packge 1\n\n# Title\n\n> ```lumen\n> cell f()\n> end\n> ```\n\n```lumen test\nf()\n```\n";
    let document = parse_document(text);
    assert_eq!(document.positions, PositionMap::of_text(text));
    assert_eq!(document.snippets[0].positions, positions(text).snippets[0]);
}

#[test]
fn prose_and_snippets_do_not_change_the_code_hash() {
    let hash = |text: &str| parse_document(text).code_hash();
    let text = "# Title\n\n@lumen 1\n\n```lumen\ncell f()\nend\n```\n";
    let same = [
        "# Other title\n\nMore prose.\n\n@lumen 1\n\n> ~~~lumen\n> cell f()\n> end\n> ~~~\n",
        "# Title\n\n@lumen 1\n\n```lumen\ncell f()\nend\n```\n\n```lumen test\nf()\n```\n",
        "# Title\r\n\r\n@lumen 1\r\n\r\n```lumen\r\ncell f()\r\nend\r\n```\r\n",
    ];
    for other in same {
        assert_eq!(hash(text), hash(other), "{other}");
    }
    let different = [
        "# Title\n\n```lumen\ncell f()\nend\n```\n",
        "# Title\n\n@lumen 1\n\n```lumen\ncell f()\nend\n\n```\n",
        "# Title\n\n@lumen 1\n\n```lumen\ncell f()\n```\n```lumen\nend\n```\n",
        "# Title\n\n@lumen 2\n\n```lumen\ncell f()\nend\n```\n",
    ];
    for other in different {
        assert_ne!(hash(text), hash(other), "{other}");
    }
}

#[test]
fn bytes_that_are_no_document_are_explained() {
    let problem = read_text(b"abc\nd\xc3\xa9\xff").expect_err("not UTF-8");
    assert_eq!((problem.place().line, problem.place().column), (2, 3));
    assert_eq!(problem.to_string(), "the document is not UTF-8 text");
    let long = vec![b'('; lumen_compiler::document::MAX_BYTES + 1];
    let problem = read_text(&long).expect_err("too long");
    assert_eq!(problem.to_string(), "the document is too long: 16777217 bytes");
    let text = String::from_utf8(long).expect("ASCII");
    let codes: Vec<_> = parse_document(&text)
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect();
    assert_eq!(codes, [Code::E0007]);
}

/// Lines that Markdown documents with code are made of.
fn document_text() -> impl Strategy<Value = String> {
    let prefix = prop::sample::select(vec![
        "", "> ", "- ", "  ", "\t", "1. ", "> > ", ">\t", "   ", "    ",
    ]);
    let body = prop::sample::select(vec![
        "```lumen",
        "```",
        "~~~lumen test",
        "~~~",
        "````lumen",
        "```rust",
        "cell f() -> Int",
        "  \tlet x = \"é漢😀\"",
        "end",
        "",
        "@lumen 1",
        "@tarce x",
        "<!-- a",
        "-->",
        "text `code` *é*",
        "\tx",
        "---",
        "# Title",
    ]);
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n"]);
    prop::collection::vec((prefix, body, end), 0..24).prop_map(|lines| {
        lines
            .into_iter()
            .map(|(prefix, body, end)| format!("{prefix}{body}{end}"))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn code_stands_where_the_map_says(text in document_text()) {
        let document = parse_document(&text);
        assert_positions(&text, &document.positions);
        for snippet in &document.snippets {
            assert_positions(&text, &snippet.positions);
        }
        prop_assert_eq!(&document.positions, &PositionMap::of_text(&text));
        let fits = |fence: &Fence| fence.range.end <= text.len() && text.is_char_boundary(fence.range.start);
        prop_assert!(document.fences().iter().all(fits));
    }
}

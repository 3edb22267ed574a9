//! How findings look, and the names that are suggested.

use lumen_compiler::diagnostic::{Report, ReportLabel, Severity, Source, Style, closest, json, render};
use lumen_compiler::document::{DocumentRange, LineColumn};

fn range(line: u32, column: u32, end_line: u32, end_column: u32) -> DocumentRange {
    DocumentRange {
        start: LineColumn { line, column },
        end: LineColumn {
            line: end_line,
            column: end_column,
        },
    }
}

fn report<'a>(source: &'a Source, place: DocumentRange, label: &str) -> Report<'a> {
    Report {
        severity: Severity::Error,
        code: "E0012".to_owned(),
        message: "type mismatch in cell `extract`".to_owned(),
        file: "invoice_agent.lm.md".to_owned(),
        source: Some(source),
        range: Some(place),
        label: label.to_owned(),
        labels: Vec::new(),
        help: Vec::new(),
    }
}

fn related(place: DocumentRange, text: &str) -> ReportLabel {
    ReportLabel {
        range: place,
        text: text.to_owned(),
    }
}

/// The source and the finding in both forms.
fn show(source: &Source, report: &Report<'_>) -> String {
    format!(
        "{}\n========\n{}{}",
        source.text(),
        render(report, Style::Plain),
        json(report)
    )
}

#[test]
fn a_finding_shows_its_line_its_words_and_advice() {
    let source = Source::new("# T\n\n  let total = item.price * item.quantity\n");
    let mut report = report(&source, range(3, 15, 3, 41), "expected Float, got Int");
    report
        .help
        .push("use `to_float(item.quantity)` to convert".into());
    insta::assert_snapshot!(show(&source, &report));
}

#[test]
fn other_places_are_shown_in_order_of_lines() {
    let source = Source::new("first(a, b)\nsecond\nthird\nfourth\nfifth\nsixth\nseventh(c)\n");
    let mut report = report(&source, range(7, 9, 7, 10), "this");
    report.labels.push(related(range(7, 1, 7, 8), "calls this"));
    report.labels.push(related(range(1, 7, 1, 8), "declared here"));
    report.labels.push(related(range(3, 1, 3, 6), "and here"));
    insta::assert_snapshot!(show(&source, &report));
}

#[test]
fn a_range_of_several_lines_is_marked_at_both_ends() {
    let source = Source::new("let x = match y\n    1 -> 2\n    3 -> 4\n    5 -> 6\n  end + 1\n");
    insta::assert_snapshot!(show(
        &source,
        &report(&source, range(1, 9, 5, 6), "not exhaustive")
    ));
}

#[test]
fn tabs_and_wide_characters_keep_marks_in_place() {
    let source = Source::new("\tlet\t\u{6f22}\u{5b57} = \"e\u{301}\u{1f600}\" + x\r\n");
    insta::assert_snapshot!(show(&source, &report(&source, range(1, 17, 1, 18), "here")));
}

#[test]
fn long_lines_are_clipped_around_the_mark() {
    let source = Source::new(format!("{} + oops + {}", "a + ".repeat(300), "b + ".repeat(300)));
    insta::assert_snapshot!(render(
        &report(&source, range(1, 1204, 1, 1208), "here"),
        Style::Plain
    ));
}

#[test]
fn an_empty_range_is_one_caret() {
    let source = Source::new("let w\n");
    insta::assert_snapshot!(show(&source, &report(&source, range(1, 6, 1, 6), "")));
}

#[test]
fn characters_that_steer_a_terminal_are_not_printed() {
    let source = Source::new("let x = \"\u{1b}[31m\u{202e}\"\n");
    let mut report = report(&source, range(1, 9, 1, 17), "\u{1b}[2J");
    report.message = "a\u{7}b\nc".to_owned();
    insta::assert_snapshot!(format!("{}{}", render(&report, Style::Plain), json(&report)));
}

#[test]
fn a_finding_about_a_file_has_no_place() {
    let mut report = Report::of_file(Severity::Warning, "", "the cache cannot be written", "lumen.toml");
    report.help.push("check its permissions".into());
    insta::assert_snapshot!(format!("{}{}", render(&report, Style::Plain), json(&report)));
}

#[test]
fn colours_are_added_around_the_same_text() {
    let source = Source::new("let x = 1\n");
    let report = report(&source, range(1, 5, 1, 6), "here");
    let coloured = render(&report, Style::Colour);
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some(start) = rest.find('\u{1b}') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        rest = &rest[rest.find('m').expect("an escape ends with m") + 1..];
    }
    plain.push_str(rest);
    assert_eq!(plain, render(&report, Style::Plain));
    assert!(coloured.contains("\u{1b}[1;31merror[E0012]\u{1b}[0m"));
}

#[test]
fn near_names_are_suggested_and_others_are_not() {
    let known = [
        "length",
        "append",
        "to_string",
        "x",
        "id",
        "is_empty",
        "String",
        "sort_by",
    ];
    let cases = [
        ("lenght", Some("length")),
        ("len", None),
        ("apend", Some("append")),
        ("tostring", Some("to_string")),
        ("string", Some("String")),
        ("y", None),
        ("X", Some("x")),
        ("ib", Some("id")),
        ("isEmpty", Some("is_empty")),
        ("banana", None),
        ("sortby", Some("sort_by")),
        ("", None),
    ];
    for (written, expected) in cases {
        assert_eq!(closest(written, known), expected, "{written}");
    }
    assert_eq!(closest(&"a".repeat(100_000), ["aaa"]), None);
}

//! The spec page `docs/spec/builtins-v1.md`: lists exactly the table, and its examples hold.

use super::call::{Call, Holding, LIMIT};
use crate::failure::FailureKind;
use crate::lir::Intrinsic;
use crate::test_values::parse_call;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../../docs/spec/builtins-v1.md");

/// What the page has of a builtin: a section `### name`.
#[derive(Default)]
struct Section {
    name: String,
    /// Signature and meaning.
    rows: Vec<(String, String)>,
    examples: Vec<String>,
}

fn sections() -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut in_section = false;
    let mut in_examples = false;
    for line in PAGE.lines() {
        if line.starts_with("## ") {
            in_section = false;
        } else if let Some(name) = line.strip_prefix("### `") {
            in_section = true;
            sections.push(Section {
                name: name.trim_end_matches('`').to_string(),
                ..Section::default()
            });
        } else if let Some(section) = sections.last_mut().filter(|_| in_section) {
            if line.starts_with("```") {
                in_examples = line == "```text";
            } else if in_examples {
                section.examples.push(line.to_string());
            } else if let Some(row) = line.strip_prefix("| `") {
                let (signature, meaning) = row.split_once("` | ").expect("two columns");
                section
                    .rows
                    .push((signature.to_string(), meaning.trim_end_matches(" |").to_string()));
            }
        }
    }
    sections
}

#[test]
fn the_page_lists_exactly_the_table() {
    let mut listed = BTreeSet::new();
    for section in sections() {
        for (signature, meaning) in section.rows {
            assert!(
                listed.insert((section.name.clone(), signature, meaning)),
                "{} twice",
                section.name
            );
        }
    }
    let table: BTreeSet<(String, String, String)> = Intrinsic::TABLE
        .iter()
        .map(|row| {
            let name = if row.source_name.is_empty() {
                row.name
            } else {
                row.source_name
            };
            (
                name.to_string(),
                row.signature.to_string(),
                row.meaning.to_string(),
            )
        })
        .collect();
    let missing: Vec<_> = table.difference(&listed).collect();
    let unknown: Vec<_> = listed.difference(&table).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "missing: {missing:#?}\nunknown: {unknown:#?}"
    );
    assert_eq!(
        table.len(),
        Intrinsic::TABLE.len(),
        "rows that the page cannot tell apart"
    );
}

#[test]
fn every_builtin_has_an_example() {
    let shown: BTreeSet<Intrinsic> = sections()
        .iter()
        .flat_map(|section| &section.examples)
        .map(|example| {
            let (name, arguments, _) = parse_call(example);
            Call::resolve(name, arguments).intrinsic
        })
        .collect();
    let missing: Vec<&str> = Intrinsic::TABLE
        .iter()
        .filter(|row| !shown.contains(&row.intrinsic))
        .map(|row| row.name)
        .collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}

#[test]
fn examples_hold_whoever_holds_the_arguments() {
    let mut broken = Vec::new();
    for section in sections() {
        for example in &section.examples {
            let (name, arguments, expected) = parse_call(example);
            assert_eq!(name, section.name, "{example} stands in the wrong section");
            let call = Call::resolve(name, arguments);
            for holding in [Holding::Call, Holding::Caller] {
                let found = match call.run(holding, LIMIT) {
                    Ok(value) => format!(" = {value}"),
                    Err(failure) => format!(" fails: {}", failure.message),
                };
                if found != expected {
                    broken.push(format!(
                        "{example}\n    with arguments held by the {holding:?}{found}"
                    ));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Runs each example with ever more bytes left until there are enough. Each run checks that nothing leaks.
#[test]
fn examples_that_run_out_of_memory_fail_cleanly() {
    const STEP: usize = 8;
    for section in sections() {
        for example in section
            .examples
            .iter()
            .filter(|example| !example.contains("out of memory"))
        {
            let (name, arguments, _) = parse_call(example);
            let call = Call::resolve(name, arguments);
            for holding in [Holding::Call, Holding::Caller] {
                let enough = call.run(holding, LIMIT);
                let ran_out = |left: &usize| match call.run(holding, *left) {
                    Err(failure) if failure.message.starts_with("out of memory") => {
                        assert_eq!(failure.kind, FailureKind::Runtime);
                        true
                    }
                    done => {
                        assert_eq!(done, enough, "{example} with {left} bytes");
                        false
                    }
                };
                let runs = (0..LIMIT).step_by(STEP).take_while(ran_out).count();
                assert!(runs < 1000, "{example} needs too much");
            }
        }
    }
}

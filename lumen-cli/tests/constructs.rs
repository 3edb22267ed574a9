//! `conformance/constructs.md`: every construct of the language with a program that shows it and a faulty one.
#![expect(clippy::disallowed_methods, reason = "tests read cases")]

use std::path::{Path, PathBuf};

/// A row of the page.
struct Construct {
    name: String,
    positive: String,
    negative: String,
}

fn conformance() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance")
}

fn constructs() -> Vec<Construct> {
    let page = std::fs::read_to_string(conformance().join("constructs.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let rows = rows.filter(|line| !line.starts_with("| construct "));
    rows.map(|line| {
        // A `|` in a name is escaped.
        let line = line.replace("\\|", "\u{1}");
        let cells: Vec<String> = line
            .trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().replace('\u{1}', "|"))
            .collect();
        let [name, positive, negative] = cells.try_into().expect("three columns");
        Construct {
            name,
            positive,
            negative,
        }
    })
    .collect()
}

/// Whether there is such a case: in `folder`, or a workspace.
fn exists(folder: &str, case: &str) -> bool {
    if case.starts_with("workspaces/") {
        return conformance().join(case).join("commands.md").is_file();
    }
    // A case of code alone names its ending.
    let file = match case.ends_with(".lm") {
        true => case.to_owned(),
        false => format!("{case}.lm.md"),
    };
    conformance().join(folder).join(file).is_file()
}

#[test]
fn every_construct_has_a_case_of_each_kind() {
    let constructs = constructs();
    assert!(constructs.len() > 100, "{} constructs", constructs.len());
    let mut missing = Vec::new();
    for Construct {
        name,
        positive,
        negative,
    } in &constructs
    {
        let nothing_wrong = positive == "-" || exists("positive", positive);
        if !nothing_wrong {
            missing.push(format!("{name}: no case positive/{positive}"));
        }
        if !exists("negative", negative) {
            missing.push(format!("{name}: no case negative/{negative}"));
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

//! The conformance cases (`conformance/README.md`): documents and workspaces that say themselves what must come out,
//! run through the real binary. A case is data; this file only compares.
#![expect(clippy::disallowed_methods, reason = "tests read cases and start the binary")]

mod support;
#[path = "../../lumen-vm/tests/lir/validate.rs"]
mod validate;

use lumen_build::document_stem;
use lumen_compiler::diagnostic::Code;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use support::console::{run_command, status};
use support::{copy, fences, lumen, text};

#[test]
fn programs_print_what_they_say() {
    run_documents("positive", run_positive, 60);
}

#[test]
fn faulty_programs_have_the_findings_they_say() {
    run_documents("negative", run_negative, 75);
}

#[test]
fn commands_in_workspaces_print_what_they_say() {
    let mut failures = String::new();
    let cases = workspaces();
    assert!(
        cases.len() >= 10,
        "{} workspaces, at least 10 expected",
        cases.len()
    );
    for case in &cases {
        let report = run_workspace(case);
        if !report.is_empty() {
            let _ = writeln!(failures, "{}\n{report}", case.display());
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// What programs are compiled to is valid by the JSON Schema of the canonical form, as it lies in the specification.
#[test]
fn the_lir_of_programs_is_valid_by_the_schema() {
    let schema = conformance().join("../docs/spec/lir-v1.schema.json");
    let schema = std::fs::read(schema).expect("the schema");
    let schema: serde_json::Value = serde_json::from_slice(&schema).expect("the schema is JSON");
    let cache = tempfile::tempdir().expect("a temporary folder");
    let folder = conformance().join("positive");
    let cases = documents("positive");
    assert!(
        cases.len() >= 250,
        "{} programs, at least 250 expected",
        cases.len()
    );
    let mut failures = String::new();
    for name in cases.keys() {
        let output = lumen(cache.path(), &folder)
            .args(["emit", "--json", name])
            .output()
            .expect("lumen starts");
        let fault = match serde_json::from_slice(&output.stdout) {
            Ok(module) => validate::validate(&schema, &module).err(),
            Err(error) => Some(error.to_string()),
        };
        if let Some(fault) = fault {
            let _ = writeln!(failures, "{name}: {fault}");
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// Codes without a case, and why.
const WITHOUT_CASE: &[(Code, &str)] = &[
    (
        Code::E0007,
        "a document that cannot be read cannot say what it expects",
    ),
    (Code::E0040, "reserved"),
    (Code::E0041, "reserved"),
    (Code::E0042, "reserved"),
    (Code::E0043, "reserved"),
    (Code::E0044, "reserved"),
];

#[test]
fn every_code_has_a_case() {
    let mut cases: String = documents("negative").into_values().collect();
    for case in workspaces() {
        cases += &std::fs::read_to_string(case.join("commands.md")).expect("readable case");
    }
    for row in Code::TABLE {
        let shown = cases.contains(&format!("\n{} ", row.name)) || cases.contains(&format!("[{}]", row.name));
        let excepted = WITHOUT_CASE.iter().any(|(code, _)| *code == row.code);
        assert!(
            shown != excepted,
            "{}: has a case: {shown}, is excepted: {excepted}",
            row.name
        );
    }
}

/// The folder of the cases.
fn conformance() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance")
}

/// Runs all documents of a folder and fails with a report of those that differ.
fn run_documents(folder: &str, run: fn(&Path, &str, &str) -> String, at_least: usize) {
    let cache = tempfile::tempdir().expect("a temporary folder");
    let cases = documents(folder);
    assert!(
        cases.len() >= at_least,
        "{} cases in {folder}, at least {at_least} expected",
        cases.len()
    );
    let mut failures = String::new();
    for (name, document) in &cases {
        let report = run(cache.path(), name, document);
        if !report.is_empty() {
            let _ = writeln!(failures, "{folder}/{name}\n{report}");
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// All documents of a folder, by name.
fn documents(folder: &str) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(conformance().join(folder)).expect("the folder exists");
    entries
        .map(|entry| entry.expect("readable entry").path())
        .filter(|path| document_stem(&path.to_string_lossy()).is_some())
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("readable case"))
        })
        .collect()
}

/// The content of the first fence of this kind.
fn fence(document: &str, info: &str) -> Option<String> {
    fences(document)
        .into_iter()
        .find(|fence| fence.info == info)
        .map(|fence| fence.content)
}

/// Notes in what way the two differ, if they do.
fn compare(what: &str, expected: &str, actual: &str, report: &mut String) {
    if expected.trim_end() != actual.trim_end() {
        let _ = writeln!(
            report,
            "  {what}, expected:\n{}\n  actual:\n{}",
            expected.trim_end(),
            actual.trim_end()
        );
    }
}

/// A program: its `output` fence is standard output; a `failure` fence, if there is one, is the first line of what it
/// fails with at run time. There must be no warning.
fn run_positive(cache: &Path, name: &str, document: &str) -> String {
    let mut report = String::new();
    let folder = conformance().join("positive");
    let output = lumen(cache, &folder)
        .args(["run", name])
        .output()
        .expect("lumen starts");
    let expected = fence(document, "output");
    compare(
        "output",
        expected.as_deref().unwrap_or(""),
        &text(&output.stdout),
        &mut report,
    );
    let errors = text(&output.stderr);
    let errors = errors.trim_start();
    match fence(document, "failure") {
        Some(failure) => {
            compare(
                "failure",
                &failure,
                errors.lines().next().unwrap_or(""),
                &mut report,
            );
            compare("status", "3", &status(&output), &mut report);
        }
        None if expected.is_none() => report.push_str("  the case expects nothing\n"),
        None => {
            compare("errors", "", errors, &mut report);
            compare("status", "0", &status(&output), &mut report);
        }
    }
    report
}

/// A faulty program: its `diagnostics` fence lists all findings, one a line, as `CODE LINE:COLUMN message`.
fn run_negative(cache: &Path, name: &str, document: &str) -> String {
    let mut report = String::new();
    let folder = conformance().join("negative");
    let output = lumen(cache, &folder)
        .args(["check", "--message-format", "json", name])
        .output()
        .expect("lumen starts");
    let mut found = String::new();
    for line in text(&output.stdout).lines() {
        let object: serde_json::Value = serde_json::from_str(line).expect("one JSON object a line");
        if let (Some(code), Some(message)) = (object["code"].as_str(), object["message"].as_str()) {
            let _ = writeln!(found, "{code} {}:{} {message}", object["line"], object["column"]);
        }
    }
    match fence(document, "diagnostics") {
        Some(expected) => compare("diagnostics", &expected, &found, &mut report),
        None => report.push_str("  the case has no `diagnostics` fence\n"),
    }
    let failed = found.lines().any(|line| line.starts_with('E'));
    compare(
        "status",
        if failed { "1" } else { "0" },
        &status(&output),
        &mut report,
    );
    report
}

/// The folders that hold a `commands.md`.
fn workspaces() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(conformance().join("workspaces")).expect("the folder exists");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("readable entry").path())
        .filter(|path| path.join("commands.md").is_file())
        .collect();
    cases.sort();
    cases
}

/// A workspace: each `console` fence of its `commands.md` holds commands, `$ lumen ...`, each followed by what it
/// prints, standard output first, and by `[status N]` if N is not 0. They run in a copy, one after another. With
/// `UPDATE_CASES=1` what is printed replaces what was expected.
fn run_workspace(case: &Path) -> String {
    let place = tempfile::tempdir().expect("a temporary folder");
    let folder = place.path().join("workspace");
    copy(case, &folder);
    let script = std::fs::read_to_string(case.join("commands.md")).expect("readable case");
    let mut report = String::new();
    let mut commands = 0;
    let mut played = script.clone();
    for fence in fences(&script)
        .into_iter()
        .filter(|fence| fence.info == "console")
    {
        let mut actual = String::new();
        for line in fence.content.lines() {
            if let Some(command) = line.strip_prefix("$ lumen ") {
                commands += 1;
                let _ = writeln!(actual, "{line}");
                actual.push_str(&run_command(&place.path().join("cache"), &folder, command));
            }
        }
        played = played.replacen(&fence.content, &(actual.trim_end().to_owned() + "\n"), 1);
        compare(
            &format!("commands.md, line {}", fence.line),
            &fence.content,
            &actual,
            &mut report,
        );
    }
    if std::env::var_os("UPDATE_CASES").is_some() && played != script {
        std::fs::write(case.join("commands.md"), played).expect("a writable case");
    }
    if commands == 0 {
        report.push_str("  no command\n");
    }
    report
}

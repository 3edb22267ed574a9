//! The conformance cases (`conformance/README.md`): documents that say themselves what must come out, run through the
//! real binary. A case is data; this file only compares.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of the cases.
fn conformance() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance")
}

/// The command under test, with a cache of its own and nothing of the caller's environment that could matter.
fn lumen(cache: &Path, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lumen"));
    command
        .current_dir(folder)
        .env("LUMEN_CACHE_DIR", cache)
        .env("NO_COLOR", "1");
    command
}

/// The content of the first fence whose info string is `info`.
fn fence<'a>(document: &'a str, info: &str) -> Option<&'a str> {
    let opening = format!("\n```{info}\n");
    let start = document.find(&opening)? + opening.len();
    let length = if document[start..].starts_with("```") {
        0
    } else {
        document[start..].find("\n```")? + 1
    };
    Some(&document[start..start + length])
}

/// All documents of a folder, by name.
fn documents(folder: &str) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(conformance().join(folder)).expect("the folder exists");
    entries
        .map(|entry| entry.expect("readable entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".lm.md"))
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("readable case"))
        })
        .collect()
}

/// Everything that a case got wrong, or nothing.
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

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A program: its `output` fence is standard output; a `failure` fence, if there is one, is the first line of what it
/// fails with at run time.
fn run_positive(cache: &Path, name: &str, document: &str) -> String {
    let mut report = String::new();
    let folder = conformance().join("positive");
    let output: Output = lumen(cache, &folder)
        .args(["run", name])
        .output()
        .expect("lumen starts");
    compare(
        "output",
        fence(document, "output").unwrap_or(""),
        &text(&output.stdout),
        &mut report,
    );
    let errors = text(&output.stderr);
    let first = errors.lines().next().unwrap_or("");
    match fence(document, "failure") {
        Some(failure) => {
            compare("failure", failure, first, &mut report);
            compare(
                "status",
                "3",
                &output.status.code().unwrap_or(-1).to_string(),
                &mut report,
            );
        }
        None if fence(document, "output").is_none() => report.push_str("  the case expects nothing\n"),
        None => compare("errors", "", &errors, &mut report),
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
        Some(expected) => compare("diagnostics", expected, &found, &mut report),
        None => report.push_str("  the case has no `diagnostics` fence\n"),
    }
    let failed = found.lines().any(|line| line.starts_with('E'));
    compare(
        "status",
        if failed { "1" } else { "0" },
        &output.status.code().unwrap_or(-1).to_string(),
        &mut report,
    );
    report
}

/// Runs all cases of a folder and fails with a report of those that differ.
fn run_all(folder: &str, run: fn(&Path, &str, &str) -> String, at_least: usize) {
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
    println!("{folder}: {} cases", cases.len());
}

#[test]
fn programs_print_what_they_say() {
    run_all("positive", run_positive, 60);
}

#[test]
fn faulty_programs_have_the_findings_they_say() {
    run_all("negative", run_negative, 60);
}

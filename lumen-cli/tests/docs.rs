//! The `lumen` fences of README.md and `docs/`, each as a document of its own through the real binary, so that what the
//! documentation shows is what the language does.
//!
//! A plain fence must compile without a finding. One right before an `output` fence is run, and must print that.
//! `lumen error(CODE)` must fail with that code and no other; `lumen test` must pass; `lumen no_run` is compiled; all
//! three as `lumen test` sees them. `lumen ignore` is counted and left alone.
#![expect(clippy::disallowed_methods, reason = "tests read cases and start the binary")]

mod support;

use lumen_compiler::diagnostic::Code;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use support::{Fence, fences, lumen, text};

#[test]
fn code_in_the_documentation_does_what_it_says() {
    let cache = tempfile::tempdir().expect("a temporary folder");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failures = String::new();
    for path in pages() {
        let page = std::fs::read_to_string(&path).expect("readable page");
        let fences = fences(&page);
        for (index, fence) in fences.iter().enumerate() {
            let Some(words) = words(fence.info) else { continue };
            let output = fences.get(index + 1).filter(|next| {
                next.info == "output" && next.line <= fence.line + fence.content.lines().count() + 3
            });
            let (kind, report) = run(
                cache.path(),
                words,
                fence,
                output.map(|fence| fence.content.as_str()),
            );
            *counts.entry(kind).or_default() += 1;
            if let Err(report) = report {
                let _ = writeln!(failures, "{}:{}: {report}", path.display(), fence.line);
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(counts.values().sum::<usize>() >= 35, "only {counts:?}");
}

#[test]
fn the_specification_lists_the_codes_of_the_compiler() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/spec/lumen-v1.md");
    let page = std::fs::read_to_string(page).expect("readable page");
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let is_code =
        |text: &str| text.len() == 5 && text.starts_with(['E', 'W']) && text[1..].parse::<u16>().is_ok();
    let listed: Vec<&str> = rows.map(|(code, _)| code).filter(|code| is_code(code)).collect();
    let known: Vec<&str> = Code::TABLE.iter().map(|row| row.name).collect();
    assert_eq!(listed, known);
}

/// README.md and all Markdown below `docs/`, sorted.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pages = Vec::from([root.join("README.md")]);
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("readable folder") {
            let path = entry.expect("readable entry").path();
            if path.ends_with("docs/errors") {
                // `tests/explain.rs` tests these.
            } else if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.retain(|page| page.is_file());
    pages.sort();
    pages
}

/// The words after `lumen` in an info string; none if it is something else.
fn words(info: &str) -> Option<&str> {
    let rest = info.strip_prefix("lumen")?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim())
}

/// What kind of test the fence is, and what is wrong with it.
fn run(
    cache: &Path,
    words: &str,
    fence: &Fence<'_>,
    output: Option<&str>,
) -> (&'static str, Result<(), String>) {
    match (words, output) {
        ("", Some(output)) => ("run", runs(cache, fence, output)),
        ("", None) => ("compiled", compiles(cache, fence)),
        ("ignore", _) => ("ignored", Ok(())),
        ("test", _) => ("tested", passes(cache, fence)),
        ("no_run", _) => ("compiled", passes(cache, fence)),
        _ if words.starts_with("error(") => ("rejected", passes(cache, fence)),
        _ => ("unknown", Err(format!("unknown words in `{}`", fence.info))),
    }
}

/// Writes the fence as a document, runs `lumen` on it, and returns standard output, standard error and success.
fn invoke(cache: &Path, fence: &Fence<'_>, arguments: &[&str]) -> (String, String, bool) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let document = format!("```{}\n{}```\n", fence.info, fence.content);
    std::fs::write(folder.path().join("page.lm.md"), document).expect("a writable folder");
    let output = lumen(cache, folder.path())
        .args(arguments)
        .arg("page.lm.md")
        .output()
        .expect("lumen starts");
    (
        text(&output.stdout),
        text(&output.stderr),
        output.status.success(),
    )
}

fn runs(cache: &Path, fence: &Fence<'_>, expected: &str) -> Result<(), String> {
    let (printed, errors, _) = invoke(cache, fence, &["run"]);
    if printed.trim_end() == expected.trim_end() && errors.is_empty() {
        return Ok(());
    }
    Err(format!("expected output:\n{expected}actual:\n{printed}{errors}"))
}

fn compiles(cache: &Path, fence: &Fence<'_>) -> Result<(), String> {
    let (printed, errors, success) = invoke(cache, fence, &["check", "--message-format", "json"]);
    if success && !printed.contains("\"severity\":") && errors.is_empty() {
        return Ok(());
    }
    Err(format!("has findings:\n{printed}{errors}"))
}

/// The fence is a test, a snippet, or one that announces an error: `lumen test` checks what it says.
fn passes(cache: &Path, fence: &Fence<'_>) -> Result<(), String> {
    let (printed, errors, success) = invoke(cache, fence, &["test"]);
    if success {
        return Ok(());
    }
    Err(format!("fails:\n{printed}{errors}"))
}

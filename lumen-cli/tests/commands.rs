//! The commands of `lumen`, as sessions in a shell: `tests/commands/*.md`, each in a temporary folder of its own. A case is
//! data; this file only plays it.
//!
//! A fence `file PATH` writes a file. A fence `console` holds commands, `$ COMMAND`, each followed by what it prints on
//! standard output, after a line `[stderr]` by what it prints on standard error, and by `[status N]` unless N is 0.
//! Commands are the shell's, with `lumen` in the path, so that a case can edit files and connect streams.
//!
//! Cases in `tests/commands/registry` have a registry each, the real server on a free port, and are logged in to it; `$REGISTRY_URL`, `$REGISTRY_DATA`
//! and `$REGISTRY_PID` lead to it.
//!
//! With `UPDATE_CASES=1` what is printed replaces what was expected; read it before it is committed.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the test makes files, starts processes, and says what it skips"
)]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use support::registry::DevRegistry;
use support::{Fence, LUMEN, fences, program, text};

#[test]
fn commands_do_what_the_cases_say() {
    let cases = cases("tests/commands");
    assert!(cases.len() >= 8, "{} cases, at least 8 expected", cases.len());
    check(&cases, |script| play(script, None));
}

#[test]
fn commands_and_a_registry_do_what_the_cases_say() {
    if DevRegistry::start().is_none() {
        return;
    }
    let cases = cases("tests/commands/registry");
    assert!(cases.len() >= 4, "{} cases, at least 4 expected", cases.len());
    check(&cases, |script| {
        let registry = DevRegistry::start().expect("it has started before");
        play(script, Some(&registry))
    });
}

fn check(cases: &[PathBuf], play: impl Fn(&str) -> String) {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut failures = String::new();
    for case in cases {
        let script = std::fs::read_to_string(case).expect("readable case");
        let played = play(&script);
        if update {
            std::fs::write(case, &played).expect("a writable case");
        } else if played != script {
            let _ = writeln!(failures, "{}\n{}", case.display(), difference(&script, &played));
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// The cases, sorted.
fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).expect("the folder exists");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("readable entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    cases.sort();
    cases
}

/// The case as it would be if what happens now were expected.
fn play(script: &str, registry: Option<&DevRegistry>) -> String {
    let place = tempfile::tempdir().expect("a temporary folder");
    // The system may give a path through a link, and programs print the one behind it.
    let place = place.path().canonicalize().expect("the folder exists");
    let folder = place.join("project");
    std::fs::create_dir(&folder).expect("a new folder");
    let lines: Vec<&str> = script.lines().collect();
    let mut played = String::new();
    let mut copied = 0;
    for fence in fences(script) {
        let end = fence.line + fence.content.lines().count();
        if let Some(path) = fence.info.strip_prefix("file ") {
            write_file(&folder.join(path), &fence.content);
        } else if fence.info == "console" {
            copy_lines(&lines[copied..fence.line], &mut played);
            copied = end;
            played.push_str(&console(&place, &folder, &fence, registry));
        }
    }
    copy_lines(&lines[copied..], &mut played);
    std::fs::remove_dir_all(&place).expect("the folder can be removed");
    played
}

fn copy_lines(lines: &[&str], target: &mut String) {
    for line in lines {
        target.push_str(line);
        target.push('\n');
    }
}

fn write_file(path: &Path, content: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    std::fs::write(path, content).expect("a writable folder");
}

/// The commands of a fence, each with what it prints now.
fn console(place: &Path, folder: &Path, fence: &Fence<'_>, registry: Option<&DevRegistry>) -> String {
    let mut played = String::new();
    for line in fence.content.lines() {
        let Some(command) = line.strip_prefix("$ ") else {
            continue;
        };
        let output = shell(place, folder, command, registry);
        let _ = writeln!(played, "{line}");
        played.push_str(&with_end(&text(&output.stdout)));
        if !output.stderr.is_empty() {
            let _ = write!(played, "[stderr]\n{}", with_end(&text(&output.stderr)));
        }
        match output.status.code() {
            Some(0) => {}
            Some(status) => {
                let _ = writeln!(played, "[status {status}]");
            }
            None => played.push_str("[killed]\n"),
        }
    }
    match registry {
        Some(registry) => normal(&registry.without_names(&played), place),
        None => normal(&played, place),
    }
}

/// The command under test is the only thing in the environment that matters.
fn shell(place: &Path, folder: &Path, command: &str, registry: Option<&DevRegistry>) -> Output {
    let path = std::env::var("PATH").unwrap_or_default();
    let binaries = Path::new(LUMEN).parent().expect("a folder").display();
    program("sh")
        .stdin(Stdio::null())
        // Nothing may hang the cases.
        .args(["-c", &format!("ulimit -t 10; {command}")])
        .current_dir(folder)
        .env("PATH", format!("{binaries}:{path}"))
        .env("HOME", place)
        .env("LUMEN_CACHE_DIR", place.join("cache"))
        .envs(registry.map(DevRegistry::environment).into_iter().flatten())
        .output()
        .expect("the shell starts")
}

fn with_end(text: &str) -> String {
    match text {
        "" => String::new(),
        _ if text.ends_with('\n') => text.to_owned(),
        _ => format!("{text}\n"),
    }
}

/// What differs from run to run is replaced: the temporary folder, durations, and hashes.
fn normal(text: &str, place: &Path) -> String {
    let text = text.replace(&place.display().to_string(), "/PLACE");
    let mut result = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        // Commands are what was written.
        if line.starts_with("$ ") {
            result.push_str(line);
        } else {
            result.push_str(&without_measurements(line));
        }
    }
    result
}

/// Durations become `0 ms`, measurements in events 0, hashes of at least 8 digits `HASH`.
fn without_measurements(line: &str) -> String {
    let mut result = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(|first: char| first.is_ascii_alphanumeric()) {
        let (before, word) = rest.split_at(start);
        let inside = |next: char| next.is_ascii_alphanumeric() || next == '.';
        let length = word.find(|next| !inside(next)).unwrap_or(word.len());
        let (word, after) = word.split_at(length);
        result.push_str(before);
        rest = after;
        let unit = [" µs", " ms", " s"]
            .into_iter()
            .find(|unit| after.starts_with(unit) && !after[unit.len()..].starts_with(char::is_alphanumeric));
        let number = word.parse::<f64>().is_ok();
        if let Some(unit) = unit.filter(|_| number) {
            result.push_str("0 ms");
            rest = &after[unit.len()..];
        } else if number && is_measured(&result) {
            if result.ends_with('-') {
                result.pop();
            }
            result.push('0');
        } else if is_hash(word) {
            result.push_str("HASH");
        } else {
            result.push_str(word);
        }
    }
    result + rest
}

/// Whether what comes next is a measurement in an event: the key before it says so.
fn is_measured(before: &str) -> bool {
    const KEYS: [&str; 9] = [
        "milliseconds",
        "duration",
        "start",
        "end",
        "until",
        "length",
        "longer",
        "bytes",
        "time",
    ];
    let before = before.trim_end_matches('-');
    KEYS.iter().any(|key| before.ends_with(&format!("\"{key}\":")))
}

fn is_hash(word: &str) -> bool {
    word.len() >= 8
        && word.chars().all(|digit| digit.is_ascii_hexdigit())
        && word.contains(|digit: char| digit.is_ascii_digit())
}

/// The lines around the first difference.
fn difference(expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let same = expected
        .iter()
        .zip(&actual)
        .take_while(|(left, right)| left == right)
        .count();
    let command = expected[..same.min(expected.len())]
        .iter()
        .rev()
        .find(|line| line.starts_with("$ "))
        .unwrap_or(&"");
    let window = |lines: &[&str]| lines[same.min(lines.len())..lines.len().min(same + 12)].join("\n  ");
    format!(
        "line {}, {command}\nexpected:\n  {}\nactual:\n  {}\n",
        same + 1,
        window(&expected),
        window(&actual)
    )
}

//! The pages of `lumen explain` (`docs/errors`): every wrong program fails with exactly the code of its page, every right
//! one compiles without a finding.
//!
//! The first fence below `## Wrong` and `## Right` is a document. Where several documents are needed, each fence says
//! `file=PATH`, and together they are a workspace. The words `error(CODE)` stand at the one that has the finding.
#![expect(clippy::disallowed_methods, reason = "tests read cases and start the binary")]

mod support;

use lumen_compiler::diagnostic::{Code, CodeInfo};
use std::fmt::Write as _;
use std::path::Path;
use support::{Fence, fences, lumen, text};

/// Codes whose wrong program is a file that no page can show.
const UNSHOWN: &[Code] = &[Code::E0007];

/// Codes that are reserved: what will have them is E0060 today, and their pages say so.
const RESERVED: &[Code] = &[Code::E0040, Code::E0041, Code::E0042, Code::E0043, Code::E0044];

#[test]
fn pages_have_all_their_parts() {
    for row in Code::TABLE {
        let title = format!("# {}: {}\n\n", row.name, row.title);
        assert!(row.page.starts_with(&title), "{}: no title", row.name);
        let headings: Vec<&str> = row.page.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, ["## Wrong", "## Right", "## Why"], "{}", row.name);
    }
}

#[test]
fn wrong_programs_fail_with_the_code_of_their_page_and_right_ones_compile() {
    let mut failures = String::new();
    for row in Code::TABLE.iter().filter(|row| !UNSHOWN.contains(&row.code)) {
        let announced = if RESERVED.contains(&row.code) {
            "E0060"
        } else {
            row.name
        };
        let found = findings(section(row, "## Wrong"), row);
        if found != [announced] {
            let _ = writeln!(failures, "{}: the wrong program has {found:?}", row.name);
        }
        let found = findings(section(row, "## Right"), row);
        if !found.is_empty() {
            let _ = writeln!(failures, "{}: the right program has {found:?}", row.name);
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// The part of a page below a heading.
fn section<'p>(row: &CodeInfo, heading: &str) -> &'p str {
    let page: &'static str = row.page;
    let (_, rest) = page.split_once(&format!("\n{heading}\n")).expect("a heading");
    rest.split("\n## ").next().expect("a first part")
}

/// The codes that `lumen check` finds in the program of a section, each once.
fn findings(section: &str, row: &CodeInfo) -> Vec<String> {
    let place = tempfile::tempdir().expect("a temporary folder");
    let folder = place.path().join("page");
    let programs = fences(section);
    assert!(!programs.is_empty(), "{}: no program", row.name);
    let mut is_workspace = false;
    let mut manifests = Vec::new();
    for program in &programs {
        let file = file(program);
        is_workspace |= file.is_some();
        let path = folder.join(file.unwrap_or("page.lm.md"));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        let content = match program.info.split(' ').next() {
            Some("lumen") => format!("```lumen\n{}```\n", program.content),
            _ => program.content.clone(),
        };
        std::fs::write(&path, content).expect("a writable folder");
        manifests.extend(file.and_then(|file| file.strip_suffix("/lumen.toml")));
    }
    if is_workspace {
        write_manifest(&folder, &manifests);
    }
    let mut command = lumen(&place.path().join("cache"), &folder);
    command.args(["check", "--keep-going", "--message-format", "json"]);
    if !is_workspace {
        command.arg("page.lm.md");
    }
    let output = command.output().expect("lumen starts");
    let printed = text(&output.stdout);
    let mut codes: Vec<String> = printed
        .lines()
        .map(|line| serde_json::from_str(line).expect("one JSON object a line"))
        .filter_map(|object: serde_json::Value| object["code"].as_str().map(str::to_owned))
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

/// The path that a fence says.
fn file<'f>(fence: &Fence<'f>) -> Option<&'f str> {
    fence.info.split(' ').find_map(|word| word.strip_prefix("file="))
}

/// The manifest of the workspace: of its members, or of the one package that the documents are.
fn write_manifest(folder: &Path, members: &[&str]) {
    let manifest = match members {
        [] => "[package]\nname = \"@demo/page\"\nversion = \"1.0.0\"\n".to_owned(),
        _ => format!("[workspace]\nmembers = {members:?}\n"),
    };
    std::fs::write(folder.join("lumen.toml"), manifest).expect("a writable folder");
}

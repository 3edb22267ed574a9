//! `lumen test --coverage`: the cases are documents with the expected count behind each line; the tracefile is what the real
//! `lcov` reads, if it is installed.
#![expect(
    clippy::disallowed_methods,
    reason = "the test makes files and starts processes"
)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use support::{lumen, text};
use tempfile::TempDir;

/// Counts behind lines, as `# 3`.
fn expected(document: &str) -> BTreeMap<usize, u64> {
    let count = |line: &str| line.rsplit_once(" # ")?.1.parse().ok();
    (1..)
        .zip(document.lines())
        .filter_map(|(number, line)| Some((number, count(line)?)))
        .collect()
}

/// The counts of the only document in a tracefile.
fn counted(tracefile: &str) -> BTreeMap<usize, u64> {
    let count = |line: &str| {
        let (number, count) = line.strip_prefix("DA:")?.split_once(',')?;
        Some((number.parse().ok()?, count.parse().ok()?))
    };
    tracefile.lines().filter_map(count).collect()
}

/// The document with counts behind its lines, other counts taken away: what a reader compares.
fn annotated(document: &str, counts: &BTreeMap<usize, u64>) -> String {
    let mut out = String::new();
    for (number, line) in (1..).zip(document.lines()) {
        let code = match expected(line).is_empty() {
            true => line,
            false => line.rsplit_once(" # ").map_or(line, |(code, _)| code),
        };
        let count = counts
            .get(&number)
            .map_or(String::new(), |count| format!(" # {count}"));
        out += format!("{}{count}", code.trim_end()).trim_end();
        out.push('\n');
    }
    out
}

/// Tests a document with coverage in all forms; yields the folder that holds them in `.lumen/coverage`.
fn covered(document: &str, arguments: &[&str]) -> (TempDir, String, Option<i32>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("case.lm.md"), document).expect("writable");
    let output = lumen(&folder.path().join("cache"), folder.path())
        .args(["test", "case.lm.md", "--coverage=lcov,html"])
        .args(arguments)
        .output()
        .expect("lumen starts");
    let printed = text(&output.stdout);
    (folder, printed, output.status.code())
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(".lumen/coverage").join(name)).expect("the report is there")
}

#[test]
fn each_line_counts_as_its_case_says() {
    let mut cases = 0;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/coverage");
    for entry in std::fs::read_dir(folder).expect("the cases") {
        let path = entry.expect("an entry").path();
        let document = std::fs::read_to_string(&path).expect("a case");
        let (folder, ..) = covered(&document, &[]);
        let counts = counted(&read(folder.path(), "lcov.info"));
        assert_eq!(
            annotated(&document, &counts),
            annotated(&document, &expected(&document)),
            "{}",
            path.display()
        );
        cases += 1;
    }
    assert!(cases > 0, "there are cases");
}

/// A case that leaves one of two ways out, and one cell.
const PARTLY: &str = "# Partly <b>\n\n```lumen\ncell sign(n: Int) -> Int\n  if n < 0\n    return -1\n  end\n  1\nend\n\n\
     cell never() -> String\n  \"<never>\"\nend\n\n@test\ncell positive()\n  assert_eq(sign(3), 1)\nend\n```\n";

#[test]
fn real_lcov_reads_the_tracefile() {
    let (folder, ..) = covered(PARTLY, &[]);
    let tracefile = read(folder.path(), "lcov.info");
    assert!(tracefile.contains("SF:case.lm.md\nFN:4,sign\nFN:11,never\nFNDA:1,sign\nFNDA:0,never\n"));
    assert!(tracefile.contains("BRDA:5,0,0,0\nBRDA:5,0,1,1\n"));
    let lcov = Command::new("lcov")
        .args(["--summary", ".lumen/coverage/lcov.info", "--rc"])
        .arg("lcov_branch_coverage=1")
        .current_dir(folder.path())
        .output();
    let Ok(lcov) = lcov else {
        eprintln!("skipped: lcov is not installed");
        return;
    };
    let said = text(&lcov.stdout) + &text(&lcov.stderr);
    assert!(lcov.status.success(), "{said}");
    for line in ["(2 of 4 lines)", "(1 of 2 functions)", "(1 of 2 branches)"] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn a_condition_is_one_branch_wherever_the_compiler_puts_it() {
    let (folder, ..) = covered(
        "```lumen\nrecord Price\n  cents: Int where cents >= 0\nend\n\n\
         cell close(n: Int) -> Int\n  defer\n    if n > 3\n      debug(\"much\")\n    end\n  end\n  12 / n\nend\n\n\
         @test\ncell prices()\n  assert_eq(Price(cents: close(4)).cents, 3)\nend\n```\n",
        &[],
    );
    let tracefile = read(folder.path(), "lcov.info");
    let branches: Vec<&str> = tracefile
        .lines()
        .filter(|line| line.starts_with("BRDA:"))
        .collect();
    assert_eq!(
        branches,
        ["BRDA:3,0,0,1", "BRDA:3,0,1,0", "BRDA:8,0,0,1", "BRDA:8,0,1,0"]
    );
}

#[test]
fn pages_are_whole_and_show_the_document() {
    let (folder, printed, status) = covered(PARTLY, &["--coverage-minimum", "50"]);
    assert_eq!(status, Some(0));
    assert!(
        printed.contains("case.lm.md    2/4  50.0 %       1/2  50.0 %\n"),
        "{printed}"
    );
    let page = read(folder.path(), "case.lm.md.html");
    let index = read(folder.path(), "index.html");
    for page in [&page, &index] {
        assert!(!page.contains("<script") && !page.contains(" src=") && !page.contains("<link"));
    }
    assert!(index.contains("href=\"case.lm.md.html\""));
    assert!(page.contains("<h1>Partly &lt;b&gt;</h1>"), "{page}");
    assert!(page.contains("&quot;&lt;never&gt;&quot;"));
    assert!(page.contains("<tr class=\"part\" id=\"L5\">"));
    assert!(page.contains("<tr class=\"miss\" id=\"L6\">"));
    assert!(page.contains("<tr class=\"hit\" id=\"L8\">"));
    assert!(page.contains("<tr class=\"none\" id=\"L4\">"));
}

#[test]
fn too_little_coverage_fails() {
    let (.., status) = covered(PARTLY, &["--coverage-minimum", "50.1"]);
    assert_eq!(status, Some(1));
}

//! `docs/diagnostics.md`: what the page says that `lumen check` prints is what it prints. With `UPDATE_CASES=1` the page is
//! brought up to date.
#![expect(clippy::disallowed_methods, reason = "tests read cases and start the binary")]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use support::{fences, lumen, text};

#[test]
fn the_page_shows_what_lumen_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics.md");
    let page = std::fs::read_to_string(&path).expect("readable page");
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut updated = page.clone();
    let mut failures = String::new();
    let mut compared = 0;
    let shown = fences(&page);
    for pair in shown.windows(2) {
        let [program, expected] = pair else { continue };
        if !program.info.starts_with("lumen ") || expected.info != "text lumen" {
            continue;
        }
        compared += 1;
        let document = format!("```lumen\n{}```\n", program.content);
        std::fs::write(place.path().join("page.lm.md"), document).expect("a writable folder");
        let output = lumen(&place.path().join("cache"), place.path())
            .args(["check", "page.lm.md"])
            .output()
            .expect("lumen starts");
        let printed = text(&output.stderr);
        let printed = printed.split("\n    Failed ").next().unwrap_or("").trim_end();
        if printed != expected.content.trim_end() {
            updated = updated.replacen(&expected.content, &format!("{printed}\n"), 1);
            let _ = writeln!(
                failures,
                "line {}, expected:\n{}actual:\n{printed}",
                expected.line, expected.content
            );
        }
    }
    if std::env::var_os("UPDATE_CASES").is_some() && updated != page {
        std::fs::write(&path, updated).expect("a writable page");
        return;
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(compared >= 30, "{compared} mistakes, at least 30 expected");
}

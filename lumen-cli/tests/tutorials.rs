//! The tutorials (`docs/tutorials/`), played: a fence below `<!-- file: NAME -->` is a file, a `console` fence holds commands
//! with what they print. Each page begins in an empty folder. `UPDATE_TUTORIALS=1` writes what is printed into the pages;
//! the `lumen` fences are the business of `docs.rs`.
#![expect(clippy::disallowed_methods, reason = "tests read pages and start the binary")]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use support::console::run_command;
use support::fences;

#[test]
fn commands_of_the_tutorials_print_what_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tutorials");
    let entries = std::fs::read_dir(folder).expect("the tutorials");
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    pages.sort();
    let played: Vec<(usize, String)> = pages.iter().map(|page| play(page)).collect();
    let commands: usize = played.iter().map(|(commands, _)| commands).sum();
    let report: String = played.into_iter().map(|(_, report)| report).collect();
    assert!(report.is_empty(), "\n{report}");
    assert!(commands >= 8, "only {commands} commands");
}

/// Plays a page; how many commands it has, and what differs.
fn play(page: &Path) -> (usize, String) {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut folder = place.path().join("work");
    std::fs::create_dir(&folder).expect("a new folder");
    let text = std::fs::read_to_string(page).expect("a readable page");
    let lines: Vec<&str> = text.lines().collect();
    let (mut commands, mut report) = (0, String::new());
    let mut updates = Vec::new();
    for fence in fences(&text) {
        let above = fence.line.checked_sub(2).map_or("", |line| lines[line]);
        if let Some(name) = above
            .strip_prefix("<!-- file: ")
            .and_then(|rest| rest.strip_suffix(" -->"))
        {
            std::fs::write(folder.join(name), &fence.content).expect("a file of the page");
        }
        if fence.info != "console" {
            continue;
        }
        let mut actual = String::new();
        for line in fence.content.lines() {
            if let Some(inner) = line.strip_prefix("$ cd ") {
                folder.push(inner);
                let _ = writeln!(actual, "{line}");
            } else if let Some(command) = line.strip_prefix("$ lumen ") {
                commands += 1;
                let _ = writeln!(actual, "{line}");
                actual.push_str(&run_command(&place.path().join("cache"), &folder, command));
            }
        }
        if sorted(&actual) != sorted(&fence.content) {
            let _ = writeln!(report, "{}:{}: prints\n{actual}", page.display(), fence.line);
            let end = fence.line + fence.content.lines().count();
            updates.push((fence.line..end, actual));
        }
    }
    if std::env::var_os("UPDATE_TUTORIALS").is_some() {
        let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
        for (range, actual) in updates.into_iter().rev() {
            lines.splice(range, actual.trim_end().lines().map(str::to_owned));
        }
        std::fs::write(page, lines.join("\n") + "\n").expect("a writable page");
        report.clear();
    }
    (commands, report)
}

/// The lines in an order of their own: tests run side by side, and are told of as they end.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    lines.sort_unstable();
    lines
}

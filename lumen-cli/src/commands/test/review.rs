//! `--review`: shows each snapshot that waits, and asks what to do with it.

use super::difference::difference_lines;
use super::snapshots::{Difference, pending_file, remove_pending, write};
use crate::commands::Session;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

/// What was done with the snapshots that waited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reviewed {
    pub(super) accepted: usize,
    pub(super) rejected: usize,
    pub(super) skipped: usize,
}

/// What somebody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Accept,
    Reject,
    Skip,
    All,
    Quit,
}

/// Whether there is somebody to ask.
pub(super) fn is_possible(session: &Session) -> bool {
    session.output.terminal && io::stdin().is_terminal()
}

/// Asks about each snapshot. The end of the input skips the rest.
///
/// # Errors
/// If an accepted snapshot cannot be written.
pub(super) fn review(
    root: &Path,
    differences: &[&Difference],
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<Reviewed, String> {
    let mut reviewed = Reviewed::default();
    let mut standing = None;
    for (number, difference) in differences.iter().enumerate() {
        let answer = match standing {
            Some(answer) => answer,
            None => {
                show(output, difference, number + 1, differences.len());
                ask(input, output)
            }
        };
        let accepted = root.join(&difference.path);
        match answer {
            Answer::Accept | Answer::All => {
                write(&accepted, &difference.new.encode())?;
                remove_pending(&accepted);
                reviewed.accepted += 1;
            }
            Answer::Reject => {
                remove_pending(&accepted);
                reviewed.rejected += 1;
            }
            Answer::Skip | Answer::Quit => reviewed.skipped += 1,
        }
        if matches!(answer, Answer::All | Answer::Quit) {
            standing = Some(answer);
        }
    }
    Ok(reviewed)
}

/// What cannot be written to the terminal is answered to nobody: the next answer is then the end of the input.
fn show(output: &mut dyn Write, difference: &Difference, number: usize, of: usize) {
    let _ = writeln!(output, "\n{number} of {of}");
    for line in difference_lines(difference) {
        let _ = writeln!(output, "{line}");
    }
}

fn ask(input: &mut dyn BufRead, output: &mut dyn Write) -> Answer {
    loop {
        let _ = write!(
            output,
            "[a]ccept, [r]eject, [s]kip, accept a[l]l that follow, [q]uit? "
        );
        let _ = output.flush();
        let mut line = String::new();
        match input.read_line(&mut line) {
            Ok(0) | Err(_) => return Answer::Quit,
            Ok(_) => {}
        }
        match line.trim() {
            "a" | "accept" => return Answer::Accept,
            "r" | "reject" => return Answer::Reject,
            "s" | "skip" => return Answer::Skip,
            "l" | "all" => return Answer::All,
            "q" | "quit" => return Answer::Quit,
            _ => {}
        }
    }
}

/// Whether a snapshot still waits.
pub(super) fn is_waiting(root: &Path, difference: &Difference) -> bool {
    pending_file(&root.join(&difference.path)).exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lumen_build::Snapshot;

    fn difference(name: &str) -> Difference {
        Difference {
            path: format!("tests/snapshots/lib/{name}.snap"),
            accepted: Some("old".to_owned()),
            new: Snapshot::new(&format!("@a/b lib: {name}"), "src/lib.lm.md:7", "new"),
        }
    }

    /// The answers, what was done, and which of three snapshots were accepted and still wait.
    fn reviewed(answers: &str) -> (Reviewed, Vec<bool>, Vec<bool>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path();
        let differences: Vec<Difference> = ["x", "y", "z"].map(difference).into();
        for difference in &differences {
            let pending = pending_file(&root.join(&difference.path));
            write(&pending, &difference.new.encode()).expect("writable");
        }
        let all: Vec<&Difference> = differences.iter().collect();
        let mut shown = Vec::new();
        let reviewed = review(root, &all, &mut answers.as_bytes(), &mut shown).expect("writable");
        assert!(String::from_utf8(shown).expect("text").contains("1 of 3"));
        let accepted = |difference: &Difference| root.join(&difference.path).is_file();
        (
            reviewed,
            differences.iter().map(accepted).collect(),
            differences
                .iter()
                .map(|difference| is_waiting(root, difference))
                .collect(),
        )
    }

    #[test]
    fn answers_decide() {
        let numbers = |accepted, rejected, skipped| Reviewed {
            accepted,
            rejected,
            skipped,
        };
        assert_eq!(
            reviewed("a\nr\ns\n"),
            (
                numbers(1, 1, 1),
                vec![true, false, false],
                vec![false, false, true]
            )
        );
        assert_eq!(
            reviewed("what?\nskip\nall\n"),
            (
                numbers(2, 0, 1),
                vec![false, true, true],
                vec![true, false, false]
            )
        );
        assert_eq!(
            reviewed("accept\n"),
            (
                numbers(1, 0, 2),
                vec![true, false, false],
                vec![false, true, true]
            )
        );
        assert_eq!(reviewed("q\n").0, numbers(0, 0, 3));
    }
}

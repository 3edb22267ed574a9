//! Two snapshots beside each other, for people.

use super::snapshots::Difference;
use lumen_pkg::client::printable;
use similar::{ChangeTag, TextDiff};

/// No more lines than this are shown.
const SHOWN: usize = 60;
/// Equal lines around each change.
const CONTEXT: usize = 3;

/// The lines that differ, with those around them; `-` accepted, `+` new. Nothing in them acts on a terminal.
pub(super) fn difference_lines(difference: &Difference) -> Vec<String> {
    let new = &difference.new;
    let mut lines = vec![
        format!("snapshot: {}", difference.path),
        format!("    test: {} ({})", new.test, new.source),
    ];
    let accepted = difference.accepted.as_deref().unwrap_or_default();
    let diff = TextDiff::from_lines(accepted, &new.text);
    let mut changes = Vec::new();
    for (number, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if number > 0 {
            changes.push("  ...".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let text = change.value().trim_end_matches('\n');
            changes.push(format!("  {sign} {}", printable(text)));
        }
    }
    if changes.is_empty() {
        changes.push("  + (an empty text)".to_owned());
    }
    let hidden = changes.len().saturating_sub(SHOWN);
    changes.truncate(SHOWN);
    lines.extend(changes);
    if hidden > 0 {
        lines.push(format!("  ... {hidden} more lines ..."));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use lumen_build::Snapshot;

    fn difference(accepted: Option<&str>, new: &str) -> Difference {
        Difference {
            path: "tests/snapshots/lib/shows.snap".to_owned(),
            accepted: accepted.map(str::to_owned),
            new: Snapshot::new("@a/b lib: shows", "src/lib.lm.md:7", new),
        }
    }

    #[test]
    fn changed_lines_are_shown_with_those_around_them() {
        let cases = [
            difference(None, "one\ntwo"),
            difference(Some("one\ntwo\nthree"), "one\n2\u{1b}[31m\nthree"),
            difference(Some("x"), ""),
            difference(None, ""),
        ];
        let shown: Vec<String> = cases
            .iter()
            .map(|case| {
                let lines = difference_lines(case).join("\n");
                format!("accepted: {:?}\nnew: {:?}\n{lines}", case.accepted, case.new.text)
            })
            .collect();
        insta::assert_snapshot!(shown.join("\n\n"));
    }

    #[test]
    fn no_more_is_shown_than_anybody_reads() {
        let long = "x\n".repeat(1000);
        assert_eq!(difference_lines(&difference(None, &long)).len(), 2 + SHOWN + 1);
    }
}

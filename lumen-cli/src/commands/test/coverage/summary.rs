//! Coverage as text: a line a document, then the whole.

use super::model::{DocumentCoverage, Share};

/// The table, a string a line.
pub(super) fn table(documents: &[DocumentCoverage]) -> Vec<String> {
    let mut rows = vec![["document", "lines", "", "branches", ""].map(str::to_owned)];
    let row = |name: &str, lines: Share, branches: Share| {
        let counts = |share: Share| format!("{}/{}", share.hit, share.found);
        [
            name.to_owned(),
            counts(lines),
            lines.percent(),
            counts(branches),
            branches.percent(),
        ]
    };
    rows.extend(
        documents
            .iter()
            .map(|document| row(&document.path, document.line_share(), document.branch_share())),
    );
    let (lines, branches) = total(documents);
    rows.push(row("total", lines, branches));
    let widths: [usize; 5] = std::array::from_fn(|column| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0)
    });
    rows.iter()
        .map(|row| {
            let [name, lines, percent, branches, of_branches] = row;
            let text = format!(
                "{name:<0$}  {lines:>1$}  {percent:>2$}  {branches:>3$}  {of_branches:>4$}",
                widths[0], widths[1], widths[2], widths[3], widths[4]
            );
            text.trim_end().to_owned()
        })
        .collect()
}

/// Lines and branches of all documents.
pub(super) fn total(documents: &[DocumentCoverage]) -> (Share, Share) {
    documents.iter().fold(
        (Share::default(), Share::default()),
        |(lines, branches), document| {
            (
                lines.and(document.line_share()),
                branches.and(document.branch_share()),
            )
        },
    )
}

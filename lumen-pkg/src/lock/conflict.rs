//! The marks that a version control system leaves in a lock that it could not merge.

use crate::finding::Findings;
use crate::position::Span;

/// What one does about it.
const ADVICE: &str = "settle the manifests first; then take either side of the lock whole (`git checkout --ours lumen.lock` or `--theirs`) and run \
    `lumen fetch`, which changes only what does not fit. Sides are never mixed by hand or by guess";

/// More conflicts than this are counted, not listed.
const MAXIMUM_LISTED: usize = 10;

/// Reports all conflicts, with their lines; false if there are none.
pub(super) fn report(text: &str, findings: &mut Findings) -> bool {
    let regions = regions(text);
    let Some((first, ..)) = regions.first() else {
        return false;
    };
    let lines: Vec<String> = regions
        .iter()
        .take(MAXIMUM_LISTED)
        .map(|(_, from, to)| match from == to {
            true => format!("{from}"),
            false => format!("{from} to {to}"),
        })
        .collect();
    let more = match regions.len() > MAXIMUM_LISTED {
        true => format!(" and {} more", regions.len() - MAXIMUM_LISTED),
        false => String::new(),
    };
    let message = format!(
        "the lock has an unresolved merge conflict in lines {}{more}",
        lines.join(", ")
    );
    findings.error(*first, message).help = Some(ADVICE.to_owned());
    true
}

/// From each line that begins a conflict to the one that ends it: the span of the first, and both line numbers. A mark that stands alone is a
/// conflict of one line.
fn regions(text: &str) -> Vec<(Span, usize, usize)> {
    let mut regions: Vec<(Span, usize, usize)> = Vec::new();
    let mut open = false;
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let is = |mark: &str| line.starts_with(mark);
        let span: Span = (start..start + line.trim_end().len()).into();
        start += line.len();
        let (begins, middle, ends) = (is("<<<<<<<"), is("=======") || is("|||||||"), is(">>>>>>>"));
        match regions.last_mut() {
            Some(last) if open && (middle || ends) => last.2 = number,
            _ if begins || middle || ends => regions.push((span, number, number)),
            _ => {}
        }
        open = (open || begins) && !ends;
    }
    regions
}

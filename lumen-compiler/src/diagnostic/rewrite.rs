//! A text with edits made.

use super::{ReportEdit, Source};
use std::ops::Range;

/// The text with all edits made. Nothing if two overlap, or one lies outside of the text.
pub fn rewrite<'e>(source: &Source, edits: impl IntoIterator<Item = &'e ReportEdit>) -> Option<String> {
    let place = |edit: &'e ReportEdit| {
        let range = source.offset(edit.range.start)?..source.offset(edit.range.end)?;
        (range.start <= range.end).then_some((range, edit.replacement.as_str()))
    };
    let mut placed: Vec<(Range<usize>, &str)> = edits.into_iter().map(place).collect::<Option<_>>()?;
    placed.sort_by_key(|(range, _)| (range.start, range.end));
    let text = source.text();
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (range, replacement) in placed {
        out.push_str(text.get(copied..range.start)?);
        out.push_str(replacement);
        copied = range.end;
    }
    out.push_str(text.get(copied..)?);
    Some(out)
}

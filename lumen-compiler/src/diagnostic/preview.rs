//! What a text would read like with edits made: the lines that change, and nothing around them.

use super::excerpt::{WIDEST, displayed};
use super::{ReportEdit, Source};
use crate::document::LineColumn;

/// More lines are not shown.
const MOST_LINES: usize = 12;

/// A line of a preview.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PreviewLine {
    /// Before the edits for a line that goes, else after them.
    pub(super) number: u32,
    /// What becomes of it.
    pub(super) change: Change,
    /// Tabs expanded.
    pub(super) text: String,
    /// Display columns of what is put into a line that otherwise stays.
    pub(super) marks: Vec<(usize, usize)>,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Something is put into it, or it shows where lines are put.
    Stays,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

/// The lines that change, by place, and whether there are more than are of use. None if they are too long.
pub(super) fn preview(source: &Source, edits: &[ReportEdit]) -> (Vec<PreviewLine>, bool) {
    let mut edits: Vec<&ReportEdit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.range);
    let mut lines = Vec::new();
    // How many lines the edits above have put in, less those that they took.
    let mut shift: i64 = 0;
    let mut rest = edits.as_slice();
    while let Some(first) = rest.first() {
        let mut last = first.range.end.line;
        let count = rest
            .iter()
            .take_while(|edit| {
                let belongs = edit.range.start.line <= last + 1;
                last = last.max(edit.range.end.line);
                belongs
            })
            .count();
        let (group, below) = rest.split_at(count);
        rest = below;
        let Some(change) = group_lines(source, group, shift) else {
            return (Vec::new(), false);
        };
        shift += change.shift;
        lines.extend(change.lines);
        if lines.len() > MOST_LINES {
            break;
        }
    }
    let fits = |line: &PreviewLine| line.text.chars().count() <= WIDEST;
    if !lines.iter().all(fits) {
        return (Vec::new(), false);
    }
    let has_more = lines.len() > MOST_LINES;
    lines.truncate(MOST_LINES);
    (lines, has_more)
}

/// What edits of neighbouring lines do.
struct GroupChange {
    lines: Vec<PreviewLine>,
    shift: i64,
}

fn group_lines(source: &Source, group: &[&ReportEdit], shift: i64) -> Option<GroupChange> {
    if let Some(line) = insertions(source, group, shift) {
        return Some(GroupChange {
            lines: vec![line],
            shift: 0,
        });
    }
    let first = group.first()?.range.start.line;
    let last = group.iter().map(|edit| edit.range.end.line).max()?;
    let old: Vec<&str> = (first..=last).map_while(|number| source.line(number)).collect();
    let start = source.offset(LineColumn {
        line: first,
        column: 1,
    })?;
    let end = source.offset(LineColumn {
        line: last,
        column: u32::MAX,
    })?;
    let mut text = String::new();
    let mut copied = start;
    for edit in group {
        let (from, to) = (source.offset(edit.range.start)?, source.offset(edit.range.end)?);
        text.push_str(source.text().get(copied..from)?);
        text.push_str(&edit.replacement);
        copied = to;
    }
    text.push_str(source.text().get(copied..end)?);
    let new: Vec<&str> = text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .collect();
    let before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[before..], &new[before..]);
    let after = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let removed = &old_rest[..old_rest.len() - after];
    let added = &new_rest[..new_rest.len() - after];
    let number = |offset: usize| first + (before + offset) as u32;
    let shifted = |number: u32| u32::try_from(i64::from(number) + shift).unwrap_or(number);
    let line = |number: u32, change: Change, text: &str| PreviewLine {
        number,
        change,
        text: displayed(text, WIDEST + 1).0,
        marks: Vec::new(),
    };
    let mut lines = Vec::new();
    if removed.is_empty()
        && let Some(above) = source.line(number(0) - 1)
    {
        lines.push(line(shifted(number(0) - 1), Change::Stays, above));
    }
    let gone = removed.iter().enumerate();
    lines.extend(gone.map(|(offset, text)| line(number(offset), Change::Removed, text)));
    let come = added.iter().enumerate();
    lines.extend(come.map(|(offset, text)| line(shifted(number(offset)), Change::Added, text)));
    Some(GroupChange {
        lines,
        shift: new.len() as i64 - old.len() as i64,
    })
}

/// The line, if all that happens is that something is put into one.
fn insertions(source: &Source, group: &[&ReportEdit], shift: i64) -> Option<PreviewLine> {
    let number = group.first()?.range.start.line;
    let is_insertion = |edit: &&ReportEdit| {
        edit.range.start == edit.range.end
            && edit.range.start.line == number
            && !edit.replacement.is_empty()
            && !edit.replacement.contains('\n')
    };
    if !group.iter().all(is_insertion) {
        return None;
    }
    let line = source.line(number)?;
    let mut text = String::new();
    let mut places = Vec::new();
    let mut characters = line.chars();
    let mut passed = 0;
    for edit in group {
        let column = edit.range.start.column as usize - 1;
        text.extend(characters.by_ref().take(column - passed));
        passed = column;
        let start = text.chars().count();
        text.push_str(&edit.replacement);
        places.push((start, text.chars().count()));
    }
    text.extend(characters);
    let (text, columns) = displayed(&text, WIDEST + 1);
    let at = |index: usize| columns.get(index).or(columns.last()).copied().unwrap_or(0);
    Some(PreviewLine {
        number: u32::try_from(i64::from(number) + shift).unwrap_or(number),
        change: Change::Stays,
        text,
        marks: places
            .into_iter()
            .map(|(start, end)| (at(start), at(end)))
            .collect(),
    })
}

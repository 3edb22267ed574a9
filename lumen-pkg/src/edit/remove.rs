//! Taking an entry out, with the comment on its own lines.

use super::table::{self, Found, leaf_lines, lines_of};
use super::{DependencyTable, EditError};
use crate::name::PackageName;
use std::ops::Range;

/// The new text; not yet checked.
pub(super) fn remove(text: &str, table: DependencyTable, name: &PackageName) -> Result<String, EditError> {
    let document = table::parse(text)?;
    let root = document.as_table();
    if !table::has(root, table, name.as_str()) {
        return Err(EditError::Absent {
            name: name.clone(),
            table: table.key(),
            other: table::has(root, table.other(), name.as_str()),
        });
    }
    let found = table::find(root, text, table)?;
    let mut doomed: Vec<Range<usize>> = Vec::new();
    if let Some(own) = table::own_table(root, table, name.as_str()) {
        let header = own.span().ok_or_else(|| EditError::Entry(name.clone()))?;
        doomed.push(lines_of(text, header.start..header.start));
        doomed.extend(leaf_lines(own, text));
    }
    if let Found::Body(body) = &found {
        let of_name = |key: &str| key == name.as_str();
        let lines = body.entries.iter().filter(|entry| of_name(&entry.key));
        doomed.extend(lines.map(|entry| entry.lines.clone()));
    }
    if doomed.is_empty() {
        return Err(EditError::Form(table.key()));
    }
    doomed.sort_by_key(|lines| lines.start);
    let mut new = text.to_owned();
    for lines in doomed.into_iter().rev() {
        cut(&mut new, lines);
    }
    without_empty_table(new, table)
}

/// Cuts lines out. Where the last line has no end, neither has the one that is then last.
fn cut(text: &mut String, lines: Range<usize>) {
    let unended = lines.end == text.len() && !text.ends_with('\n');
    text.replace_range(lines, "");
    if unended && text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
}

/// Takes the table's header out too if nothing is left below it, with the empty line above it.
fn without_empty_table(text: String, table: DependencyTable) -> Result<String, EditError> {
    let document = table::parse(&text)?;
    let Some(left) = document
        .as_table()
        .get(table.key())
        .and_then(toml_edit::Item::as_table)
    else {
        return Ok(text);
    };
    let Some(header) = left.span().filter(|_| left.is_empty() && !left.is_implicit()) else {
        return Ok(text);
    };
    let line = lines_of(&text, header.start..header.start);
    let is_blank = |line: &str| line.trim().is_empty();
    let comment_behind = text.get(line.clone()).is_some_and(|header| header.contains('#'));
    let after = text.get(line.end..).unwrap_or_default();
    let mut rest = after.lines().skip_while(|line| is_blank(line));
    if comment_behind || rest.next().is_some_and(|next| next.trim_start().starts_with('#')) {
        return Ok(text);
    }
    let start = match text.get(..line.start) {
        Some(before) if before.ends_with("\n\n") => line.start - 1,
        Some(before) if before.ends_with("\n\r\n") => line.start - 2,
        _ => line.start,
    };
    let end = line.end;
    drop(document);
    let mut new = text;
    cut(&mut new, start..end);
    Ok(new)
}

//! Where the entries of a dependency table are in the text of a manifest.

use super::{DependencyTable, EditError};
use std::ops::Range;
use toml_edit::{Document, Item, Table, TableLike};

/// A `[dependencies]` with a header of its own.
pub(super) struct Body {
    /// The header's line, with its end.
    pub(super) header: Range<usize>,
    /// The entries between the header and the next one, in the order of the file.
    pub(super) entries: Vec<BodyEntry>,
}

/// One entry of a body.
pub(super) struct BodyEntry {
    pub(super) key: String,
    /// Its lines, with the last one's end.
    pub(super) lines: Range<usize>,
    /// The bytes of the value; `None` if it has dotted keys (`"@a/b".path = ...`).
    pub(super) value: Option<Range<usize>>,
}

/// What a manifest has by way of one table.
pub(super) enum Found {
    /// Nothing, or only tables below it (`[dependencies."@a/b"]`).
    NoBody,
    Body(Body),
}

/// Parses a text and hands out its top table.
pub(super) fn parse(text: &str) -> Result<Document<&str>, EditError> {
    Document::parse(text).map_err(|error| EditError::Syntax(error.message().to_owned()))
}

/// The table in a document; `text` is what that was parsed from.
pub(super) fn find(document: &Table, text: &str, table: DependencyTable) -> Result<Found, EditError> {
    match document.get(table.key()) {
        None => Ok(Found::NoBody),
        Some(Item::Table(found)) if found.is_dotted() => Err(EditError::Form(table.key())),
        Some(Item::Table(found)) if found.is_implicit() => Ok(Found::NoBody),
        Some(Item::Table(found)) => {
            let span = found.span().ok_or(EditError::Form(table.key()))?;
            Ok(Found::Body(Body {
                header: lines_of(text, span.start..span.start),
                entries: entries(found, text),
            }))
        }
        Some(_) => Err(EditError::Form(table.key())),
    }
}

/// The entry of a name as a table of its own, `[dependencies."@a/b"]`.
pub(super) fn own_table<'t>(document: &'t Table, table: DependencyTable, name: &str) -> Option<&'t Table> {
    let found = document.get(table.key())?.as_table()?;
    found
        .get(name)?
        .as_table()
        .filter(|own| !own.is_dotted() && !own.is_implicit())
}

/// Whether the table has an entry of that name, in whatever form.
pub(super) fn has(document: &Table, table: DependencyTable, name: &str) -> bool {
    document
        .get(table.key())
        .and_then(Item::as_table_like)
        .is_some_and(|table| table.contains_key(name))
}

fn entries(table: &Table, text: &str) -> Vec<BodyEntry> {
    let mut entries = Vec::new();
    for (key, item) in table {
        let Some(start) = table.key(key).and_then(toml_edit::Key::span) else {
            continue;
        };
        match item {
            Item::Value(value) if !value.as_inline_table().is_some_and(|inline| inline.is_dotted()) => {
                if let Some(span) = value.span() {
                    entries.push(BodyEntry {
                        key: key.to_owned(),
                        lines: lines_of(text, start.start..span.end),
                        value: Some(span),
                    });
                }
            }
            Item::Value(_) | Item::Table(_) => {
                let dotted = item.as_table().is_none_or(Table::is_dotted);
                let leaves = item.as_table_like().map(|table| leaf_lines(table, text));
                for lines in leaves.into_iter().flatten().filter(|_| dotted) {
                    entries.push(BodyEntry {
                        key: key.to_owned(),
                        lines,
                        value: None,
                    });
                }
            }
            Item::None | Item::ArrayOfTables(_) => {}
        }
    }
    entries.sort_by_key(|entry| entry.lines.start);
    entries
}

/// The lines of every entry of a table whose keys are dotted, or of a table's own body.
pub(super) fn leaf_lines(table: &dyn TableLike, text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    for (key, item) in table.iter() {
        let start = table.key(key).and_then(toml_edit::Key::span);
        let end = item.span().or_else(|| start.clone());
        if let (Some(start), Some(end)) = (start, end) {
            lines.push(lines_of(text, start.start..end.end.max(start.end)));
        }
    }
    lines
}

/// The whole lines that a range lies in, with the last one's end.
pub(super) fn lines_of(text: &str, range: Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = after
        .find('\n')
        .map_or(text.len(), |newline| range.end + newline + 1);
    start..end
}

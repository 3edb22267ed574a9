//! Adding an entry: after the last one that sorts before it where the table is sorted, else at its end.

use super::table::{self, Body, Found};
use super::{Added, DependencyTable, EditError, NewDependency};
use crate::name::PackageName;

/// The new text; not yet checked.
pub(super) fn add(
    text: &str,
    table: DependencyTable,
    name: &PackageName,
    dependency: &NewDependency,
) -> Result<Added, EditError> {
    let document = table::parse(text)?;
    let root = document.as_table();
    if !root.contains_key("package") {
        return Err(EditError::NoPackage);
    }
    if table::has(root, table.other(), name.as_str()) {
        return Err(EditError::Elsewhere {
            name: name.clone(),
            table: table.other().key(),
        });
    }
    let found = table::find(root, text, table)?;
    let value = dependency.render();
    if super::check::says(root, table, name, &value) {
        return Ok(Added::Unchanged);
    }
    if table::has(root, table, name.as_str()) {
        return change(text, &found, name, &value);
    }
    let line = match dependency {
        NewDependency::Workspace => format!("\"{name}\".workspace = true"),
        _ => format!("\"{name}\" = {value}"),
    };
    Ok(Added::New(match found {
        Found::Body(body) => insert(text, place(&body, name), &line, line_end(text)),
        Found::NoBody => with_table(text, table, &line, line_end(text)),
    }))
}

/// Gives the entry that is there another value.
fn change(text: &str, found: &Found, name: &PackageName, value: &str) -> Result<Added, EditError> {
    let Found::Body(body) = found else {
        return Err(EditError::Entry(name.clone()));
    };
    let span = body
        .entries
        .iter()
        .find(|entry| entry.key == name.as_str())
        .and_then(|entry| entry.value.clone());
    let before = span.clone().and_then(|span| text.get(span)).map(str::to_owned);
    match (span, before) {
        (Some(span), Some(before)) if !before.contains('\n') => {
            let mut new = text.to_owned();
            new.replace_range(span, value);
            Ok(Added::Changed { text: new, before })
        }
        _ => Err(EditError::Entry(name.clone())),
    }
}

/// The byte after whose line the entry goes: that of the header, or of an entry.
fn place(body: &Body, name: &PackageName) -> usize {
    let keys = || body.entries.iter().map(|entry| entry.key.as_str());
    let last = match keys().is_sorted() {
        true => body
            .entries
            .iter()
            .rfind(|entry| entry.key.as_str() < name.as_str()),
        false => body.entries.last(),
    };
    last.map_or(body.header.end, |entry| entry.lines.end)
}

/// The line end that the manifest uses.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(newline) if text[..newline].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// The text with one more line at a place where a line begins, or at its end.
fn insert(text: &str, at: usize, line: &str, line_end: &str) -> String {
    let (before, after) = text.split_at(at);
    match before.ends_with('\n') {
        true => format!("{before}{line}{line_end}{after}"),
        // Only the last line of a file may lack its end; then the new one lacks it.
        false => format!("{before}{line_end}{line}{after}"),
    }
}

/// The text with a table of one entry at its end.
fn with_table(text: &str, table: DependencyTable, line: &str, line_end: &str) -> String {
    let header = format!("{line_end}[{}]{line_end}{line}", table.key());
    match text.ends_with('\n') {
        true => format!("{text}{header}{line_end}"),
        false => format!("{text}{line_end}{header}"),
    }
}

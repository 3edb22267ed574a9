//! Typed reading of TOML items: an item has the expected type, or there is a finding and no value.
//!
//! Used by the section parsers only. Spans fall back from the value to its key where TOML gives a table no span.

use crate::finding::Findings;
use crate::position::{Span, Spanned};
use crate::suggest;
use toml_edit::{Item, TableLike};

/// One key and its value.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'t> {
    pub(crate) key: &'t str,
    pub(crate) key_span: Span,
    pub(crate) item: &'t Item,
}

/// The entries of a table, in the order of the file.
pub(crate) fn entries(table: &dyn TableLike) -> impl Iterator<Item = Entry<'_>> {
    table.iter().map(|(key, item)| {
        let key_span = table
            .key(key)
            .and_then(toml_edit::Key::span)
            .map_or_else(Span::default, Span::from);
        Entry { key, key_span, item }
    })
}

impl<'t> Entry<'t> {
    /// The value's bytes, else the key's.
    pub(crate) fn span(&self) -> Span {
        self.item.span().map_or(self.key_span, Span::from)
    }

    /// The value as a string.
    pub(crate) fn text(&self, findings: &mut Findings) -> Option<Spanned<&'t str>> {
        match self.item.as_str() {
            Some(value) => Some(Spanned {
                value,
                span: self.span(),
            }),
            None => self.wrong_type("a string", findings),
        }
    }

    /// The value as a boolean.
    pub(crate) fn boolean(&self, findings: &mut Findings) -> Option<Spanned<bool>> {
        match self.item.as_bool() {
            Some(value) => Some(Spanned {
                value,
                span: self.span(),
            }),
            None => self.wrong_type("`true` or `false`", findings),
        }
    }

    /// The value as a list of strings; entries of another type are reported and left out, then `complete` is false.
    pub(crate) fn text_list(&self, findings: &mut Findings) -> Option<TextList> {
        let Some(array) = self.item.as_array() else {
            return self.wrong_type("a list of strings", findings);
        };
        let mut list = TextList {
            texts: Vec::with_capacity(array.len()),
            complete: true,
        };
        for value in array {
            let span = value.span().map_or_else(|| self.span(), Span::from);
            match value.as_str() {
                Some(text) => list.texts.push(Spanned {
                    value: text.to_owned(),
                    span,
                }),
                None => {
                    list.complete = false;
                    findings.error(
                        span,
                        format!(
                            "`{}` is a list of strings, this is {}",
                            self.key,
                            with_article(value.type_name())
                        ),
                    );
                }
            }
        }
        Some(list)
    }

    /// The value as a table, however it is written.
    pub(crate) fn table(&self, findings: &mut Findings) -> Option<&'t dyn TableLike> {
        match self.item.as_table_like() {
            Some(table) => Some(table),
            None => self.wrong_type("a table", findings),
        }
    }

    /// Reports that the value should be `expected`.
    pub(crate) fn wrong_type<T>(&self, expected: &str, findings: &mut Findings) -> Option<T> {
        let found = with_article(self.item.type_name());
        findings.error(
            self.span(),
            format!("`{}` must be {expected}, this is {found}", self.key),
        );
        None
    }
}

/// A list of strings, with their places.
pub(crate) struct TextList {
    pub(crate) texts: Vec<Spanned<String>>,
    pub(crate) complete: bool,
}

/// The keys of one table that the format does not have. They are warnings, unless one is the misspelling of a key whose
/// absence is an error: then the error is enough.
#[derive(Default)]
pub(crate) struct UnknownKeys<'t>(Vec<Entry<'t>>);

impl<'t> UnknownKeys<'t> {
    pub(crate) fn push(&mut self, entry: Entry<'t>) {
        self.0.push(entry);
    }

    /// Takes out the first key that is nearer to one of `wanted` than to the other `known` ones, with that one.
    pub(crate) fn take_misspelt<'k>(
        &mut self,
        wanted: &[&'k str],
        known: &[&'k str],
    ) -> Option<(Entry<'t>, &'k str)> {
        let meant = |entry: &Entry<'_>| {
            suggest::nearest(entry.key, known.iter().copied()).filter(|key| wanted.contains(key))
        };
        let (index, key) = self
            .0
            .iter()
            .enumerate()
            .find_map(|(index, entry)| Some((index, meant(entry)?)))?;
        Some((self.0.remove(index), key))
    }

    /// Warns of the rest. `kind` is what the table calls its keys.
    pub(crate) fn warn(self, kind: &str, known: &[&str], findings: &mut Findings) {
        for entry in self.0 {
            let suggestion = suggest::nearest(entry.key, known.iter().copied());
            let message = format!("unknown {kind} `{}`, it has no effect", excerpt(entry.key));
            findings.warning(entry.key_span, message).help =
                suggestion.map(|known| format!("did you mean `{known}`?"));
        }
    }
}

/// A text for use inside a message: at most 80 characters.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(80) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
    }
}

/// TOML's type names in a sentence.
fn with_article(type_name: &str) -> String {
    match type_name {
        "array of tables" => "an array of tables".to_owned(),
        "array" => "a list".to_owned(),
        "integer" | "inline table" => format!("an {type_name}"),
        _ => format!("a {type_name}"),
    }
}

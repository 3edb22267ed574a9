//! The two ways to write a document, told apart by the name of its file.

use super::{Document, Positions};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `NAME.lm.md`: CommonMark, whose `lumen` fences are code.
    Markdown,
    /// `NAME.lm`: code alone; blocks between lines of backticks are documentation.
    Code,
}

impl Form {
    /// All forms.
    pub const ALL: [Form; 2] = [Form::Markdown, Form::Code];

    /// What the file names of such documents end in. No name ends in more than one of these.
    pub fn suffix(self) -> &'static str {
        match self {
            Form::Markdown => ".lm.md",
            Form::Code => ".lm",
        }
    }

    /// The form of the document with this name or path, and what stands before its suffix. Nothing if it is none.
    pub fn split_name(name: &str) -> Option<(&str, Form)> {
        Form::ALL
            .into_iter()
            .find_map(|form| Some((name.strip_suffix(form.suffix())?, form)))
    }

    /// The form of the document with this name or path; [`Form::Markdown`] if the name is no document's.
    pub fn of_path(path: &str) -> Form {
        Form::split_name(path).map_or(Form::Markdown, |(_, form)| form)
    }

    /// Reads a document. Never fails: what is wrong is in the diagnostics. An [`Unreadable`](super::Unreadable) text is
    /// one E0007 and nothing else.
    pub fn parse(self, text: &str) -> Document {
        super::parse(text, self)
    }

    /// Where the spans of a document stand: extraction without parsing.
    pub fn positions(self, text: &str) -> Positions {
        super::positions_of(text, self)
    }
}

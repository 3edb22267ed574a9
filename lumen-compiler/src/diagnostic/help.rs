//! What to do about a finding: in words, and where possible as edits that do it.

use super::{Diagnostic, Span};

/// One piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// One sentence without a full stop.
    pub text: String,
    /// What does it, in one go; none if there are only words. They do not overlap.
    pub edits: Vec<Edit>,
    /// Whether the edits are what is meant.
    pub confidence: Confidence,
}

/// A replacement of a stretch of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what; empty to delete. Lines after its first are indented as they are to stand.
    pub replacement: String,
    /// It is a line of its own below the last line of `span`, which stays, and is indented as the first line.
    pub below: bool,
}

/// How far edits can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Confidence {
    /// Hardly anything else can be meant: `lumen fix` applies them.
    Sure,
    /// One way of several, or one that leaves something to fill in: applied when it is asked for.
    Maybe,
}

impl Confidence {
    /// As printed.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Sure => "sure",
            Confidence::Maybe => "maybe",
        }
    }
}

impl Edit {
    /// Puts `text` in the place of `span`.
    pub fn replace(span: Span, text: impl Into<String>) -> Edit {
        Edit {
            span,
            replacement: text.into(),
            below: false,
        }
    }

    /// Puts a line below those of `span`, indented as they are.
    pub fn below(span: Span, text: impl Into<String>) -> Edit {
        Edit {
            below: true,
            ..Edit::replace(span, text)
        }
    }

    /// Puts `text` before `span`.
    pub fn before(span: Span, text: impl Into<String>) -> Edit {
        let end = span.start;
        Edit::replace(Span { end, ..span }, text)
    }

    /// Puts `text` after `span`.
    pub fn after(span: Span, text: impl Into<String>) -> Edit {
        let start = span.end;
        Edit::replace(Span { start, ..span }, text)
    }

    /// Takes `span` away.
    pub fn delete(span: Span) -> Edit {
        Edit::replace(span, "")
    }
}

impl<T: Into<String>> From<T> for Help {
    fn from(text: T) -> Help {
        Help {
            text: text.into(),
            edits: Vec::new(),
            confidence: Confidence::Sure,
        }
    }
}

impl PartialEq<&str> for Help {
    fn eq(&self, text: &&str) -> bool {
        self.text == *text
    }
}

impl Help {
    /// Advice that `lumen fix` follows.
    pub fn sure(text: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Help {
        Help {
            edits: edits.into(),
            ..Help::from(text)
        }
    }

    /// Advice that can be followed by edits, and one way of several.
    pub fn maybe(text: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Help {
        Help {
            confidence: Confidence::Maybe,
            ..Help::sure(text, edits)
        }
    }
}

impl Diagnostic {
    /// With advice.
    #[must_use]
    pub fn advice(mut self, help: impl Into<Option<Help>>) -> Diagnostic {
        self.help.extend(help.into());
        self
    }

    /// With advice in words.
    #[must_use]
    pub fn help(self, text: impl Into<String>) -> Diagnostic {
        self.advice(Help::from(text))
    }

    /// With advice that `lumen fix` follows.
    #[must_use]
    pub fn fix(self, text: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Diagnostic {
        self.advice(Help::sure(text, edits))
    }

    /// With advice that can be followed by edits, and one way of several.
    #[must_use]
    pub fn maybe(self, text: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Diagnostic {
        self.advice(Help::maybe(text, edits))
    }
}

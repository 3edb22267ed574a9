//! What the compiler has to say about a document: plain data, rendered elsewhere.
//!
//! Spans are relative to their fence; the document turns them into lines and columns. Diagnostics
//! of one document are sorted by position, and none is caused by another (`docs/spec/lumen-v1.md`, Diagnostics).

mod code;
mod excerpt;
mod help;
mod json;
mod preview;
mod render;
mod report;
mod rewrite;
mod suggest;

pub use code::{Code, CodeInfo};
pub use help::{Confidence, Edit, Help};
pub use json::json;
pub use lumen_vm::lir::Span;
pub use render::{Style, render};
pub use report::{Report, ReportEdit, ReportHelp, ReportLabel, Source};
pub use rewrite::rewrite;
pub use suggest::closest;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The document does not compile.
    Error,
    /// It compiles, and is probably not what was meant.
    Warning,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind.
    pub code: Code,
    /// Error or warning (some codes can be either).
    pub severity: Severity,
    /// One line in the user's words, without a full stop: what is wrong, with the names involved.
    pub message: String,
    /// Where it shows; the carets.
    pub span: Span,
    /// What to say at the carets; may be empty.
    pub label: String,
    /// Other places that explain it: where a type was declared, where a block was opened.
    pub related: Vec<Label>,
    /// What to do, the best first.
    pub help: Vec<Help>,
}

/// A place and what it has to do with the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words.
    pub text: String,
}

impl Diagnostic {
    /// A finding of the code's usual severity.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.info().severity,
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            help: Vec::new(),
        }
    }

    /// With words at the carets.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.label = text.into();
        self
    }

    /// With another place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.related.push(Label {
            span,
            text: text.into(),
        });
        self
    }
}

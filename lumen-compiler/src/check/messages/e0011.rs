//! E0011: two things of one name.

use crate::diagnostic::{Code, Diagnostic, Span};

/// The second of two equal names; `what` says what it names, `field`.
pub(crate) fn duplicate(span: Span, what: &str, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0011, span, format!("{what} `{name}`: the name is taken"))
        .label("declared again here")
        .related(first, "first declared here")
}

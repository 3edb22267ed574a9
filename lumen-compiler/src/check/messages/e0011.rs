//! E0011: two things of one name.

use crate::diagnostic::{Code, Diagnostic, Span};

/// The second of two equal attributes of a declaration.
pub(crate) fn duplicate_attribute(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0011, span, format!("`@{name}` stands here twice"))
        .related(first, "the first one")
        .help("remove one of them")
}

/// The second of two equal names; `what` says what it names, `field`.
pub(crate) fn duplicate(span: Span, what: &str, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0011, span, format!("{what} `{name}`: the name is taken"))
        .label("declared again here")
        .related(first, "first declared here")
}

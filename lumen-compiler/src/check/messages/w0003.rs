//! W0003: code that is never reached.

use crate::diagnostic::{Code, Diagnostic, Span};

/// Statements after one that does not go on.
pub(crate) fn statement(span: Span, cause: Span) -> Diagnostic {
    Diagnostic::new(Code::W0003, span, "unreachable code").related(cause, "control does not go on after this")
}

/// An arm that the arms before it leave nothing for.
pub(crate) fn arm(span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0003, span, "unreachable arm").label("the arms before it match everything it does")
}

/// The right side of `??` after something that is never null.
pub(crate) fn never_null(span: Span, left: Span) -> Diagnostic {
    Diagnostic::new(Code::W0003, span, "unreachable code").related(left, "this is never null")
}

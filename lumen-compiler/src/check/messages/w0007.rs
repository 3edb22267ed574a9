//! W0007: uses of what should not be used any more.

use crate::diagnostic::{Code, Diagnostic, Span};

/// A name that is declared with `@deprecated("why")`.
pub(crate) fn deprecated(span: Span, name: &str, why: &str) -> Diagnostic {
    Diagnostic::new(Code::W0007, span, format!("`{name}` is deprecated: {why}"))
}

//! E0032: names that another package keeps to itself.

use crate::diagnostic::{Code, Diagnostic, Span};

/// A private name of another package.
pub(crate) fn private(span: Span, module: &str, name: &str) -> Diagnostic {
    Diagnostic::new(Code::E0032, span, format!("`{name}` is private in `{module}`")).help(format!(
        "other packages see only what is declared with `pub`; `{name}` is not"
    ))
}

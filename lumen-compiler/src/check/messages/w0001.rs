//! W0001: bindings that nothing reads.

use crate::diagnostic::{Code, Diagnostic, Span};

/// A local or parameter that is never read.
pub(crate) fn unused(span: Span, what: &str, name: &str) -> Diagnostic {
    Diagnostic::new(Code::W0001, span, format!("{what} `{name}` is never used"))
        .help(format!("if that is meant, call it `_{name}`"))
}

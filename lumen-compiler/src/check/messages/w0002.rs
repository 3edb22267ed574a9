//! W0002: imports that nothing uses.

use crate::diagnostic::{Code, Diagnostic, Span};

/// An imported name, module or `*` that is never used.
pub(crate) fn unused_import(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::W0002, span, format!("import `{name}` is never used")).help("remove it")
}

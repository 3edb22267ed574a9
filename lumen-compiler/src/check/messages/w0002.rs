//! W0002: imports that nothing uses.

use crate::diagnostic::{Code, Diagnostic, Edit, Span};

/// An imported name, module or `*` that is never used; `removed` goes with it.
pub(crate) fn unused_import(span: Span, name: &str, removed: Span) -> Diagnostic {
    Diagnostic::new(Code::W0002, span, format!("import `{name}` is never used"))
        .fix("remove it", [Edit::delete(removed)])
}

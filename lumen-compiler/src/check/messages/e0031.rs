//! E0031: modules that import one another.

use crate::diagnostic::{Code, Diagnostic, Span};

/// The import closes a cycle; the chain's first and last are the same.
pub(crate) fn cycle(span: Span, chain: &[String]) -> Diagnostic {
    Diagnostic::new(Code::E0031, span, format!("import cycle: {}", chain.join(" -> ")))
        .help("move what both need into a module that imports neither")
}

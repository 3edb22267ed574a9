//! W0001: bindings that nothing reads.

use crate::diagnostic::{Code, Diagnostic, Edit, Span};

/// A local that is never read.
pub(crate) fn variable(span: Span, name: &str, is_assigned: bool) -> Diagnostic {
    let edits = match is_assigned {
        true => Vec::new(),
        false => vec![Edit::before(span, "_")],
    };
    unused(span, "variable", name).fix(advice(name), edits)
}

/// A name in a pattern that is a variant's but for its case.
pub(crate) fn meant_variant(span: Span, name: &str, variant: &str) -> Diagnostic {
    unused(span, "variable", name)
        .label("this is a new name and matches anything")
        .fix(
            format!("to match the variant write `{variant}`"),
            [Edit::replace(span, variant)],
        )
}

/// A parameter that is never read. Callers may name it.
pub(crate) fn parameter(span: Span, name: &str) -> Diagnostic {
    unused(span, "parameter", name).maybe(advice(name), [Edit::before(span, "_")])
}

/// A type parameter that its declaration does not mention.
pub(crate) fn type_parameter(span: Span, name: &str) -> Diagnostic {
    unused(span, "type parameter", name).maybe(advice(name), [Edit::before(span, "_")])
}

fn unused(span: Span, what: &str, name: &str) -> Diagnostic {
    Diagnostic::new(Code::W0001, span, format!("{what} `{name}` is never used"))
}

fn advice(name: &str) -> String {
    format!("if that is meant, call it `_{name}`")
}

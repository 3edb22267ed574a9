//! E0020: constraints of fields that make no sense.

use crate::diagnostic::{Code, Diagnostic, Span};

/// A constraint that is no condition.
pub(crate) fn not_bool(span: Span, field: &str, found: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0020,
        span,
        format!("the constraint of field `{field}` is not a condition"),
    )
    .label(format!("expected Bool, got {found}"))
    .help("write a condition over the fields, such as `length(name) > 0`")
}

/// A constraint with an unknown name.
pub(crate) fn unknown_name(span: Span, field: &str, name: &str, near: Option<&str>) -> Diagnostic {
    super::suggest(
        Diagnostic::new(
            Code::E0020,
            span,
            format!(
                "the constraint of field `{field}` uses `{name}`, which is neither a field nor a declaration"
            ),
        ),
        name,
        near,
    )
}

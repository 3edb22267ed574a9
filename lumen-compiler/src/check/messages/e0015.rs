//! E0015: fields and variants that a type does not have.

use super::{count, suggest};
use crate::diagnostic::{Code, Diagnostic, Edit, Span};

/// No such field.
pub(crate) fn field(span: Span, ty: &str, name: &str, near: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(Code::E0015, span, format!("{ty} has no field `{name}`")),
        name,
        near,
    )
}

/// A field of something that may be null.
pub(crate) fn field_of_optional(span: Span, ty: &str, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0015,
        span,
        format!("{ty} has no field `{name}`: it may be null"),
    )
    .maybe(
        format!("use `?.{name}`, or test for null first"),
        [Edit::before(
            Span {
                start: span.start.saturating_sub(1),
                ..span
            },
            "?",
        )],
    )
}

/// A tuple's element past its end.
pub(crate) fn tuple_field(span: Span, ty: &str, position: u32) -> Diagnostic {
    Diagnostic::new(Code::E0015, span, format!("{ty} has no element {position}"))
        .help("elements are counted from 0")
}

/// No such variant.
pub(crate) fn variant(span: Span, ty: &str, name: &str, near: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(Code::E0015, span, format!("{ty} has no variant `{name}`")),
        name,
        near,
    )
}

/// A variant pattern with a payload of the wrong size.
pub(crate) fn payload(span: Span, variant: &str, expected: usize, found: usize) -> Diagnostic {
    let has = match expected {
        0 => "has no payload".to_owned(),
        number => format!("has {}", count(number, "value")),
    };
    Diagnostic::new(
        Code::E0015,
        span,
        format!("variant `{variant}` {has}, the pattern has {found}"),
    )
}

//! E0015: fields and variants that a type does not have.

use super::{count, enumeration, suggest};
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

/// `x.foo()` where the type has a method with a near name.
pub(crate) fn method(span: Span, ty: &str, name: &str, near: &str) -> Diagnostic {
    suggest(
        Diagnostic::new(Code::E0015, span, format!("{ty} has no method `{name}`")),
        name,
        Some(near),
    )
}

/// `Trait.foo` that the trait does not have.
pub(crate) fn trait_method(span: Span, of: &str, name: &str, near: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(Code::E0015, span, format!("trait `{of}` has no method `{name}`")),
        name,
        near,
    )
}

/// Cells of an impl that the trait does not list.
pub(crate) fn extra_methods(span: Span, of: &str, names: &[String], near: Option<&str>) -> Diagnostic {
    let plural = if names.len() == 1 { "" } else { "s" };
    let diagnostic = Diagnostic::new(
        Code::E0015,
        span,
        format!("trait `{of}` has no method{plural} {}", enumeration(names)),
    );
    match (near, names) {
        (Some(near), [name]) => suggest(diagnostic, name, Some(near)),
        _ => diagnostic.help("an impl has the cells of its trait and no others; declare the rest outside"),
    }
}

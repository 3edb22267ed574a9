//! E0021: generic cells that would need instances without end.

use crate::diagnostic::{Code, Diagnostic, Span};

/// A call that comes back to its own cell with a larger type argument.
pub(crate) fn expanding(span: Span, owner: &str, parameter: &str, first: &str, second: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0021,
        span,
        format!("{owner} would be needed for ever larger types"),
    )
    .label(format!("here `{parameter}` is {first}, then {second}, and so on"))
    .help("call it with the type parameter as it is, or keep what is nested in a recursive enum")
}

//! E0018: assignments to what does not change.

use crate::diagnostic::{Code, Diagnostic, Edit, Span};

/// A `let`.
///
/// `bound` is the pattern after the `let`.
pub(crate) fn immutable(span: Span, name: &str, declared: Span, bound: Option<Span>) -> Diagnostic {
    let edits: Vec<Edit> = bound
        .map(|bound| Edit::before(bound, "mut "))
        .into_iter()
        .collect();
    Diagnostic::new(Code::E0018, span, format!("`{name}` is immutable"))
        .related(declared, "declared here")
        .fix(format!("declare it with `let mut {name}`"), edits)
}

/// A parameter.
///
/// `head` ends where the head of its cell does.
pub(crate) fn parameter(span: Span, name: &str, declared: Span, head: Option<Span>) -> Diagnostic {
    let copy = format!("  let mut {name} = {name}");
    let edits: Vec<Edit> = head.map(|head| Edit::below(head, copy)).into_iter().collect();
    Diagnostic::new(
        Code::E0018,
        span,
        format!("`{name}` is a parameter and immutable"),
    )
    .related(declared, "declared here")
    .maybe(format!("copy it first: `let mut {name} = {name}`"), edits)
}

/// A name of the cell around a lambda.
pub(crate) fn captured(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0018,
        span,
        format!("`{name}` is captured by the lambda and cannot be assigned to"),
    )
    .related(declared, "declared outside the lambda")
    .help("a lambda sees the value that the name has when it is made; return the new value instead, or use a loop")
}

/// A name bound by a pattern or a `for`.
pub(crate) fn pattern(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0018,
        span,
        format!("`{name}` is bound by a pattern and immutable"),
    )
    .related(declared, "bound here")
    .help(format!("copy it first: `let mut {name} = {name}`"))
}

/// A constant or a cell.
pub(crate) fn top_level(span: Span, name: &str, what: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0018,
        span,
        format!("`{name}` is {what} and cannot be assigned to"),
    )
    .help("a `let mut` variable of the cell can")
}

//! E0016: cases that nothing handles.

use crate::diagnostic::{Code, Diagnostic, Span};

/// A `match` with a missing case.
pub(crate) fn missing_case(span: Span, witness: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0016,
        span,
        format!("match is not exhaustive: `{witness}` is not handled"),
    )
    .help(format!("add an arm for `{witness}`, or `_ ->` for all the rest"))
}

/// A pattern of `let` or `for` that can fail.
pub(crate) fn refutable(span: Span, word: &str, witness: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0016,
        span,
        format!("the pattern of `{word}` does not match `{witness}`"),
    )
    .help("use `match`, which has an arm for every case")
}

/// A `match` that is too intricate to be proved exhaustive.
pub(crate) fn too_intricate(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0016,
        span,
        "match is too intricate to be proved exhaustive",
    )
    .help("add `_ ->` as its last arm, or split it")
}

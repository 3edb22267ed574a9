//! E0016: cases that nothing handles.

use crate::diagnostic::{Code, Diagnostic, Edit, Span};

/// A `match` with a missing case.
///
/// `last` is the last arm.
pub(crate) fn missing_case(span: Span, witness: &str, last: Option<Span>) -> Diagnostic {
    let arm = format!("{witness} -> halt(\"{} is not handled yet\")", plain(witness));
    let edits: Vec<Edit> = last.map(|last| Edit::below(last, arm)).into_iter().collect();
    Diagnostic::new(
        Code::E0016,
        span,
        format!("match is not exhaustive: `{witness}` is not handled"),
    )
    .maybe(
        format!("add an arm for `{witness}`, or `_ ->` for all the rest"),
        edits,
    )
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

/// A pattern as part of a String.
fn plain(witness: &str) -> String {
    witness.replace(['"', '\\', '{', '}'], "")
}

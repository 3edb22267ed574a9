//! W0008: values that are computed and dropped.

use crate::diagnostic::{Code, Diagnostic, Help, Span};

/// The value of a builtin that does nothing else than to compute it.
pub(crate) fn call(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::W0008, span, format!("the value of `{name}` is dropped"))
        .label("this computes a value and changes nothing")
}

/// The value of an operator.
pub(crate) fn operation(span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0008, span, "the value of this expression is dropped")
        .label("this computes a value and changes nothing")
}

/// A result, whose err nobody would see.
pub(crate) fn result(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::W0008, span, "a result is dropped, and with it its err")
        .label(format!("this is of type {ty}"))
        .help("hand an err on with `?`, halt on it with `!`, or take it apart with `match`")
}

/// What to do with a value that is not meant to be used.
pub(crate) fn bind_it(edits: Vec<crate::diagnostic::Edit>) -> Help {
    Help::maybe("use the value, or drop it in so many words: `let _ = ...`", edits)
}

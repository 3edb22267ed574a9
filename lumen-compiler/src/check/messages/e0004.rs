//! E0004: literals that are checked once their meaning is known: format specs and patterns.

use crate::diagnostic::{Code, Diagnostic, Span};

/// A faulty `{value:spec}`.
pub(crate) fn format_spec(span: Span, spec: &str, problem: &str) -> Diagnostic {
    Diagnostic::new(Code::E0004, span, format!("faulty format spec `{spec}`")).label(problem)
}

/// A faulty RE2 pattern.
pub(crate) fn pattern(span: Span, problem: &str) -> Diagnostic {
    Diagnostic::new(Code::E0004, span, "faulty regular expression").label(problem)
}

/// `9..1` as a pattern.
pub(crate) fn empty_range(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0004, span, "this range holds nothing")
        .help("the lower end comes first: `1..10`, `1..=9`")
}

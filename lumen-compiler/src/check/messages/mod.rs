//! The wording of every finding of the checker: one file for each code, one function for each case.
//!
//! Functions take names, shown types and spans, and decide nothing.

pub(crate) mod e0001;
pub(crate) mod e0004;
pub(crate) mod e0010;
pub(crate) mod e0011;
pub(crate) mod e0012;
pub(crate) mod e0013;
pub(crate) mod e0014;
pub(crate) mod e0015;
pub(crate) mod e0016;
pub(crate) mod e0018;
pub(crate) mod e0019;
pub(crate) mod e0020;
pub(crate) mod e0021;
pub(crate) mod e0030;
pub(crate) mod e0031;
pub(crate) mod e0032;
pub(crate) mod e0060;
pub(crate) mod w0001;
pub(crate) mod w0002;
pub(crate) mod w0003;
pub(crate) mod w0004;
pub(crate) mod w0007;
pub(crate) mod w0008;

use crate::diagnostic::{Diagnostic, Edit};

/// `a`, `a` and `b`, or `a`, `b` and `c`, each in backticks.
fn enumeration(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 argument`, `2 arguments`.
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// As [`suggest`], or with the advice there is for a name of another language.
fn suggest_or(diagnostic: Diagnostic, written: &str, near: Option<&str>, advice: Option<&str>) -> Diagnostic {
    match (near, advice) {
        (None, Some(advice)) => diagnostic.help(advice),
        _ => suggest(diagnostic, written, near),
    }
}

/// With the usual question, if there is a name near the one that was written, and the edit where the finding is at the
/// name alone.
fn suggest(diagnostic: Diagnostic, written: &str, near: Option<&str>) -> Diagnostic {
    let Some(near) = near else {
        return diagnostic;
    };
    let span = diagnostic.span;
    let text = format!("did you mean `{near}`?");
    if (span.end - span.start) as usize == written.len() {
        diagnostic.fix(text, [Edit::replace(span, near)])
    } else {
        diagnostic.help(text)
    }
}

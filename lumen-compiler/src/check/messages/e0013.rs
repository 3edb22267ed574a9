//! E0013: arguments that do not fit the parameters, all faults of a call in one.

use super::{count, enumeration};
use crate::diagnostic::{Code, Diagnostic, Edit, Span};

/// What is wrong with the arguments of one call or construction.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Number of positional arguments that nothing takes, and the number that can be taken.
    pub(crate) excess: Option<(usize, usize)>,
    /// Named arguments of a function value.
    pub(crate) named: bool,
    /// Positional arguments of a record.
    pub(crate) positional: bool,
    /// Positional arguments after named ones.
    pub(crate) misplaced: bool,
    /// `...x` where no record is constructed.
    pub(crate) spread: bool,
    /// `...base` after a field.
    pub(crate) late_base: bool,
    /// Names that are no parameters, each with one that may be meant, and where they stand.
    pub(crate) unknown: Vec<(String, Option<String>, Span)>,
    /// Parameters given more than once.
    pub(crate) repeated: Vec<String>,
    /// Parameters without argument.
    pub(crate) missing: Vec<String>,
}

impl Faults {
    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.excess.is_none()
            && !self.named
            && !self.positional
            && !self.misplaced
            && !self.spread
            && !self.late_base
            && self.unknown.is_empty()
            && self.repeated.is_empty()
            && self.missing.is_empty()
    }

    /// Whether arguments that seem to be missing may be among those that have other faults.
    pub(crate) fn hides_arguments(&self) -> bool {
        self.positional || self.spread
    }

    /// How what such a call of a builtin is meant for elsewhere is written.
    pub(crate) fn usual_way(&self, builtin: &str) -> Option<&'static str> {
        match (builtin, self.excess, self.missing.is_empty()) {
            ("get", Some(_), _) => Some("a default stands after `??`: `m.get(key) ?? default`"),
            ("print" | "debug", Some(_), _) => Some("one String holds several values: `\"{a} {b}\"`"),
            ("range", None, false) => Some("`0..n` counts from 0 to n - 1"),
            _ => None,
        }
    }

    /// The finding; `noun` is what parameters are called, `argument` or `field`.
    pub(crate) fn diagnostic(&self, span: Span, callee: &str, noun: &str) -> Diagnostic {
        let mut parts = Vec::new();
        if self.named {
            parts.push("the parameters of a function value have no names".to_owned());
        }
        if self.positional {
            parts.push("fields are given by name".to_owned());
        }
        if self.misplaced {
            parts.push(format!("positional {noun}s come before named ones"));
        }
        if self.spread {
            parts.push("`...` is for records alone".to_owned());
        }
        if self.late_base {
            parts.push("`...base` comes before them".to_owned());
        }
        if let Some((given, taken)) = self.excess {
            parts.push(format!("takes {}, {given} given", count(taken, noun)));
        }
        if !self.unknown.is_empty() {
            let names: Vec<&str> = self.unknown.iter().map(|(name, ..)| name.as_str()).collect();
            let plural = if names.len() == 1 { "" } else { "s" };
            parts.push(format!("no {noun}{plural} {}", enumeration(&names)));
        }
        if !self.repeated.is_empty() {
            parts.push(format!("{} given twice", enumeration(&self.repeated)));
        }
        if !self.missing.is_empty() {
            parts.push(format!("{} missing", enumeration(&self.missing)));
        }
        let message = format!("wrong {noun}s for {callee}: {}", parts.join("; "));
        let mut diagnostic = Diagnostic::new(Code::E0013, span, message);
        for (name, near, span) in &self.unknown {
            if let Some(near) = near {
                let help = format!("did you mean `{near}` instead of `{name}`?");
                diagnostic = diagnostic.fix(help, [Edit::replace(*span, near)]);
            }
        }
        diagnostic
    }
}

/// A variant's payload of the wrong size.
pub(crate) fn payload(span: Span, variant: &str, expected: usize, found: usize) -> Diagnostic {
    let takes = match expected {
        0 => "takes no payload".to_owned(),
        number => format!("takes {}", count(number, "value")),
    };
    Diagnostic::new(
        Code::E0013,
        span,
        format!("wrong arguments for `{variant}`: {takes}, {found} given"),
    )
}

/// Named arguments of a variant.
pub(crate) fn named_payload(span: Span, variant: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0013,
        span,
        format!("wrong arguments for `{variant}`: a payload has no names"),
    )
    .help("give the values in the declared order")
}

/// `@deprecated` without the reason, or with something else.
pub(crate) fn deprecated(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0013, span, "`@deprecated` takes one String that says why")
        .help("write `@deprecated(\"use ... instead\")`")
}

/// `validate` with other arguments than its two.
pub(crate) fn validate(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0013, span, "`validate` takes a schema and a value")
        .help("write `validate(schema T, value)`")
}

/// An attribute that takes no arguments.
pub(crate) fn attribute(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::E0013, span, format!("`@{name}` takes no arguments"))
}

/// `Trait.method()` without the value whose method it is.
pub(crate) fn no_receiver(span: Span, of: &str, method: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0013,
        span,
        format!("wrong arguments for `{of}.{method}`: `self` comes first, without a name"),
    )
}

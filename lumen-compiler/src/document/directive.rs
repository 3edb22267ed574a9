//! The directives as data, and what is wrong with one.

use crate::diagnostic::{Code, Diagnostic, Span, closest};

/// Version of the language that `@lumen` names.
const VERSION: &str = "1";

/// Whether this version acts on a directive.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Support {
    Built,
    Planned,
}

const DIRECTIVES: &[(&str, Support)] = &[
    ("lumen", Support::Built),
    ("package", Support::Built),
    ("trace", Support::Planned),
    ("cache", Support::Planned),
    ("profile", Support::Planned),
    ("strict", Support::Planned),
    ("doc_mode", Support::Planned),
    ("deterministic", Support::Planned),
    ("lock", Support::Planned),
];

/// Whether there is a directive of this name.
pub(crate) fn is_known(name: &str) -> bool {
    DIRECTIVES.iter().any(|(known, _)| *known == name)
}

/// What is wrong with the directive `@name value` at `span`, if anything.
pub(crate) fn check(name: &str, value: &str, span: Span) -> Option<Diagnostic> {
    let Some((_, support)) = DIRECTIVES.iter().find(|(known, _)| *known == name) else {
        let mut diagnostic = Diagnostic::new(Code::W0005, span, format!("unknown directive `@{name}`"));
        if let Some(near) = closest(name, DIRECTIVES.iter().map(|(known, _)| *known)) {
            diagnostic = diagnostic.help(format!("did you mean `@{near}`?"));
        }
        return Some(diagnostic);
    };
    if *support == Support::Planned {
        return Some(Diagnostic::new(
            Code::E0060,
            span,
            format!("the directive `@{name}` is not supported yet"),
        ));
    }
    if name == "lumen" && value != VERSION {
        let message = format!("version `{value}` of the language is not supported");
        return Some(Diagnostic::new(Code::E0060, span, message).help(format!("write `@lumen {VERSION}`")));
    }
    None
}

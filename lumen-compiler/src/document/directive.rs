//! The directives as data, and what is wrong with one.

use crate::diagnostic::{Code, Diagnostic, Edit, Span, closest};
use crate::syntax::ast::Directive;
use crate::syntax::name::Names;

/// Version of the language that `@lumen` names.
const VERSION: &str = "1";

/// A directive.
struct Row {
    name: &'static str,
    takes: Takes,
}

/// What may follow its name.
enum Takes {
    /// The version of the language.
    Version,
    /// A String.
    Text,
    /// One of these words. What this version does not act upon is not accepted in silence.
    Words(&'static [(&'static str, Support)]),
}

/// Whether this version does what a value says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Support {
    Built,
    /// Not yet; what to do instead.
    Planned(&'static str),
}

const TRUTH: Takes = Takes::Words(&[("true", Support::Built), ("false", Support::Built)]);

const DIRECTIVES: &[Row] = &[
    row("lumen", Takes::Version),
    row("package", Takes::Text),
    row(
        "trace",
        Takes::Words(&[(
            "sha256",
            Support::Planned("runs leave no trace yet: leave the directive out"),
        )]),
    ),
    row(
        "cache",
        Takes::Words(&[
            (
                "on",
                Support::Planned("results of calls are not kept yet: leave the directive out"),
            ),
            ("off", Support::Built),
        ]),
    ),
    row("profile", Takes::Words(&[("dev", Support::Built)])),
    row("strict", TRUTH),
    row("doc_mode", TRUTH),
    row("deterministic", TRUTH),
    row(
        "lock",
        Takes::Words(&[(
            "strict",
            Support::Planned("nothing that a lock could hold fast is called yet: leave the directive out"),
        )]),
    ),
];

const fn row(name: &'static str, takes: Takes) -> Row {
    Row { name, takes }
}

/// Whether there is a directive of this name.
pub(crate) fn is_known(name: &str) -> bool {
    DIRECTIVES.iter().any(|row| row.name == name)
}

/// What is wrong with the directive `@name value` at `span`, if anything.
pub(crate) fn check(name: &str, value: &str, span: Span) -> Option<Diagnostic> {
    let Some(row) = DIRECTIVES.iter().find(|row| row.name == name) else {
        let mut diagnostic = Diagnostic::new(Code::W0005, span, format!("unknown directive `@{name}`"));
        if let Some(near) = closest(name, DIRECTIVES.iter().map(|row| row.name)) {
            let written = Span {
                start: span.start + 1,
                end: span.start + 1 + name.len() as u32,
                ..span
            };
            diagnostic = diagnostic.fix(format!("did you mean `@{near}`?"), [Edit::replace(written, near)]);
        }
        return Some(diagnostic);
    };
    match row.takes {
        Takes::Version => check_version(value, span),
        Takes::Text => {
            let text = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'))
                .is_some_and(|text| !text.is_empty() && !text.contains(['"', '\\', '{']));
            (!text).then(|| {
                faulty(name, "a name in quotes", value, span).help(format!("write `@{name} \"acme.x\"`"))
            })
        }
        Takes::Words(words) => check_word(name, words, value, span),
    }
}

fn check_version(value: &str, span: Span) -> Option<Diagnostic> {
    let help = format!("write `@lumen {VERSION}`");
    match value {
        VERSION => None,
        _ if value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !value.is_empty() => {
            let message = format!("version `{value}` of the language is not supported");
            Some(Diagnostic::new(Code::E0060, span, message).help(help))
        }
        _ => Some(faulty("lumen", "a version of the language", value, span).help(help)),
    }
}

fn check_word(
    name: &str,
    words: &'static [(&'static str, Support)],
    value: &str,
    span: Span,
) -> Option<Diagnostic> {
    match words.iter().find(|(word, _)| *word == value) {
        Some((_, Support::Built)) => None,
        Some((_, Support::Planned(instead))) => {
            let message = format!("the directive `@{name} {value}` is not supported yet");
            Some(Diagnostic::new(Code::E0060, span, message).help(*instead))
        }
        None => {
            let quoted: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            let near = closest(value, words.iter().map(|(word, _)| *word));
            let diagnostic = faulty(name, &quoted.join(" or "), value, span);
            Some(match (near, words) {
                (Some(near), _) => {
                    let start = span.end.saturating_sub(value.len() as u32);
                    let edit = Edit::replace(Span { start, ..span }, near);
                    diagnostic.fix(format!("did you mean `{near}`?"), [edit])
                }
                (None, [(word, _), ..]) => {
                    diagnostic.help(format!("write `@{name} {word}`, or leave the directive out"))
                }
                (None, []) => diagnostic,
            })
        }
    }
}

fn faulty(name: &str, takes: &str, value: &str, span: Span) -> Diagnostic {
    let but = match value {
        "" => String::new(),
        _ => format!(", not `{value}`"),
    };
    Diagnostic::new(
        Code::E0001,
        span,
        format!("the directive `@{name}` takes {takes}{but}"),
    )
}

/// The value of a directive, if it is there.
pub(super) fn value<'d>(
    mut directives: impl Iterator<Item = &'d Directive>,
    names: &Names,
    name: &str,
) -> Option<&'d str> {
    let found = directives.find(|directive| names.text(directive.name.name) == name)?;
    Some(&found.value)
}

/// Directives that say something else than an earlier one of their name: E0011 at the later one. `directives` are in the
/// order of the document.
pub(super) fn contradictions(directives: &[&Directive], names: &Names) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (number, directive) in directives.iter().enumerate() {
        let text = names.text(directive.name.name);
        let first = directives
            .iter()
            .take(number)
            .find(|first| first.name.name == directive.name.name);
        if let Some(first) = first.filter(|first| first.value != directive.value && is_known(text)) {
            let message = format!("`@{text} {}` contradicts a directive above", directive.value);
            found.push(
                Diagnostic::new(Code::E0011, directive.span, message)
                    .related(first.span, format!("`@{text} {}` stands here", first.value))
                    .help("leave one of them out"),
            );
        }
    }
    found
}

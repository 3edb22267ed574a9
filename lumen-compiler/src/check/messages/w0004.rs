//! W0004: names in another style than the language's.

use crate::diagnostic::{Code, Diagnostic, Span};

/// Types and variants.
pub(crate) fn pascal_case(span: Span, what: &str, name: &str) -> Diagnostic {
    let better: String = name
        .split('_')
        .filter(|word| !word.is_empty())
        .flat_map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
        })
        .collect();
    Diagnostic::new(Code::W0004, span, format!("{what} `{name}` is not in PascalCase"))
        .help(format!("call it `{better}`"))
}

/// Cells, variables, fields.
pub(crate) fn snake_case(span: Span, what: &str, name: &str) -> Diagnostic {
    Diagnostic::new(Code::W0004, span, format!("{what} `{name}` is not in snake_case"))
        .help(format!("call it `{}`", snake_case_of(name)))
}

/// A name in the style of cells, variables and fields.
pub(super) fn snake_case_of(name: &str) -> String {
    let mut better = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && after_lower {
            better.push('_');
        }
        after_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        better.push(letter.to_ascii_lowercase());
    }
    better
}

/// Constants: a lower-case name in a pattern would bind.
pub(crate) fn constant(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::W0004,
        span,
        format!("constant `{name}` does not begin with a capital letter"),
    )
    .help(format!("call it `{}`", name.to_ascii_uppercase()))
}

//! E0010: a name that means nothing here, or more than one thing.

use super::w0004::snake_case_of;
use super::{enumeration, suggest, suggest_or};
use crate::check::familiar;
use crate::diagnostic::{Code, Diagnostic, Edit, Span};

/// No such name in scope.
pub(crate) fn unknown(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    suggest_or(
        Diagnostic::new(Code::E0010, span, format!("unknown name `{name}`")),
        name,
        near,
        familiar::advice(name),
    )
}

/// An upper-case name in a pattern that binds, where nothing is called so.
pub(crate) fn capital_variable(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::E0010, span, format!("unknown name `{name}`")).help(format!(
        "a name in upper case is a variant, a type or a constant; call the variable `{}`",
        snake_case_of(name)
    ))
}

/// A lambda that calls itself by the name that it is to be bound to.
pub(crate) fn lambda_of_itself(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0010,
        span,
        format!("`{name}` is not bound yet in its own value"),
    )
    .help(format!(
        "a lambda cannot call itself; declare `cell {name}(...)`, which can"
    ))
}

/// `x.f()` where there is no cell `f`.
pub(crate) fn unknown_method(span: Span, name: &str, receiver: &str, near: Option<&str>) -> Diagnostic {
    suggest_or(
        Diagnostic::new(Code::E0010, span, format!("unknown cell `{name}`"))
            .label(format!("called on a value of type {receiver}")),
        name,
        near,
        familiar::advice(name),
    )
}

/// `m.name` where module `m` has no such name.
pub(crate) fn unknown_member(span: Span, module: &str, name: &str, near: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(Code::E0010, span, format!("module `{module}` has no `{name}`")),
        name,
        near,
    )
}

/// A variant of several enums.
pub(crate) fn ambiguous_variant(span: Span, name: &str, enums: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::E0010,
        span,
        format!("`{name}` is a variant of {}", enumeration(enums)),
    );
    let first = enums.first().map_or("", String::as_str);
    diagnostic.maybe(
        format!("name the enum: `{first}.{name}`"),
        [Edit::before(span, format!("{first}."))],
    )
}

/// A name that two `*` imports bring.
pub(crate) fn ambiguous_import(span: Span, name: &str, modules: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::E0010,
        span,
        format!("`{name}` is imported from {}", enumeration(modules)),
    );
    let first = modules.first().map_or("", String::as_str);
    diagnostic.help(format!("import it by name: `import {first}: {name}`"))
}

/// `break @outer` without such a loop.
pub(crate) fn unknown_label(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    suggest(
        Diagnostic::new(
            Code::E0010,
            span,
            format!("no enclosing loop is labelled `@{name}`"),
        ),
        name,
        near,
    )
}

/// `@tset`.
pub(crate) fn unknown_attribute(span: Span, name_span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0010, span, format!("unknown attribute `@{name}`"));
    match near {
        Some(near) => {
            let edit = Edit::replace(name_span, near);
            diagnostic.fix(format!("did you mean `@{near}`?"), [edit])
        }
        None => diagnostic.help("there are `@test` and `@deprecated`"),
    }
}

/// A name that only one side of `p | q` binds.
pub(crate) fn not_in_every_alternative(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0010,
        span,
        format!("`{name}` is not bound by every alternative of the pattern"),
    )
    .help("both sides of `|` bind the same names")
}

/// An alternative that does not bind a name that the first one does.
pub(crate) fn missing_in_alternative(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0010,
        span,
        format!("this alternative of the pattern does not bind `{name}`"),
    )
    .help("both sides of `|` bind the same names")
}

/// A method that several traits of the type have.
pub(crate) fn ambiguous_method(span: Span, name: &str, traits: &[String]) -> Diagnostic {
    let help = match traits.first() {
        Some(first) => format!("say which: `{first}.{name}(x)`"),
        None => String::new(),
    };
    Diagnostic::new(
        Code::E0010,
        span,
        format!("`{name}` is a method of {}", enumeration(traits)),
    )
    .help(help)
}

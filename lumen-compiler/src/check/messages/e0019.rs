//! E0019: types that nothing tells.

use super::enumeration;
use crate::check::variables::Unknown;
use crate::diagnostic::{Code, Diagnostic, Span};

/// A constant whose type depends on itself.
pub(crate) fn recursive_constant(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0019,
        span,
        format!("the type of constant `{name}` depends on itself"),
    )
    .help(format!("write its type: `const {name}: T = ...`"))
}

/// A type that no use decided.
pub(crate) fn unknown(place: &str, span: Span, what: Unknown) -> Diagnostic {
    let (subject, help) = match what {
        Unknown::ListElement => (
            "the element type of this list",
            "write it: `let xs: list[Int] = []`",
        ),
        Unknown::MapEntry => (
            "the key and value types of this map",
            "write them: `let m: map[String, Int] = {}`",
        ),
        Unknown::SetElement => ("the element type of this set", "write it: `let s: set[Int] = {}`"),
        Unknown::ErrType => (
            "the err type of this result",
            "write it: `let r: result[Int, String] = ok(1)`",
        ),
        Unknown::OkType => (
            "the ok type of this result",
            "write it: `let r: result[Int, String] = err(\"no\")`",
        ),
        Unknown::Parameter(_) | Unknown::Argument(_) | Unknown::Generic => {
            ("the type of this value", "write it: `let x: T = ...`")
        }
    };
    Diagnostic::new(Code::E0019, span, format!("cannot infer {subject} in {place}")).help(help)
}

/// A value whose type must be known at this point.
pub(crate) fn not_yet_known(place: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0019,
        span,
        format!("the type of this value is not known yet in {place}"),
    )
    .help("write the type where the value is bound: `let x: T = ...`")
}

/// A builtin as a value that may be one of several.
pub(crate) fn overload(place: &str, span: Span, name: &str, overloads: &[String]) -> Diagnostic {
    Diagnostic::new(
        Code::E0019,
        span,
        format!("cannot infer which `{name}` is meant in {place}"),
    )
    .help(format!("there is {}", enumeration(overloads)))
    .help(format!(
        "call it in a lambda with a type: `fn(x: T) => {name}(x)`"
    ))
}

/// A parameter of a lambda that nothing tells the type of.
pub(crate) fn parameter(place: &str, span: Span, name: Option<&str>) -> Diagnostic {
    let (subject, help) = match name {
        Some(name) => (
            format!("parameter `{name}` of this lambda"),
            format!("write it: `fn({name}: T) => ...`"),
        ),
        None => (
            "this parameter of the lambda".to_owned(),
            "write it: `fn((a, b): (A, B)) => ...`".to_owned(),
        ),
    };
    Diagnostic::new(
        Code::E0019,
        span,
        format!("cannot infer the type of {subject} in {place}"),
    )
    .help(help)
}

/// A public cell without return type.
pub(crate) fn public_cell(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0019,
        span,
        format!("public cell `{name}` has no return type"),
    )
    .help("add `-> T` after its parameters")
}

/// A recursive cell without return type.
pub(crate) fn recursive_cell(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0019,
        span,
        format!("recursive cell `{name}` has no return type"),
    )
    .help("add `-> T` after its parameters")
}

/// `?` in a cell without return type.
pub(crate) fn propagation(span: Span, place: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0019,
        span,
        format!("`?` needs the return type of {place} to be written"),
    )
    .help("add `-> result[T, E]` after its parameters")
}

/// A type argument that nothing decides.
pub(crate) fn argument(place: &str, span: Span, parameter: &str, owner: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0019,
        span,
        format!("cannot infer what `{parameter}` of {owner} stands for in {place}"),
    )
    .help("write the type that the value is meant to have: `let x: T = ...`")
}

/// A method of a trait without its result.
pub(crate) fn trait_method(span: Span, name: &str, of: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0019,
        span,
        format!("method `{name}` of trait `{of}` has no return type"),
    )
    .help("add `-> T` after its parameters; `-> Null` if it yields nothing")
}

/// A test with a type parameter.
pub(crate) fn generic_test(span: Span, parameter: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0019,
        span,
        format!("nothing says what `{parameter}` stands for when the test is run"),
    )
    .help("a test has no type parameters: write one for each type that matters")
}

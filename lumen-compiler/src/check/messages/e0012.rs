//! E0012: values of another type than the one that is needed.

use super::{count, enumeration};
use crate::diagnostic::{Code, Diagnostic, Span};
use lumen_vm::lir::VariableClass;

/// One type where another is expected.
pub(crate) fn mismatch(place: &str, span: Span, expected: &str, found: &str) -> Diagnostic {
    at(place, span, format!("expected {expected}, got {found}"))
}

/// A type mismatch, in other words.
pub(crate) fn at(place: &str, span: Span, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::E0012, span, format!("type mismatch in {place}")).label(label)
}

/// Operands that an operator does not take.
pub(crate) fn operands(place: &str, span: Span, operator: &str, left: &str, right: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("`{operator}` does not take {left} and {right}"),
    )
}

/// An operand that an operator does not take.
pub(crate) fn operand(place: &str, span: Span, operator: &str, found: &str) -> Diagnostic {
    at(place, span, format!("`{operator}` does not take {found}"))
}

/// A type that lacks what an operation needs.
pub(crate) fn class(place: &str, span: Span, class: VariableClass, found: &str, what: &str) -> Diagnostic {
    // A symbol or a name is quoted, "a set" is not.
    let what = match what.contains(' ') {
        true => what.to_owned(),
        false => format!("`{what}`"),
    };
    match class {
        VariableClass::Ordered => at(
            place,
            span,
            format!("{what} needs an order, which {found} does not have"),
        ),
        VariableClass::Key => at(place, span, format!("{found} cannot be the key of a map")),
        VariableClass::Any | VariableClass::Equatable => at(
            place,
            span,
            format!("{what} needs equality, which {found} does not have"),
        ),
    }
}

/// A union as written, two of whose members `is` could not tell apart.
pub(crate) fn indistinct_union(span: Span, first: &str, second: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0012,
        span,
        format!("a union cannot hold both {first} and {second}"),
    )
    .help("they differ only in type arguments, which no `is` can test; wrap one of them in a record")
}

/// Values that would make such a union.
pub(crate) fn indistinct_join(place: &str, span: Span, first: &str, second: &str) -> Diagnostic {
    at(place, span, format!("{first} and {second} have no common type"))
        .help("convert one of them, or write the type that both are meant to have")
}

/// `x is T` that can never hold.
pub(crate) fn never_is(place: &str, span: Span, found: &str, tested: &str) -> Diagnostic {
    at(place, span, format!("{found} is never {tested}"))
}

/// `x as T` of something that is no union with member `T`.
pub(crate) fn cannot_cast(place: &str, span: Span, found: &str, wanted: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("{found} is not a union with the member {wanted}"),
    )
    .help("`as` narrows a union to one of its members, it converts nothing")
}

/// A call of something that is no cell.
pub(crate) fn not_callable(place: &str, span: Span, name: &str, found: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("{name} is of type {found} and cannot be called"),
    )
}

/// A lambda with another number of parameters than the function that is expected.
pub(crate) fn parameter_count(
    place: &str,
    span: Span,
    expected: &str,
    wanted: usize,
    found: usize,
) -> Diagnostic {
    let help = match wanted {
        0 => "write it without parameters: `fn() => ...`".to_owned(),
        1 => "give it one parameter: `fn(a) => ...`".to_owned(),
        2 => "give it two parameters: `fn(a, b) => ...`".to_owned(),
        _ => format!("give it {wanted} parameters"),
    };
    at(
        place,
        span,
        format!(
            "expected {expected}, got a function of {}",
            count(found, "parameter")
        ),
    )
    .help(help)
}

/// A lambda that returns another type than the function that is expected.
pub(crate) fn lambda_result(place: &str, span: Span, expected: &str, found: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("the lambda returns {found}, a function that returns {expected} is expected"),
    )
}

/// A parameter of a lambda that is declared with another type than it is given.
pub(crate) fn lambda_parameter(place: &str, span: Span, expected: &str, found: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("the parameter is declared {found}, the function is called with {expected}"),
    )
    .help(format!("write `{expected}`, or leave the type out"))
}

/// `?` in a cell that cannot hand the err on.
pub(crate) fn cannot_propagate(place: &str, span: Span, left: &str, returned: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("`?` returns the err from the {left}, whose result is {returned}"),
    )
    .help(format!(
        "make the {left}'s result a `result[T, E]`, or handle the err with `match`"
    ))
}

/// Something to be decoded that is no JSON.
pub(crate) fn no_schema_source(place: &str, span: Span, found: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("a schema is for a String, Bytes or Json, not for {found}"),
    )
    .help("a value of the language has been checked already; `to_json(value)` makes a String of it")
}

/// A `for` over something that has no elements.
pub(crate) fn not_iterable(place: &str, span: Span, found: &str, may_be_null: bool) -> Diagnostic {
    let diagnostic = at(place, span, format!("`for` does not run over {found}"));
    if may_be_null {
        diagnostic.help("handle null first: `xs ?? []`")
    } else {
        diagnostic.help("`for` runs over lists, maps, sets, Strings and ranges such as `0..10`")
    }
}

/// A type or module where a value is expected.
pub(crate) fn no_value(place: &str, span: Span, name: &str, what: &str) -> Diagnostic {
    let diagnostic = at(place, span, format!("`{name}` is a {what}, not a value"));
    match what {
        "type" => diagnostic.help(format!("construct a value with `{name}(...)`")),
        _ => diagnostic.help(format!("name something in it: `{name}.x`")),
    }
}

/// Something after `|>` that is no call.
pub(crate) fn not_a_pipe(place: &str, span: Span) -> Diagnostic {
    at(place, span, "`|>` needs a function or a call on its right side").help("`a |> f(b)` is `f(a, b)`")
}

/// A builtin none of whose overloads takes the argument.
pub(crate) fn no_overload(
    place: &str,
    span: Span,
    name: &str,
    found: &str,
    accepted: &[String],
) -> Diagnostic {
    let takes = match accepted {
        [] => String::new(),
        [one] => format!(", it takes {one}"),
        [first @ .., last] => format!(", it takes {} or {last}", first.join(", ")),
    };
    at(place, span, format!("`{name}` does not take {found}{takes}"))
}

/// A builtin as a value where no overload takes what the function is called with.
pub(crate) fn no_overload_of(
    place: &str,
    span: Span,
    name: &str,
    arguments: &str,
    overloads: &[String],
) -> Diagnostic {
    at(
        place,
        span,
        format!("the function is called with ({arguments}), which no `{name}` takes"),
    )
    .help(format!("there is {}", enumeration(overloads)))
}

/// A pattern for values of another type.
pub(crate) fn pattern(place: &str, span: Span, matched: &str, pattern: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("the pattern is for {pattern}, the value is {matched}"),
    )
}

/// A pattern that takes another shape of value apart.
pub(crate) fn shape(place: &str, span: Span, matched: &str, shape: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("the pattern is for {shape}, the value is {matched}"),
    )
}

/// A record pattern for an enum.
pub(crate) fn enum_pattern(place: &str, span: Span, ty: &str) -> Diagnostic {
    at(place, span, format!("{ty} is an enum and has no fields")).help("match its variants instead")
}

/// `s[i] = v` of something whose elements cannot be set.
pub(crate) fn no_element_assignment(place: &str, span: Span, found: &str) -> Diagnostic {
    at(place, span, format!("elements of {found} cannot be assigned to"))
        .help("elements of lists and entries of maps can")
}

/// A block that ends in a statement where a value is expected.
pub(crate) fn no_value_at_end(place: &str, span: Span, expected: &str) -> Diagnostic {
    at(place, span, format!("expected {expected}, got Null"))
        .help("a block that ends in a statement has the value null; end it with an expression")
}

/// A type argument that does not meet a bound; `place` is the body that it stands in, if it does.
pub(crate) fn bound(
    place: Option<&str>,
    span: Span,
    found: &str,
    parameter: &str,
    owner: &str,
    bound: &str,
) -> Diagnostic {
    let label = format!("{found} is not {bound}, as `{parameter}` of {owner} must be");
    out_of_bounds(place, span, label)
}

/// What to do where a value of a type parameter would have to be something in particular.
pub(crate) fn opaque(diagnostic: Diagnostic, parameter: &str) -> Diagnostic {
    diagnostic.help(format!(
        "`{parameter}` stands for any type here, so nothing is known of its values: take what differs as a function or as a method of a trait that `{parameter}` is bound by, or take a concrete type"
    ))
}

/// A type argument that does not have a trait.
pub(crate) fn trait_bound(
    place: Option<&str>,
    span: Span,
    found: &str,
    parameter: &str,
    owner: &str,
    bound: &str,
) -> Diagnostic {
    let label = format!("{found} has no `{bound}`, as `{parameter}` of {owner} must have");
    out_of_bounds(place, span, label)
}

fn out_of_bounds(place: Option<&str>, span: Span, label: String) -> Diagnostic {
    match place {
        Some(place) => at(place, span, label),
        None => Diagnostic::new(Code::E0012, span, "type argument out of bounds").label(label),
    }
}

/// `Trait.method(x)` for an `x` without the trait.
pub(crate) fn no_trait(place: &str, span: Span, found: &str, of: &str) -> Diagnostic {
    at(place, span, format!("there is no impl of `{of}` for {found}"))
}

/// `Trait.method` as a value.
pub(crate) fn trait_value(place: &str, span: Span, of: &str, method: &str) -> Diagnostic {
    at(
        place,
        span,
        format!("`{of}.{method}` is a different cell for each type"),
    )
    .help(format!(
        "call it: `{of}.{method}(x)`, or write a lambda that does"
    ))
}

/// A method whose first parameter is not `self`.
pub(crate) fn no_self(span: Span, method: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0012,
        span,
        format!("the first parameter of method `{method}` is not `self`"),
    )
    .help(format!(
        "write `cell {method}(self: Self, ...)`, or declare it as a cell of its own"
    ))
}

/// A `self` of another type than the one that has the method.
pub(crate) fn self_type(span: Span, method: &str, expected: &str, found: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0012,
        span,
        format!("`self` of method `{method}` is of another type"),
    )
    .label(format!("expected {expected}, got {found}"))
    .help("write `self: Self`")
}

/// An impl that lacks methods; each as it should look.
pub(crate) fn missing_methods(span: Span, of: &str, ty: &str, missing: &[String]) -> Diagnostic {
    let plural = if missing.len() == 1 { "a method" } else { "methods" };
    let mut diagnostic = Diagnostic::new(
        Code::E0012,
        span,
        format!("the impl of `{of}` for {ty} lacks {plural}"),
    );
    for signature in missing {
        diagnostic = diagnostic.help(format!("add `cell {signature}`"));
    }
    diagnostic
}

/// Cells of an impl that are not as the trait says: place, what they are, what they should be.
pub(crate) fn differing_methods(of: &str, ty: &str, differing: &[(Span, String, String)]) -> Diagnostic {
    let span = differing.first().map_or(Span::default(), |(span, _, _)| *span);
    let mut diagnostic = Diagnostic::new(
        Code::E0012,
        span,
        format!("the impl of `{of}` for {ty} is not as the trait says"),
    );
    for (index, (span, found, expected)) in differing.iter().enumerate() {
        let text = format!("this is `{found}`");
        diagnostic = match index {
            0 => diagnostic.label(text),
            _ => diagnostic.related(*span, text),
        };
        diagnostic = diagnostic.help(format!("`{of}` says `cell {expected}`"));
    }
    diagnostic
}

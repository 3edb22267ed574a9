//! E0014: types that do not exist or make no sense.

use super::{count, enumeration, suggest, suggest_or};
use crate::check::familiar;
use crate::diagnostic::{Code, Diagnostic, Edit, Span};

/// No such type.
pub(crate) fn unknown(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    suggest_or(
        Diagnostic::new(Code::E0014, span, format!("unknown type `{name}`")),
        name,
        near,
        familiar::type_advice(name),
    )
}

/// A name that is something else than a type.
pub(crate) fn no_type(span: Span, name: &str, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E0014, span, format!("`{name}` is {what}, not a type"))
}

/// A variant where a type is expected.
pub(crate) fn variant(span: Span, name: &str, owner: &str) -> Diagnostic {
    Diagnostic::new(Code::E0014, span, format!("`{name}` is a variant, not a type"))
        .fix(format!("its type is `{owner}`"), [Edit::replace(span, owner)])
}

/// `schema T` with a type of which no JSON is a value.
pub(crate) fn no_json_form(span: Span, name: &str, part: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0014, span, format!("{name} has no JSON form"));
    if name == part {
        diagnostic
    } else {
        diagnostic.label(format!("it holds a {part}, which JSON cannot say"))
    }
}

/// A parameter of a test, of a type of which no values are made.
pub(crate) fn not_made(span: Span, name: &str, part: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::E0014,
        span,
        format!("no values of type {name} can be made for a test"),
    )
    .help("arguments of tests are data: numbers, texts, collections, records, enums, Json");
    if name == part {
        diagnostic
    } else {
        diagnostic.label(format!("it holds a {part}"))
    }
}

/// `m.T` without such a module.
pub(crate) fn no_module(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::E0014, span, format!("`{name}` is not an imported module"))
        .help(format!("bring it in with `import {name}`"))
}

/// `list[Int, Int]`.
pub(crate) fn wrong_arity(span: Span, name: &str, expected: usize, found: usize) -> Diagnostic {
    let takes = match expected {
        0 => "no type arguments".to_owned(),
        number => count(number, "type argument"),
    };
    let diagnostic =
        Diagnostic::new(Code::E0014, span, format!("`{name}` takes {takes}")).label(format!("{found} given"));
    match name {
        "list" | "set" => diagnostic.help(format!("write `{name}[T]`")),
        "map" => diagnostic.help("write `map[K, V]`"),
        "result" => diagnostic.help("write `result[T, E]`"),
        _ => diagnostic,
    }
}

/// `map[Float, V]`.
pub(crate) fn map_key(span: Span, key: &str) -> Diagnostic {
    Diagnostic::new(Code::E0014, span, format!("{key} cannot be the key of a map"))
}

/// Aliases that stand for themselves.
pub(crate) fn recursive_alias(span: Span, names: &[String]) -> Diagnostic {
    let message = match names {
        [one] => format!("alias `{one}` stands for itself"),
        _ => format!("aliases {} stand for one another", enumeration(names)),
    };
    Diagnostic::new(Code::E0014, span, message).help("a record or an enum may be recursive, an alias may not")
}

/// Types that grew out of proportion.
pub(crate) fn too_large(span: Span, place: &str) -> Diagnostic {
    Diagnostic::new(Code::E0014, span, format!("a type in {place} is too large"))
        .help("declare a record for its parts")
}

/// A bound that is neither a trait nor a class of types.
pub(crate) fn no_bound(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E0014, span, format!("{what} is not a trait"))
        .help("a bound is a trait, or one of Equatable, Ordered and Key")
}

/// A bound that nothing declares.
pub(crate) fn unknown_bound(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0014, span, format!("unknown trait `{name}`"));
    match near {
        Some(_) => suggest(diagnostic, name, near),
        None => diagnostic.help("a bound is a trait, or one of Equatable, Ordered and Key"),
    }
}

/// A declaration used without its type arguments, or with too many.
pub(crate) fn wrong_arguments(
    span: Span,
    what: &str,
    name: &str,
    parameters: &[String],
    found: usize,
) -> Diagnostic {
    let takes = match parameters.len() {
        0 => "no type arguments".to_owned(),
        number => count(number, "type argument"),
    };
    let diagnostic =
        Diagnostic::new(Code::E0014, span, format!("{what} takes {takes}")).label(format!("{found} given"));
    if parameters.is_empty() {
        return diagnostic;
    }
    diagnostic.help(format!("write `{name}[{}]`", parameters.join(", ")))
}

/// A type parameter in a union with something beside null.
pub(crate) fn blurred_union(span: Span, parameter: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0014,
        span,
        format!("the type parameter `{parameter}` cannot be a member of this union"),
    )
    .help(format!("`{parameter}` may stand for one of the other members: declare an enum for the choice; `{parameter}?` is possible"))
}

/// A record or enum that holds itself with ever larger type arguments.
pub(crate) fn expanding(span: Span, name: &str, first: &str, second: &str) -> Diagnostic {
    Diagnostic::new(Code::E0014, span, format!("{name} would hold ever larger types"))
        .label(format!("with {first}, then with {second}, and so on"))
        .help("a recursive type mentions itself with its type parameters as they are")
}

/// An element of a set, or what becomes one, that has no equality.
pub(crate) fn set_element(span: Span, element: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0014,
        span,
        format!("{element} cannot be the element of a set"),
    )
}

/// An impl in the module of neither trait nor type.
pub(crate) fn orphan(
    span: Span,
    of: &str,
    ty: &str,
    trait_module: &str,
    type_module: Option<&str>,
) -> Diagnostic {
    let places = match type_module {
        Some(type_module) if type_module != trait_module => {
            format!("`{trait_module}`, which declares `{of}`, or `{type_module}`, which declares {ty}")
        }
        _ => format!("`{trait_module}`, which declares `{of}`"),
    };
    Diagnostic::new(
        Code::E0014,
        span,
        format!("the impl of `{of}` for {ty} cannot stand here"),
    )
    .help(format!(
        "it stands in {places}; elsewhere, wrap the value in a record of this module"
    ))
}

/// An impl for a type that has no name of its own.
pub(crate) fn no_impl_target(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::E0014, span, format!("there can be no impl for {ty}"))
        .help("an impl is for a record, an enum or a type of the language such as `Int` or `list[T]`")
}

/// An impl for some values of a generic type alone.
pub(crate) fn impl_argument(span: Span, argument: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0014,
        span,
        format!("the impl is for one type argument alone: {argument}"),
    )
    .help("an impl is for all type arguments, each a type parameter of its own: `impl Show for Pair[A, B]`")
}

/// `Self` where nothing has methods.
pub(crate) fn misplaced_self(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0014, span, "`Self` stands for no type here").help(
        "it is the type that has the methods, inside an enum, a trait or an impl; elsewhere name the type",
    )
}

/// `impl Ordered for T`.
pub(crate) fn class_impl(span: Span, class: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0014,
        span,
        format!("`{class}` is a class of the language, not a trait"),
    )
    .help(
        "which types belong to it follows from what they are; to define an order of your own, use `sort_by`",
    )
}

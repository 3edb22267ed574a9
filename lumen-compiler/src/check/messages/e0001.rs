//! E0001: constructs that the parser lets pass and that cannot stand where they stand.

use crate::diagnostic::{Code, Diagnostic, Span};

/// `break` or `continue` outside a loop.
pub(crate) fn outside_loop(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, format!("`{word}` outside of a loop")).help(format!(
        "`{word}` belongs into the body of `for`, `while` or `loop`"
    ))
}

/// `break value` from a loop that has no value.
pub(crate) fn value_from_loop(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, format!("`break` with a value in a `{word}`"))
        .help("only `loop` has a value; assign it to a `let mut` variable before `break`")
}

/// `a.b() = c`.
pub(crate) fn not_a_place(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "this cannot be assigned to")
        .help("the left side is a variable, or a field or element of one: `x`, `x.field`, `x[i]`")
}

/// `xs[a..b] = ys`.
pub(crate) fn slice_as_place(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "a slice cannot be assigned to").help(
        "assign to its elements one by one, or join the parts: `xs = xs[0..a] ++ ys ++ xs[b..length(xs)]`",
    )
}

/// `Circle(n: 1)` where `Circle` is a variant.
pub(crate) fn payload_with_field(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0001,
        span,
        "expected a type after the colon: what a variant holds has no names",
    )
    .help("write `Variant(pattern)`, or `Variant(name: Type)` to test for a type")
}

/// `User("root")` where `User` is a record.
pub(crate) fn pattern_without_field(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0015, span, "expected a field, found a pattern without one")
        .help("write `field: pattern`; fields that are not listed are ignored")
}

/// `@test` above something that is no cell.
pub(crate) fn misplaced_test(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "`@test` above something that is no cell")
        .help("`@test` belongs directly above a `cell`")
}

/// `@deprecated` above something that nothing can use by name.
pub(crate) fn misplaced_deprecated(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0001,
        span,
        "`@deprecated` above something that has no name",
    )
    .help("it belongs above a cell, record, enum, trait, alias or constant")
}

/// `return` or `?` outside of a cell.
pub(crate) fn outside_cell(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "there is no cell to return from here")
}

/// A way out of a `defer` that would leave it half done.
pub(crate) fn out_of_defer(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, format!("`{word}` cannot leave a `defer`"))
        .help("a `defer` runs while its block is being left already; it can only run to its end, or halt")
}

/// A `defer` in a `defer`.
pub(crate) fn nested_defer(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "`defer` inside of a `defer`")
        .help("put both into one `defer`, or call a cell that has a `defer` of its own")
}

/// `yield` in a cell that is no generator.
pub(crate) fn outside_generator(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "`yield` outside of a generator")
        .help("a cell whose result is written `-> yield T` yields values of type T")
}

/// `return value` in a generator.
pub(crate) fn value_from_generator(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "`return` with a value in a generator")
        .help("`yield value` hands a value on; a bare `return` ends the generator")
}

/// Something that the parser could make nothing of.
pub(crate) fn unread(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "this cannot be read as code")
}

/// `schema T` outside of `validate`.
pub(crate) fn misplaced_schema(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "`schema` outside of a call of `validate`")
}

/// A default in the signature of a trait's method.
pub(crate) fn default_in_trait(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, span, "a method of a trait has no defaults")
        .help("callers of the trait give all arguments; defaults stand in the cells of the impl")
}

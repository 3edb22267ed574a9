//! Patterns.

use super::{ExprId, Ident, PatternId, TypeExprId};
use crate::diagnostic::Span;
use crate::syntax::name::Name;

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Which.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// The patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// `_`, `_: T`.
    Wildcard(Option<TypeExprId>),
    /// `name`, `name: T`: binds if lower-case; an upper-case one is a plain variant, a type or a constant.
    Name(Name, Option<TypeExprId>),
    /// A literal (with its sign): null, Bool, Int, Float, String without interpolation, Bytes.
    Literal(ExprId),
    /// `1..10`, `1..=9`.
    Range {
        /// First, a literal.
        from: ExprId,
        /// Last or one past it, a literal.
        to: ExprId,
        /// `..=`.
        inclusive: bool,
    },
    /// `Variant(p, q)`, `Enum.Variant(p)`, `module.Enum.Variant`, `ok(p)`, `err(p)`: the last name is the variant.
    Variant {
        /// Names, the last one the variant; a single name always has parentheses.
        path: Vec<Ident>,
        /// Payload patterns; `None` without parentheses.
        payload: Option<Vec<PatternId>>,
    },
    /// `Type(field: p, other)`: some part has a colon. If the name turns out to be a variant's, `Variant(n: Int)` was
    /// meant as typed payload patterns: the "pattern" of the field is then the name of the type.
    Record {
        /// Type name, perhaps after a module name.
        path: Vec<Ident>,
        /// Fields; without a pattern the field's name binds.
        fields: Vec<FieldPattern>,
    },
    /// `[a, b, ...rest]`.
    List {
        /// Patterns of the first elements.
        elements: Vec<PatternId>,
        /// `...rest` or `...`: the rest, and the name it binds.
        rest: Option<Option<Ident>>,
    },
    /// `(a, b)`.
    Tuple(Vec<PatternId>),
    /// `p | q`.
    Or(Vec<PatternId>),
    /// `p as name`.
    As(PatternId, Ident),
    /// Not readable, reported.
    Error,
}

/// A field of a record pattern.
#[derive(Clone, Copy, Debug)]
pub struct FieldPattern {
    /// The field.
    pub field: Ident,
    /// Its pattern; none if the name itself binds.
    pub pattern: Option<PatternId>,
}

//! Patterns, and the arms of a `match`.

use super::{ExprId, LocalId, PatternId, Ty};
use crate::diagnostic::Span;

/// An arm of a match.
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    /// The pattern.
    pub pattern: PatternId,
    /// The guard.
    pub guard: Option<ExprId>,
    /// The body.
    pub body: ExprId,
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Which.
    pub kind: PatternKind,
    /// Type of what it is matched against.
    pub ty: Ty,
    /// Where it stands.
    pub span: Span,
}

/// The patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// Anything.
    Wildcard,
    /// Anything, bound; and it must match the inner pattern, if there is one.
    Bind(LocalId, Option<PatternId>),
    /// A dynamic value that is of the type, narrowed for the inner pattern.
    Type(Ty, PatternId),
    /// `null` of type Null.
    Null,
    /// An equal Bool.
    Bool(bool),
    /// An equal Int.
    Int(i64),
    /// An equal Float.
    Float(f64),
    /// An equal String.
    String(String),
    /// Equal Bytes.
    Bytes(Vec<u8>),
    /// Equal to the value of a constant: a call of its cell.
    Constant(ExprId),
    /// An Int in a range, both ends included.
    IntRange(i64, i64),
    /// A Float in a range; the flag says whether the upper end is included.
    FloatRange(f64, f64, bool),
    /// A variant of an enum or result.
    Variant {
        /// Its position.
        variant: u32,
        /// Patterns of the whole payload.
        payload: Vec<PatternId>,
    },
    /// Fields of a record, or elements of a tuple; others are ignored.
    Fields(Vec<(u32, PatternId)>),
    /// A list: exactly these elements, or at least these and then the rest, bound perhaps.
    List {
        /// The first elements.
        elements: Vec<PatternId>,
        /// Whether more may follow, and what holds them.
        rest: Option<Option<LocalId>>,
    },
    /// Any of them; all bind the same locals.
    Or(Vec<PatternId>),
}

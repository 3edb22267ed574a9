//! Types as written.

use super::{Ident, TypeExprId};
use crate::diagnostic::Span;

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeExpr {
    /// Which.
    pub kind: TypeExprKind,
    /// Where.
    pub span: Span,
}

/// The forms of types.
#[derive(Clone, Debug)]
pub enum TypeExprKind {
    /// `Name`, `module.Name`, with arguments `[A, B]`; builtin ones too (`list[T]`).
    Named {
        /// `module.` before the name.
        module: Option<Ident>,
        /// The name.
        name: Ident,
        /// Arguments.
        arguments: Vec<TypeExprId>,
    },
    /// `T?`.
    Optional(TypeExprId),
    /// `A | B | C`.
    Union(Vec<TypeExprId>),
    /// `(A, B)`.
    Tuple(Vec<TypeExprId>),
    /// `fn(A, B) -> R / {effects}`.
    Function {
        /// Parameters.
        parameters: Vec<TypeExprId>,
        /// Result.
        result: TypeExprId,
        /// Effect row.
        effects: Vec<Ident>,
    },
    /// Not readable, reported.
    Error,
}

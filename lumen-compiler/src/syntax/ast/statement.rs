//! Blocks and statements.

use super::{BinaryOp, ExprId, Ident, PatternId, StatementId, TypeExprId};
use crate::diagnostic::Span;

/// Statements and, if its last one is an expression, a value.
#[derive(Clone, Debug)]
pub struct Block {
    /// In order. An expression statement in last place is the block's value.
    pub statements: Vec<StatementId>,
    /// From the first statement to the last; empty at the place where they would stand.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Which.
    pub kind: StatementKind,
    /// Where.
    pub span: Span,
}

/// The statements.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// An expression for its value or effect (`return`, `break`, `halt`, `if`, `match` are expressions too).
    Expr(ExprId),
    /// `let pattern: T = value`, `let mut name: T = value`.
    Let {
        /// `mut`.
        mutable: bool,
        /// What it binds.
        pattern: PatternId,
        /// Its type.
        ty: Option<TypeExprId>,
        /// Its value.
        value: ExprId,
    },
    /// `place = value`, `place op= value`.
    Assign {
        /// The place: a name, field or index expression (anything else is reported by the checker).
        place: ExprId,
        /// The operator of a compound assignment.
        operator: Option<BinaryOp>,
        /// The value.
        value: ExprId,
    },
    /// `while condition ... end`.
    While {
        /// `@label`.
        label: Option<Ident>,
        /// The condition.
        condition: ExprId,
        /// The body.
        body: Block,
    },
    /// `for pattern in iterable if filter ... end`.
    For {
        /// `@label`.
        label: Option<Ident>,
        /// What it binds.
        pattern: PatternId,
        /// Over what.
        iterable: ExprId,
        /// `if` filter.
        filter: Option<ExprId>,
        /// The body.
        body: Block,
    },
    /// `defer ... end`.
    Defer(Block),
    /// `yield value`.
    Yield(ExprId),
    /// `emit value`.
    Emit(ExprId),
    /// Not readable, reported.
    Error,
}

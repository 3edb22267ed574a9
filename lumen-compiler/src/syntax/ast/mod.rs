//! The syntax tree of a module: flat arenas, indexed by small numbers, so that building, walking and dropping it
//! neither chases pointers nor recurses over the depth of a document.
//!
//! The parser records what stands there, with spans; it resolves nothing. What it could not read is an
//! [`ExprKind::Error`] (or its like), already reported, and of any type for the checker.

mod arena;
mod expression;
mod import;
mod item;
mod pattern;
mod statement;
mod type_expr;

pub use arena::{Arena, Id};
pub use expression::*;
pub use import::{Directive, Import, ImportNames, ImportedName};
pub use item::*;
pub use pattern::{FieldPattern, Pattern, PatternKind};
pub use statement::{Block, Statement, StatementKind};
pub use type_expr::{TypeExpr, TypeExprKind};

use super::name::{Name, Names};
use crate::diagnostic::Span;

/// An expression.
pub type ExprId = Id<Expr>;
/// A type as written.
pub type TypeExprId = Id<TypeExpr>;
/// A pattern.
pub type PatternId = Id<Pattern>;
/// A statement.
pub type StatementId = Id<Statement>;

/// A module: all code fences of a document, in order (or one snippet fence).
#[derive(Clone, Debug, Default)]
pub struct Ast {
    /// Names and texts.
    pub names: Names,
    /// Directives inside fences (those of the prose are the document's).
    pub directives: Vec<Directive>,
    /// Imports in source order.
    pub imports: Vec<Import>,
    /// For a snippet: the imports of the document around it, below everything of its own. Their spans are the document's,
    /// so nothing is ever reported at them.
    pub inherited: Vec<Import>,
    /// Declarations in source order.
    pub items: Vec<Item>,
    /// Statements at the top level: legal in `test`, `no_run` and `error` snippets only.
    pub statements: Vec<StatementId>,
    /// All expressions.
    pub exprs: Arena<Expr>,
    /// All types.
    pub types: Arena<TypeExpr>,
    /// All patterns.
    pub patterns: Arena<Pattern>,
    /// All statements.
    pub all_statements: Arena<Statement>,
}

/// A name where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The name.
    pub name: Name,
    /// Where.
    pub span: Span,
}

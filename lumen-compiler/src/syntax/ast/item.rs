//! Declarations.

use super::{Block, ExprId, Ident, TypeExprId};
use crate::diagnostic::Span;

/// A declaration with what stands before it.
#[derive(Clone, Debug)]
pub struct Item {
    /// `@test`, `@deprecated("why")` ...
    pub attributes: Vec<Attribute>,
    /// `pub`.
    pub public: bool,
    /// The declaration.
    pub kind: ItemKind,
    /// From the first modifier to the last word.
    pub span: Span,
}

/// `@name` or `@name(arguments)` above a declaration.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name, without the `@`.
    pub name: Ident,
    /// Its arguments.
    pub arguments: Vec<ExprId>,
    /// The whole.
    pub span: Span,
}

/// The declarations.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `cell`.
    Cell(Cell),
    /// `record`.
    Record(Record),
    /// `enum`.
    Enum(Enum),
    /// `type Name[T] = T`.
    Alias {
        /// Its name.
        name: Ident,
        /// Type parameters.
        generics: Vec<Generic>,
        /// What it stands for.
        ty: TypeExprId,
    },
    /// `const NAME: T = expr`.
    Const {
        /// Its name.
        name: Ident,
        /// Its type.
        ty: Option<TypeExprId>,
        /// Its value.
        value: ExprId,
    },
    /// `trait`.
    Trait {
        /// Its name.
        name: Ident,
        /// Type parameters.
        generics: Vec<Generic>,
        /// Signatures; their bodies are empty.
        cells: Vec<Cell>,
    },
    /// `impl Trait for Type`.
    Impl {
        /// Its type parameters, if they are declared: `impl[T: Show] Show for list[T]`.
        generics: Vec<Generic>,
        /// The trait.
        trait_name: TypeExprId,
        /// The type.
        target: TypeExprId,
        /// Methods.
        cells: Vec<Cell>,
    },
    /// A kind that the language reserves and this version does not build (`use tool`, `grant`, `effect`, `handler`,
    /// `agent`, `memory`, `machine`, `pipeline`, `orchestration`, `macro`, ...): read to its end, and E0060.
    Reserved {
        /// What it is called, `use tool`.
        what: String,
        /// The name it declares, if any, so that uses of it are not errors of their own.
        name: Option<Ident>,
    },
}

/// `[T: Bound + Bound]`.
#[derive(Clone, Debug)]
pub struct Generic {
    /// The parameter.
    pub name: Ident,
    /// Its bounds.
    pub bounds: Vec<TypeExprId>,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its name.
    pub name: Ident,
    /// `async`.
    pub is_async: bool,
    /// `extern`: no body.
    pub is_extern: bool,
    /// Type parameters.
    pub generics: Vec<Generic>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// `-> R`.
    pub result: Option<TypeExprId>,
    /// `-> yield T`.
    pub yields: bool,
    /// `/ {a, b}`.
    pub effects: Option<Vec<Ident>>,
    /// The body.
    pub body: Block,
    /// `cell name(...) -> R`, for errors about the signature.
    pub signature_span: Span,
}

/// A parameter of a cell.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Ident,
    /// Its type; missing only after a reported error, and in lambdas.
    pub ty: Option<TypeExprId>,
    /// `= default`.
    pub default: Option<ExprId>,
}

/// A record.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name.
    pub name: Ident,
    /// Type parameters.
    pub generics: Vec<Generic>,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// Whether something in it was reported, so that there may be more fields than these.
    pub faulty: bool,
}

/// `field: T where condition = default`.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExprId,
    /// Its constraint.
    pub constraint: Option<ExprId>,
    /// The constraint as written, line breaks and what surrounds them as one space; empty without one.
    pub constraint_text: String,
    /// Its default.
    pub default: Option<ExprId>,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: Ident,
    /// Type parameters.
    pub generics: Vec<Generic>,
    /// Variants in order.
    pub variants: Vec<EnumVariant>,
    /// Methods.
    pub methods: Vec<Cell>,
}

/// `Variant(T, U)`.
#[derive(Clone, Debug)]
pub struct EnumVariant {
    /// Its name.
    pub name: Ident,
    /// Types of its payload.
    pub payload: Vec<TypeExprId>,
}

//! What top-level names stand for: tables of cells, records, enums, constants and aliases, own and imported alike.

use super::parameters::Generics;
use super::recorder::ModuleRef;
use super::traits::TraitId;
use crate::diagnostic::Span;
use crate::hir::{NominalId, Ty};
use crate::syntax::ast;
use lumen_vm::lir::ModuleId;
use std::rc::Rc;

/// Index into the table of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CellId(pub(crate) u32);
/// Index into the table of constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConstId(pub(crate) u32);
/// Index into the table of aliases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AliasId(pub(crate) u32);

/// What a top-level name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Definition {
    /// A cell.
    Cell(CellId),
    /// A record or enum.
    Nominal(NominalId),
    /// An alias.
    Alias(AliasId),
    /// A constant.
    Const(ConstId),
    /// A trait.
    Trait(TraitId),
    /// A module, as `m` of `m.name`.
    Module(ModuleRef),
    /// Something reported where it stands, or of a module with errors.
    Broken,
}

/// A cell.
#[derive(Clone, Debug)]
pub(crate) struct CellInfo<'a> {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// Where it comes from.
    pub(crate) source: Source<&'a ast::Cell>,
    /// Its type parameters.
    pub(crate) generics: Generics,
    /// What `Self` is in it, if it is a method declared here.
    pub(crate) self_type: Option<Ty>,
    /// Its parameters.
    pub(crate) parameters: Rc<[ParameterInfo]>,
    /// Its type of value.
    pub(crate) result: ResultType,
    /// Where its name stands, if here.
    pub(crate) span: Option<Span>,
}

/// Where a cell or constant comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<T> {
    /// This module: the declaration, its position among the items, and the first of its slots in the typed module.
    Own {
        /// The declaration.
        declaration: T,
        /// Position in [`ast::Ast::items`].
        item: usize,
        /// First slot.
        slot: u32,
    },
    /// Another module.
    Imported(ModuleRef),
}

/// A parameter.
#[derive(Clone, Debug)]
pub(crate) struct ParameterInfo {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// Its type.
    pub(crate) ty: Ty,
    /// Slot of the cell that computes its default, relative to the cell's own; 0 if it has none.
    pub(crate) default: u32,
    /// Where it is declared, if here.
    pub(crate) span: Option<Span>,
}

/// What is known of a cell's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResultType {
    /// Written, or inferred already.
    Known(Ty),
    /// To be inferred from the body.
    Unknown,
    /// Being inferred.
    InProgress,
}

/// A record or enum.
#[derive(Clone, Debug)]
pub(crate) struct NominalInfo {
    /// The other module, or none for this one.
    pub(crate) module: Option<ModuleId>,
    /// Its name.
    pub(crate) name: Rc<str>,
    /// Its type parameters, once somebody looked if it is of another module.
    pub(crate) generics: Option<Generics>,
    /// Its shape, once somebody looked.
    pub(crate) layout: Option<Rc<Layout>>,
    /// First of its slots in the typed module, if declared here.
    pub(crate) slot: u32,
    /// Where its name stands, if here.
    pub(crate) span: Option<Span>,
}

/// Shape of a record or enum.
#[derive(Debug)]
pub(crate) enum Layout {
    /// A record.
    Record {
        /// Fields in declared order.
        fields: Vec<FieldInfo>,
        /// Whether any field has a `where`.
        constrained: bool,
    },
    /// An enum: variants in declared order.
    Enum(Vec<VariantInfo>),
    /// Erroneous, or out of reach.
    Broken,
}

/// A field.
#[derive(Clone, Debug)]
pub(crate) struct FieldInfo {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// Its type.
    pub(crate) ty: Ty,
    /// Slot of the cell that computes its default, relative to the record's own, plus one; 0 if it has none.
    pub(crate) default: u32,
    /// Where it is declared, if here.
    pub(crate) span: Option<Span>,
}

/// A variant.
#[derive(Clone, Debug)]
pub(crate) struct VariantInfo {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// Types of its payload.
    pub(crate) payload: Vec<Ty>,
    /// Where it is declared, if here.
    pub(crate) span: Option<Span>,
}

/// A constant.
#[derive(Clone, Debug)]
pub(crate) struct ConstInfo {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// Where it comes from.
    pub(crate) source: Source<ast::ExprId>,
    /// Its type, once known.
    pub(crate) ty: Option<Ty>,
}

/// An alias.
#[derive(Clone, Debug)]
pub(crate) struct AliasInfo {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// Its type parameters.
    pub(crate) generics: Generics,
    /// What it stands for as written, if here.
    pub(crate) written: Option<ast::TypeExprId>,
    /// What it stands for, once known.
    pub(crate) ty: Option<Ty>,
    /// Where its name stands, if here.
    pub(crate) span: Option<Span>,
}

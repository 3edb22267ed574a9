//! From a checked body to a cell of the typed module.

use super::body::Body;
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast::Arena;
use lumen_vm::lir::CellKind;

/// What a cell of the typed module is, beside its body.
pub(super) struct Header {
    pub(super) name: String,
    pub(super) kind: CellKind,
    pub(super) public: bool,
    pub(super) declaration: Span,
    pub(super) generics: hir::Generics,
}

/// What a body left behind.
pub(super) struct Tree {
    locals: Arena<hir::Local>,
    exprs: Arena<hir::Expr>,
    patterns: Arena<hir::Pattern>,
}

impl Body<'_, '_> {
    /// What it left behind.
    pub(super) fn into_tree(self) -> Tree {
        Tree {
            locals: self.locals,
            exprs: self.exprs,
            patterns: self.patterns,
        }
    }
}

impl Tree {
    /// The cell around it.
    pub(super) fn cell(
        self,
        header: Header,
        parameters: Vec<hir::LocalId>,
        result: Ty,
        body: hir::Body,
    ) -> hir::Cell {
        hir::Cell {
            name: header.name,
            kind: header.kind,
            public: header.public,
            generator: false,
            generics: header.generics,
            parameters,
            result,
            effects: Vec::new(),
            locals: self.locals,
            exprs: self.exprs,
            patterns: self.patterns,
            body,
            declaration: header.declaration,
        }
    }
}

//! What the checker is asked and what it answers.

use crate::diagnostic::{Diagnostic, Span};
use crate::hir;
use crate::interface::{Consulted, Environment, Interface};
use crate::syntax::ast::Ast;
use lumen_vm::lir::ModuleId;
use std::sync::Arc;

/// A module to check.
#[derive(Clone)]
pub struct Request<'a> {
    /// Its logical name.
    pub id: &'a ModuleId,
    /// Its syntax tree.
    pub ast: &'a Ast,
    /// Everything outside of it.
    pub environment: &'a dyn Environment,
    /// For a snippet: the interface of the document it stands in. All its names are visible, below the snippet's own.
    pub host: Option<Arc<Interface>>,
    /// What becomes of names that nothing declares.
    pub unresolved: Unresolved,
    /// The parser has reported errors: what can be checked is checked, but there will be no typed tree.
    pub syntax_errors: bool,
}

/// What becomes of names, types and imports that lead nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// Each is an error.
    Reported,
    /// They are taken to be there, of any type. If there are any, there is no typed tree.
    Allowed,
}

/// What checking found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The typed tree, if there was no error.
    pub hir: Option<hir::Module>,
    /// What other modules see; erroneous items are marked as broken.
    pub interface: Interface,
    /// Findings by position.
    pub diagnostics: Vec<Diagnostic>,
    /// Every answer of the environment that the above depends on, ascending, each once.
    pub trace: Vec<Consulted>,
    /// Tests in source order.
    pub tests: Vec<Test>,
}

/// A cell that `lumen test` runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The cell.
    pub cell: String,
    /// What it is called in reports.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
}

//! Inlining: a call of a small cell of this module is lowered as the cell's body, in place.
//!
//! Done here rather than on SSA, it costs nothing where it does not happen, and constant arguments fold at once. Cells that
//! loop, call themselves, have effects or are generic are called. What it adds to a cell is bounded. Nothing is inlined into
//! tests: what they call with constants would be computed here, and whoever counts what tests run would not see it.

use super::join::JoinId;
use super::{Builder, Frame};
use crate::hir::{Body, Callee, Cell, ExprId, ExprKind, Module, Statement};
use crate::lower::ssa::{LocationId, Value};
use lumen_vm::lir::CellKind;

/// Most expressions and patterns of a cell that is inlined.
const MOST_EXPRESSIONS: usize = 16;
/// Most expressions that inlining may add to a cell.
const MOST_ADDED: usize = 400;
/// Most calls inlined within one another.
const MOST_NESTED: usize = 4;

/// Which cells of a module are inlined.
#[derive(Debug)]
pub(crate) struct Inlining {
    by_cell: Vec<bool>,
}

impl Inlining {
    /// Decides by size and form.
    pub(crate) fn new(module: &Module, enabled: bool) -> Inlining {
        let by_cell = module
            .cells
            .iter()
            .zip(0..)
            .map(|(cell, index)| enabled && is_small(cell, index))
            .collect();
        Inlining { by_cell }
    }
}

fn is_small(cell: &Cell, index: u32) -> bool {
    cell.exprs.len() + cell.patterns.len() <= MOST_EXPRESSIONS
        && !cell.generator
        && cell.effects.is_empty()
        && cell.generics.parameters.is_empty()
        && matches!(cell.body, Body::Expr(_))
        && cell.exprs.iter().all(|(_, expr)| match &expr.kind {
            ExprKind::Loop { .. } => false,
            ExprKind::Call { callee, .. } => *callee != Callee::Here(index),
            ExprKind::Block { statements, .. } => !statements.iter().any(|statement| {
                matches!(
                    statement,
                    Statement::While { .. } | Statement::For { .. } | Statement::Defer(_)
                )
            }),
            _ => true,
        })
}

impl Builder<'_, '_> {
    pub(super) fn may_inline(&self, cell: u32) -> bool {
        let size = self.module.cells[cell as usize].exprs.len();
        self.inlining.by_cell[cell as usize]
            && self.frames[0].source.kind != CellKind::Test
            && self.frames.len() <= MOST_NESTED
            && self.inlined + size <= MOST_ADDED
            && self.frames.iter().all(|frame| frame.index != cell)
    }

    /// Whether a call that is a condition may become the condition that the cell computes.
    pub(super) fn may_inline_condition(&self, cell: u32) -> bool {
        let leaves = |kind: &ExprKind| matches!(kind, ExprKind::Return(_) | ExprKind::Try(_));
        let source = &self.module.cells[cell as usize];
        self.options.inline
            && self.may_inline(cell)
            && source.exprs.iter().all(|(_, expr)| !leaves(&expr.kind))
    }

    /// Lowers the body of a cell as the condition that a call of it is.
    pub(super) fn inline_condition(
        &mut self,
        cell: u32,
        arguments: &[Value],
        location: LocationId,
        holds: JoinId,
        fails: JoinId,
    ) {
        let body = self.enter_cell(cell, arguments, location, None);
        let span = self.expr(body).span;
        let around = std::mem::replace(&mut self.here, span);
        self.condition(body, holds, fails);
        self.frames.pop();
        self.here = around;
    }

    /// Lowers the body of a cell in place of a call of it.
    pub(super) fn inline(&mut self, cell: u32, arguments: &[Value], location: LocationId) -> Option<Value> {
        let returns = self.join();
        let body = self.enter_cell(cell, arguments, location, Some(returns));
        let span = self.expr(body).span;
        let around = std::mem::replace(&mut self.here, span);
        if let Some(value) = self.value(body) {
            self.here = self.place_of_value(body);
            self.leave(value);
        }
        self.frames.pop();
        self.here = around;
        self.enter_with(returns, self.module.cells[cell as usize].result)
    }

    /// Starts to lower a cell within another; yields its body.
    fn enter_cell(
        &mut self,
        cell: u32,
        arguments: &[Value],
        location: LocationId,
        returns: Option<JoinId>,
    ) -> ExprId {
        let source = &self.module.cells[cell as usize];
        let Body::Expr(body) = source.body else {
            unreachable!("only cells that compute an expression are inlined");
        };
        self.inlined += source.exprs.len();
        let first = self.variables.add(source.locals.len());
        self.frames.push(Frame {
            index: cell,
            source,
            first,
            caller: location,
            returns,
            pending: self.pending.len(),
        });
        for (&parameter, &argument) in source.parameters.iter().zip(arguments) {
            self.assign(parameter, argument);
        }
        body
    }
}

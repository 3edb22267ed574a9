//! Inlining: a call of a small cell of this module is lowered as the cell's body, in place.
//!
//! Done here rather than on SSA, it costs nothing where it does not happen, and constant arguments fold at once. Cells that
//! loop, call themselves or have effects are called. What it adds to a cell is bounded.

use super::{Builder, Frame};
use crate::hir::{Body, Callee, Cell, ExprKind, Module, Statement};
use crate::lower::ssa::{LocationId, Value};

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
        && cell.effects.is_empty()
        && matches!(cell.body, Body::Expr(_))
        && cell.exprs.iter().all(|(_, expr)| match &expr.kind {
            ExprKind::Loop { .. } => false,
            ExprKind::Call { callee, .. } => *callee != Callee::Here(index),
            ExprKind::Block { statements, .. } => !statements
                .iter()
                .any(|statement| matches!(statement, Statement::While { .. } | Statement::For { .. })),
            _ => true,
        })
}

impl Builder<'_, '_> {
    pub(super) fn may_inline(&self, cell: u32) -> bool {
        let size = self.module.cells[cell as usize].exprs.len();
        self.inlining.by_cell[cell as usize]
            && self.frames.len() <= MOST_NESTED
            && self.inlined + size <= MOST_ADDED
            && self.frames.iter().all(|frame| frame.index != cell)
    }

    /// Lowers the body of a cell in place of a call of it.
    pub(super) fn inline(&mut self, cell: u32, arguments: &[Value], location: LocationId) -> Option<Value> {
        let source = &self.module.cells[cell as usize];
        let Body::Expr(body) = source.body else {
            unreachable!("only cells that compute an expression are inlined");
        };
        self.inlined += source.exprs.len();
        let returns = self.join();
        let first = self.variables.add(source.locals.len());
        self.frames.push(Frame {
            index: cell,
            source,
            first,
            caller: location,
            returns: Some(returns),
        });
        for (&parameter, &argument) in source.parameters.iter().zip(arguments) {
            self.assign(parameter, argument);
        }
        if let Some(value) = self.value(body) {
            self.leave(value);
        }
        self.frames.pop();
        self.enter_with(returns, source.result)
    }
}

//! Loops that the checker writes: what comprehensions and builtins that take functions come down to.

use super::body::{Body, Role};
use super::types::Types;
use crate::diagnostic::Span;
use crate::hir::{self, ExprKind, LocalId, LoopId, Statement, Ty};
use lumen_vm::lir::Intrinsic;

impl Body<'_, '_> {
    /// The number of a loop that no label names.
    pub(crate) fn new_loop(&mut self) -> LoopId {
        let id = LoopId(self.loop_count);
        self.loop_count += 1;
        id
    }

    /// `let mut name = value`.
    pub(crate) fn accumulator(
        &mut self,
        name: &str,
        ty: Ty,
        value: hir::ExprId,
        statements: &mut Vec<Statement>,
    ) -> LocalId {
        let span = self.exprs[value].span;
        let local = self.add_local(name, ty, true, span, Role::Generated);
        let kind = hir::PatternKind::Bind(local, None);
        let pattern = self.patterns.push(hir::Pattern { kind, ty, span });
        statements.push(Statement::Let { pattern, value });
        local
    }

    /// The value of a generated local.
    pub(crate) fn local_value(&mut self, local: LocalId, span: Span) -> hir::ExprId {
        let ty = self.locals[local].ty;
        self.push(ExprKind::Local(local), ty, span)
    }

    /// `local = value`.
    pub(crate) fn store_in(&mut self, local: LocalId, value: hir::ExprId) -> Statement {
        let span = self.exprs[value].span;
        Statement::Assign {
            root: local,
            steps: Vec::new(),
            operator: None,
            value,
            span,
        }
    }

    /// `local = intrinsic(local, ...arguments)`, in place if nothing else holds the value.
    pub(crate) fn update(
        &mut self,
        local: LocalId,
        intrinsic: Intrinsic,
        arguments: &[hir::ExprId],
        span: Span,
    ) -> Statement {
        let mut all = vec![self.local_value(local, span)];
        all.extend_from_slice(arguments);
        let ty = self.locals[local].ty;
        let value = self.intrinsic(intrinsic, all, ty, span);
        self.store_in(local, value)
    }

    /// Statements for their effect.
    pub(crate) fn sequence(&mut self, statements: Vec<Statement>, span: Span) -> hir::ExprId {
        let kind = ExprKind::Block {
            statements,
            value: None,
        };
        self.push(kind, Types::NULL, span)
    }

    /// `if condition ... end`.
    pub(crate) fn when_true(
        &mut self,
        condition: hir::ExprId,
        statements: Vec<Statement>,
        span: Span,
    ) -> Statement {
        let then = self.sequence(statements, span);
        let kind = ExprKind::If {
            condition,
            then,
            otherwise: None,
        };
        Statement::Expr(self.push(kind, Types::NULL, span))
    }

    /// `break`.
    pub(crate) fn leave(&mut self, id: LoopId, span: Span) -> Statement {
        Statement::Expr(self.push(ExprKind::Break(id, None), Types::NEVER, span))
    }
}

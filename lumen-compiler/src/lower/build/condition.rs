//! Conditions: comparisons and their combinations branch directly, no Bool is made on the way.

use super::Builder;
use super::join::JoinId;
use crate::hir::{Callee, CompareOp, ExprId, ExprKind, Statement};
use crate::lower::ssa::{Op, Value};
use lumen_vm::lir::Opcode;

impl Builder<'_, '_> {
    /// Evaluates a Bool and ends the current block with jumps to one join or the other.
    pub(super) fn condition(&mut self, id: ExprId, holds: JoinId, fails: JoinId) {
        let span = self.expr(id).span;
        let around = std::mem::replace(&mut self.here, span);
        self.condition_here(id, holds, fails);
        self.here = around;
    }

    fn condition_here(&mut self, id: ExprId, holds: JoinId, fails: JoinId) {
        match self.expr(id).kind {
            ExprKind::Not(inner) => self.condition(inner, fails, holds),
            ExprKind::And(left, right) => {
                let next = self.join();
                self.condition(left, next, fails);
                if self.enter(next) {
                    self.condition(right, holds, fails);
                }
            }
            ExprKind::Or(left, right) => {
                let next = self.join();
                self.condition(left, holds, next);
                if self.enter(next) {
                    self.condition(right, holds, fails);
                }
            }
            ExprKind::Block {
                ref statements,
                value: Some(value),
            } if !statements
                .iter()
                .any(|statement| matches!(statement, Statement::Defer(_))) =>
            {
                if statements
                    .iter()
                    .all(|statement| self.statement(statement).is_some())
                {
                    self.condition(value, holds, fails);
                }
            }
            ExprKind::Call {
                callee: Callee::Here(cell),
                ref written,
                ref defaults,
            } if self.may_inline_condition(cell) => {
                let count = self.parameter_count(Callee::Here(cell));
                let location = self.at(self.expr(id).span);
                if let Some(arguments) = self.arguments(count, None, written, defaults, location) {
                    self.inline_condition(cell, &arguments, location, holds, fails);
                }
            }
            ExprKind::Compare(CompareOp::NotEqual, left, right) => {
                if let Some(equal) = self.compare(CompareOp::Equal, left, right) {
                    self.branch_on(equal, fails, holds);
                }
            }
            _ => {
                if let Some(value) = self.value(id) {
                    self.branch_on(value, holds, fails);
                }
            }
        }
    }

    /// Ends the current block with a branch, or with a jump if the condition is known.
    pub(super) fn branch_on(&mut self, condition: Value, holds: JoinId, fails: JoinId) {
        let node = self.function.node(condition);
        match node.op {
            Op::Bool(true) if self.options.fold => self.jump_to(holds),
            Op::Bool(false) if self.options.fold => self.jump_to(fails),
            // The negation itself is dead unless something else uses it.
            Op::Plain(Opcode::Not) => {
                let negated = self.function.operands(condition)[0];
                self.branch(negated, fails, holds);
            }
            _ => self.branch(condition, holds, fails),
        }
    }

    /// The Bool that a comparison yields.
    pub(super) fn compare(&mut self, operator: CompareOp, left: ExprId, right: ExprId) -> Option<Value> {
        let [left, right] = self.pair(left, right)?;
        Some(self.compare_values(operator, left, right))
    }

    /// The Bool that a comparison of two values yields. Orders are total, so one direction does for all.
    pub(super) fn compare_values(&mut self, operator: CompareOp, left: Value, right: Value) -> Value {
        let ty = self.types.bool();
        let (opcode, operands) = match operator {
            CompareOp::Equal | CompareOp::NotEqual => (Opcode::Equal, [left, right]),
            CompareOp::Less => (Opcode::Less, [left, right]),
            CompareOp::LessEqual => (Opcode::LessEqual, [left, right]),
            CompareOp::Greater => (Opcode::Less, [right, left]),
            CompareOp::GreaterEqual => (Opcode::LessEqual, [right, left]),
        };
        let value = self.emit(Op::Plain(opcode), ty, &operands);
        match operator {
            CompareOp::NotEqual => self.emit(Op::Plain(Opcode::Not), ty, &[value]),
            _ => value,
        }
    }

    /// A combination of conditions as a Bool: true where `holds` is reached.
    pub(super) fn materialise(&mut self, id: ExprId) -> Option<Value> {
        let ty = self.types.bool();
        let end = self.join();
        let (holds, fails) = (self.join(), self.join());
        self.condition(id, holds, fails);
        for (join, value) in [(holds, true), (fails, false)] {
            if self.enter(join) {
                let value = self.emit(Op::Bool(value), ty, &[]);
                self.jump_with(end, value);
            }
        }
        self.enter_with(end, ty)
    }
}

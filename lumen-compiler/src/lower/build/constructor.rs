//! Bodies of generated constructors: all constraints are tried before the cell fails with those that are broken. The check
//! of a record yields those instead.
//!
//! The conditions are lowered twice: once for the way on which all have held so far, which collects nothing, and once for
//! the way on which one has failed, which carries the list of failures.

use super::Builder;
use super::join::JoinId;
use crate::hir::{Constraint, NominalId, Shape, Ty, Type};
use crate::lower::ssa::{Op, Terminator, Value};
use lumen_vm::lir::{CellKind, HaltKind, Intrinsic};

impl<'m> Builder<'m, '_> {
    pub(super) fn constructor(&mut self, record: NominalId, constraints: &'m [Constraint]) {
        let failures = self.failures();
        // By constraint: the way behind it on which it or one before it has failed.
        let failing: Vec<JoinId> = constraints.iter().map(|_| self.join()).collect();
        let mut first: Vec<JoinId> = Vec::new();
        let mut goes_on = true;
        for constraint in constraints {
            let (holds, fails) = (self.join(), self.join());
            self.condition(constraint.condition, holds, fails);
            first.push(fails);
            goes_on = self.enter(holds);
            if !goes_on {
                break;
            }
        }
        if goes_on {
            let value = if self.source().kind == CellKind::Check {
                self.emit(Op::List, failures, &[])
            } else {
                let locals = &self.source().parameters;
                let fields: Vec<Value> = locals.iter().map(|&local| self.read(local)).collect();
                self.emit(Op::Record, self.source().result, &fields)
            };
            self.leave(value);
        }
        // Backwards, so that the trail of variables is only taken back.
        for (index, fails) in first.into_iter().enumerate().rev() {
            if self.enter(fails) {
                let none = self.emit(Op::List, failures, &[]);
                self.record_failure(record, &constraints[index], none, failing[index]);
            }
        }
        self.try_the_rest(record, constraints, failures, &failing);
    }

    /// Type of the list of failures: what a check yields, what the failure of a constructor is made of.
    fn failures(&mut self) -> Ty {
        if self.source().kind == CellKind::Check {
            return self.source().result;
        }
        let string = self.types.string();
        let failure = self.types.find(Type::Tuple(vec![string; 3]));
        self.types.list(failure)
    }

    /// The ways on which a constraint has failed already.
    fn try_the_rest(
        &mut self,
        record: NominalId,
        constraints: &'m [Constraint],
        failures: Ty,
        failing: &[JoinId],
    ) {
        for index in 0..failing.len() {
            let Some(list) = self.enter_with(failing[index], failures) else {
                continue;
            };
            let Some(constraint) = constraints.get(index + 1) else {
                match self.source().kind {
                    CellKind::Check => self.leave(list),
                    _ => self.halt_with(record, list, &constraints[0]),
                }
                continue;
            };
            let (holds, fails) = (self.join(), self.join());
            self.condition(constraint.condition, holds, fails);
            if self.enter(fails) {
                self.record_failure(record, constraint, list, failing[index + 1]);
            }
            if self.enter(holds) {
                self.jump_with(failing[index + 1], list);
            }
        }
    }

    /// Adds a failure to the list and jumps on with it.
    fn record_failure(&mut self, record: NominalId, constraint: &'m Constraint, list: Value, next: JoinId) {
        let Shape::Record { fields, .. } = &self.module.nominals[record.0 as usize].shape else {
            unreachable!("only records have constraints");
        };
        let path = self.string(&fields[constraint.field as usize].0);
        let text = self.string(&constraint.text);
        let parameter = self.source().parameters[constraint.field as usize];
        let value = self.read(parameter);
        let ty = self.ty(list);
        let intrinsic = match self.source().kind {
            CellKind::Check => Intrinsic::AddFieldError,
            _ => Intrinsic::ConstraintFailed,
        };
        let list = self.emit(Op::Intrinsic(intrinsic), ty, &[list, path, text, value]);
        self.jump_with(next, list);
    }

    fn halt_with(&mut self, record: NominalId, list: Value, first: &Constraint) {
        let name = self.string(&self.module.nominals[record.0 as usize].name);
        let ty = self.types.find(Type::Tuple(vec![self.ty(name), self.ty(list)]));
        let value = self.emit(Op::Tuple, ty, &[name, list]);
        let location = self.at(self.expr(first.condition).span);
        self.finish(Terminator::Halt {
            kind: HaltKind::Validation,
            value,
            location,
        });
    }
}

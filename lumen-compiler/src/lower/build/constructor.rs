//! Bodies of the cells that are generated for a constrained record: `R.new` makes it if all constraints hold, and calls
//! `R.check` at the first that does not; `R.check` tries them all and lists those that do not hold.
//!
//! So the way on which all hold collects nothing, and what a failure takes stands once.

use super::Builder;
use crate::hir::{Callee, Constraint, NominalId, Shape, Ty};
use crate::lower::ssa::{Op, Terminator, Value};
use lumen_vm::lir::{HaltKind, Intrinsic};

impl<'m> Builder<'m, '_> {
    /// `R.new`. `failure` is the type ValidationError.
    pub(super) fn constructor(
        &mut self,
        record: NominalId,
        constraints: &'m [Constraint],
        check: Callee,
        failure: Ty,
    ) {
        let fails = self.join();
        let mut goes_on = true;
        for constraint in constraints {
            let holds = self.join();
            self.condition(constraint.condition, holds, fails);
            goes_on = self.enter(holds);
            if !goes_on {
                break;
            }
        }
        if goes_on {
            let fields = self.field_values();
            let value = self.emit(Op::Record, self.source().result, &fields);
            self.leave(value);
        }
        if self.enter(fails) {
            let fields = self.field_values();
            let location = self.at(self.expr(constraints[0].condition).span);
            let Some(errors) = self.call(check, &fields, location) else {
                return;
            };
            let name = self.string(&self.module.nominals[record.0 as usize].name);
            let value = self.emit(
                Op::Intrinsic(Intrinsic::ValidationError),
                failure,
                &[name, errors],
            );
            self.finish(Terminator::Halt {
                kind: HaltKind::Validation,
                value,
                location,
            });
        }
    }

    fn field_values(&mut self) -> Vec<Value> {
        let parameters = &self.source().parameters;
        parameters.iter().map(|&local| self.read(local)).collect()
    }

    /// `R.check`.
    pub(super) fn check(&mut self, record: NominalId, constraints: &'m [Constraint]) {
        let ty = self.source().result;
        let mut errors = self.emit(Op::List, ty, &[]);
        for constraint in constraints {
            let (holds, fails, next) = (self.join(), self.join(), self.join());
            self.condition(constraint.condition, holds, fails);
            if self.enter(fails) {
                let longer = self.with_error(record, constraint, errors);
                self.jump_with(next, longer);
            }
            if self.enter(holds) {
                self.jump_with(next, errors);
            }
            let Some(tried) = self.enter_with(next, ty) else {
                return;
            };
            errors = tried;
        }
        self.leave(errors);
    }

    /// The list with one FieldError more.
    fn with_error(&mut self, record: NominalId, constraint: &'m Constraint, errors: Value) -> Value {
        let Shape::Record { fields, .. } = &self.module.nominals[record.0 as usize].shape else {
            unreachable!("only records have constraints");
        };
        let path = self.string(&fields[constraint.field as usize].0);
        let text = self.string(&constraint.text);
        let parameter = self.source().parameters[constraint.field as usize];
        let value = self.read(parameter);
        let ty = self.ty(errors);
        self.emit(
            Op::Intrinsic(Intrinsic::AddFieldError),
            ty,
            &[errors, path, text, value],
        )
    }
}

//! Optionals and results: `??`, `?`, `!` and `?.`.

use super::Builder;
use super::join::JoinId;
use crate::hir::{Expr, ExprId, LocalId, Ty, Type};
use crate::lower::ssa::{Op, Terminator, Value};
use lumen_vm::lir::{HaltKind, Intrinsic};

/// Positions of the variants of a result.
const OK: u32 = 0;
const ERR: u32 = 1;

const UNWRAPPED_NULL: &str = "`!` on null";
const UNWRAPPED: &str = "`!` on ";

impl<'m> Builder<'m, '_> {
    fn is_null(&mut self, value: Value) -> Value {
        let null = self.types.null();
        self.is_type(value, null)
    }

    /// A value that is known not to be null, as one of the given type.
    fn without_null(&mut self, value: Value, ty: Ty) -> Value {
        let null = self.types.null();
        let members = self.types.members(self.ty(value));
        if members.is_empty() || self.ty(value) == ty {
            return self.coerce(value, ty);
        }
        let rest: Vec<Ty> = members.iter().copied().filter(|member| *member != null).collect();
        let rest = self.types.union(&rest);
        let value = self.coerce(value, rest);
        self.coerce(value, ty)
    }

    pub(super) fn coalesce(&mut self, ty: Ty, left: ExprId, right: ExprId) -> Option<Value> {
        let left = self.value(left)?;
        let end = self.join();
        let (is_null, is_not) = (self.join(), self.join());
        let test = self.is_null(left);
        self.branch_on(test, is_null, is_not);
        if self.enter(is_not) {
            let value = self.without_null(left, ty);
            self.jump_with(end, value);
        }
        if self.enter(is_null) {
            self.branch_value(right, ty, true, end);
        }
        self.enter_with(end, ty)
    }

    pub(super) fn null_safe(
        &mut self,
        ty: Ty,
        operand: ExprId,
        local: LocalId,
        then: ExprId,
    ) -> Option<Value> {
        let operand = self.value(operand)?;
        let end = self.join();
        let (is_null, is_not) = (self.join(), self.join());
        let test = self.is_null(operand);
        self.branch_on(test, is_null, is_not);
        if self.enter(is_not) {
            let value = self.without_null(operand, self.source().locals[local].ty);
            self.assign(local, value);
            self.branch_value(then, ty, true, end);
        }
        if self.enter(is_null) {
            let null = self.null();
            let null = self.coerce(null, ty);
            self.jump_with(end, null);
        }
        self.enter_with(end, ty)
    }

    pub(super) fn unwrap_optional(&mut self, expr: &'m Expr, operand: ExprId) -> Option<Value> {
        let operand = self.value(operand)?;
        let (is_null, is_not) = (self.join(), self.join());
        let test = self.is_null(operand);
        self.branch_on(test, is_null, is_not);
        if self.enter(is_null) {
            self.fail(UNWRAPPED_NULL, expr.span);
        }
        self.enter(is_not).then(|| self.without_null(operand, expr.ty))
    }

    pub(super) fn unwrap_result(&mut self, expr: &'m Expr, operand: ExprId) -> Option<Value> {
        let operand = self.value(operand)?;
        let (ok, err) = self.split_result(operand);
        if self.enter(err) {
            let string = self.types.string();
            let shown = self.emit(Op::Intrinsic(Intrinsic::ToString), string, &[operand]);
            let introduction = self.string(UNWRAPPED);
            let value = self.emit(Op::Concat, string, &[introduction, shown]);
            let location = self.at(expr.span);
            self.finish(Terminator::Halt {
                kind: HaltKind::Halt,
                value,
                location,
            });
        }
        self.enter(ok).then(|| self.get_payload(operand, OK, 0))
    }

    pub(super) fn validated(&mut self, expr: &'m Expr, operand: ExprId) -> Option<Value> {
        let operand = self.value(operand)?;
        let (ok, err) = self.split_result(operand);
        if self.enter(err) {
            let value = self.get_payload(operand, ERR, 0);
            let location = self.at(expr.span);
            self.finish(Terminator::Halt {
                kind: HaltKind::Validation,
                value,
                location,
            });
        }
        self.enter(ok).then(|| self.get_payload(operand, OK, 0))
    }

    pub(super) fn try_result(&mut self, operand: ExprId) -> Option<Value> {
        let operand = self.value(operand)?;
        let (ok, err) = self.split_result(operand);
        if self.enter(err) {
            let value = self.err_as(operand, self.source().result);
            self.leave(value);
        }
        self.enter(ok).then(|| self.get_payload(operand, OK, 0))
    }

    /// Ends the current block with a test: joins for `ok` and for `err`.
    fn split_result(&mut self, operand: Value) -> (JoinId, JoinId) {
        let (ok, err) = (self.join(), self.join());
        let bool = self.types.bool();
        let test = self.emit(Op::IsVariant(OK), bool, &[operand]);
        self.branch_on(test, ok, err);
        (ok, err)
    }

    /// An err as one of the cell's result type, whose err type is or holds that of the operand.
    fn err_as(&mut self, operand: Value, ty: Ty) -> Value {
        if self.ty(operand) == ty {
            return operand;
        }
        let members = self.types.members(ty).iter().copied();
        let is_result = |member: &Ty| matches!(self.types.get(*member), Type::Result(..));
        let result = members.into_iter().find(is_result).unwrap_or(ty);
        let error = self.get_payload(operand, ERR, 0);
        let value = match *self.types.get(result) {
            Type::Result(_, wanted) => {
                let error = self.coerce(error, wanted);
                self.emit(Op::Variant(ERR), result, &[error])
            }
            _ => unreachable!("`?` stands in cells that return a result"),
        };
        self.coerce(value, ty)
    }
}

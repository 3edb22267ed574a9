//! Expressions by type.

use super::{Growth, Kinds};
use crate::hir::{ArithmeticOp, CompareOp, Element, ExprId, ExprKind};
use crate::lower::tests::maker::{BOOL, INT, NULL, STRING};
use lumen_vm::lir::Intrinsic;

impl Growth<'_, '_, '_> {
    pub(super) fn literal(&mut self) -> ExprId {
        const INTS: [i64; 16] = [0, 1, 2, 0, 1, 2, 0, 1, 3, 4, 5, 6, -1, 100, i64::MAX, i64::MIN];
        let value = INTS[self.tape.below(INTS.len())];
        self.cell.int(value)
    }

    pub(super) fn int(&mut self, depth: usize) -> ExprId {
        let Some(depth) = depth.checked_sub(1) else {
            return self.literal();
        };
        let kinds = self.kinds;
        match self.tape.below(14) {
            0 => self.literal(),
            1..=3 => {
                use ArithmeticOp::*;
                const OPERATORS: [ArithmeticOp; 10] = [
                    Add,
                    Subtract,
                    Multiply,
                    Add,
                    Divide,
                    FloorDivide,
                    Remainder,
                    BitAnd,
                    BitXor,
                    ShiftLeft,
                ];
                let operator = OPERATORS[self.tape.below(OPERATORS.len())];
                let left = self.expr(INT, depth);
                let right = self.expr(INT, depth);
                self.cell.arithmetic(operator, left, right)
            }
            4 => {
                let inner = self.expr(INT, depth);
                self.cell.expr(ExprKind::Negate(inner), INT)
            }
            5 => {
                let list = self.expr(kinds.ints, depth);
                let index = self.expr(INT, 0);
                self.cell.index(list, index, INT)
            }
            6 => {
                let list = self.expr(kinds.ints, depth);
                self.cell.intrinsic(Intrinsic::LengthOfList, INT, &[list])
            }
            7 => {
                let of = [kinds.point_ty, kinds.span_ty][self.tape.below(2)];
                let record = self.expr(of, depth);
                self.cell.expr(ExprKind::Field(record, 0), INT)
            }
            8 => {
                let optional = self.expr(kinds.optional, depth);
                let other = self.expr(INT, depth);
                self.cell.expr(ExprKind::Coalesce(optional, other), INT)
            }
            9 => {
                let optional = self.expr(kinds.optional, depth);
                self.cell.expr(ExprKind::UnwrapOptional(optional), INT)
            }
            10 => self.endless(depth),
            11 if self.cell.cell.result == kinds.result && !self.in_defer => {
                let result = self.expr(kinds.result, depth);
                self.cell.expr(ExprKind::Try(result), INT)
            }
            12 => {
                let result = self.expr(kinds.result, depth);
                self.cell.expr(ExprKind::UnwrapResult(result), INT)
            }
            _ => self.call(depth),
        }
    }

    pub(super) fn call(&mut self, depth: usize) -> ExprId {
        let callees = &self.known.ints;
        if callees.is_empty() {
            return self.literal();
        }
        let (callee, default) = callees[self.tape.below(callees.len())];
        let first = self.expr(INT, depth);
        let (written, defaults) = match self.tape.below(3) {
            0 => (vec![(0, first)], vec![(1, default)]),
            1 => (vec![(1, first), (0, self.expr(INT, depth))], vec![]),
            _ => (vec![(0, first), (1, self.expr(INT, depth))], vec![]),
        };
        self.cell.expr(
            ExprKind::Call {
                callee,
                written,
                defaults,
            },
            INT,
        )
    }

    pub(super) fn bool(&mut self, depth: usize) -> ExprId {
        let Some(depth) = depth.checked_sub(1) else {
            let value = self.tape.below(2) == 1;
            return self.cell.expr(ExprKind::Bool(value), BOOL);
        };
        let kinds = self.kinds;
        match self.tape.below(8) {
            7 if self.known.test.is_some() => {
                let callee = self.known.test.expect("the guard has looked");
                let argument = self.expr(INT, depth);
                self.cell.call(callee, BOOL, &[argument])
            }
            0 | 1 => {
                use CompareOp::*;
                const OPERATORS: [CompareOp; 6] = [Less, Equal, NotEqual, LessEqual, Greater, GreaterEqual];
                let operator = OPERATORS[self.tape.below(6)];
                let left = self.expr(INT, depth);
                let right = self.expr(INT, depth);
                self.cell.compare(operator, left, right)
            }
            2 => {
                let left = self.expr(BOOL, depth);
                let right = self.expr(BOOL, depth);
                self.cell.expr(ExprKind::And(left, right), BOOL)
            }
            3 => {
                let left = self.expr(BOOL, depth);
                let right = self.expr(BOOL, depth);
                self.cell.expr(ExprKind::Or(left, right), BOOL)
            }
            4 => {
                let inner = self.expr(BOOL, depth);
                self.cell.expr(ExprKind::Not(inner), BOOL)
            }
            5 => {
                let shape = self.expr(kinds.shape, depth);
                let variant = self.tape.below(3) as u32;
                self.cell.expr(ExprKind::IsVariant(shape, variant), BOOL)
            }
            _ => {
                let optional = self.expr(kinds.optional, depth);
                let ty = [INT, NULL][self.tape.below(2)];
                self.cell.expr(ExprKind::IsType(optional, ty), BOOL)
            }
        }
    }

    pub(super) fn string(&mut self, depth: usize) -> ExprId {
        let Some(depth) = depth.checked_sub(1) else {
            return self.cell.string(["", "a", "bc"][self.tape.below(2)]);
        };
        match self.tape.below(2) {
            0 => {
                let value = self.expr(INT, depth);
                self.cell.intrinsic(Intrinsic::ToString, STRING, &[value])
            }
            _ => {
                let parts = vec![self.expr(STRING, depth), self.expr(STRING, depth)];
                self.cell.expr(ExprKind::Concat(parts), STRING)
            }
        }
    }

    pub(super) fn list(&mut self, depth: usize) -> ExprId {
        let ints = self.kinds.ints;
        let Some(depth) = depth.checked_sub(1) else {
            let items: Vec<ExprId> = (0..self.tape.below(4)).map(|_| self.literal()).collect();
            return self.cell.list(ints, &items);
        };
        match self.tape.below(4) {
            0 => {
                let mut elements = Vec::new();
                for _ in 0..self.tape.below(5) {
                    elements.push(match self.tape.below(3) {
                        0 => Element::Spread(self.expr(ints, depth)),
                        _ => Element::Item(self.expr(INT, depth)),
                    });
                }
                self.cell.expr(ExprKind::List(elements), ints)
            }
            1 => {
                let list = self.expr(ints, depth);
                let value = self.expr(INT, depth);
                self.cell.intrinsic(Intrinsic::Append, ints, &[list, value])
            }
            2 => {
                let parts = vec![self.expr(ints, depth), self.expr(ints, depth)];
                self.cell.expr(ExprKind::Concat(parts), ints)
            }
            _ => {
                let point = self.expr(self.kinds.point_ty, depth);
                self.cell.expr(ExprKind::Field(point, 1), ints)
            }
        }
    }

    pub(super) fn optional(&mut self, depth: usize) -> ExprId {
        let optional = self.kinds.optional;
        let depth = depth.saturating_sub(1);
        match self.tape.below(4) {
            0 => {
                let null = self.cell.expr(ExprKind::Null, NULL);
                self.cell.expr(ExprKind::Widen(null), optional)
            }
            1 => {
                let list = self.expr(self.kinds.ints, depth);
                let index = self.expr(INT, 0);
                self.cell.intrinsic(Intrinsic::GetList, optional, &[list, index])
            }
            2 if depth > 0 => {
                let operand = self.expr(optional, depth);
                let local = self.cell.local("some", INT);
                self.scope.push(local);
                let then = self.expr(INT, depth);
                self.scope.pop();
                let then = self.cell.expr(ExprKind::Widen(then), optional);
                self.cell
                    .expr(ExprKind::NullSafe { operand, local, then }, optional)
            }
            _ => {
                let value = self.expr(INT, depth);
                self.cell.expr(ExprKind::Widen(value), optional)
            }
        }
    }

    pub(super) fn point(&mut self, depth: usize) -> ExprId {
        let Kinds {
            point,
            point_ty,
            ints,
            ..
        } = *self.kinds;
        let depth = depth.saturating_sub(1);
        let (base, written) = match self.tape.below(3) {
            0 if depth > 0 => {
                let base = self.expr(point_ty, depth);
                (Some(base), vec![(0, self.expr(INT, depth))])
            }
            1 => {
                let list = self.expr(ints, depth);
                (None, vec![(1, list), (0, self.expr(INT, depth))])
            }
            _ => {
                let first = self.expr(INT, depth);
                (None, vec![(0, first), (1, self.expr(ints, depth))])
            }
        };
        let construct = ExprKind::Construct {
            record: point,
            constructor: None,
            base,
            written,
            defaults: vec![],
        };
        self.cell.expr(construct, point_ty)
    }

    pub(super) fn span(&mut self, depth: usize) -> ExprId {
        let depth = depth.saturating_sub(1);
        let base = match self.tape.below(3) {
            0 if depth > 0 => Some(self.expr(self.kinds.span_ty, depth)),
            _ => None,
        };
        let mut written = vec![(1, self.expr(INT, depth))];
        if base.is_none() {
            written.push((0, self.expr(INT, depth)));
        }
        let construct = ExprKind::Construct {
            record: self.kinds.span,
            constructor: Some(self.kinds.new_span),
            base,
            written,
            defaults: vec![],
        };
        self.cell.expr(construct, self.kinds.span_ty)
    }

    pub(super) fn result(&mut self, depth: usize) -> ExprId {
        let result = self.kinds.result;
        let depth = depth.saturating_sub(1);
        let value = self.expr(INT, depth);
        match (self.tape.below(4), self.known.attempt) {
            (0 | 1, Some(attempt)) => self.cell.call(attempt, result, &[value]),
            (way, _) => {
                let variant = u32::from(way == 2);
                let payload = vec![value];
                self.cell.expr(ExprKind::Variant { variant, payload }, result)
            }
        }
    }

    pub(super) fn shape(&mut self, depth: usize) -> ExprId {
        let depth = depth.saturating_sub(1);
        let variant = self.tape.below(3) as u32;
        let payload = match variant {
            0 => vec![self.expr(INT, depth)],
            1 => vec![self.expr(INT, depth), self.expr(BOOL, depth)],
            _ => vec![],
        };
        self.cell
            .expr(ExprKind::Variant { variant, payload }, self.kinds.shape)
    }
}

//! Expressions: the one match over all kinds.

use super::Builder;
use crate::hir::{ArithmeticOp, CompareOp, Expr, ExprId, ExprKind, Statement, Ty, Type};
use crate::lower::constants::Literal;
use crate::lower::ssa::{Op, Terminator, Value};
use lumen_vm::lir::{HaltKind, Opcode};

/// The opcode of an operator.
pub(super) fn arithmetic(operator: ArithmeticOp) -> Opcode {
    match operator {
        ArithmeticOp::Add => Opcode::Add,
        ArithmeticOp::Subtract => Opcode::Subtract,
        ArithmeticOp::Multiply => Opcode::Multiply,
        ArithmeticOp::Divide => Opcode::Divide,
        ArithmeticOp::FloorDivide => Opcode::FloorDivide,
        ArithmeticOp::Remainder => Opcode::Remainder,
        ArithmeticOp::Power => Opcode::Power,
        ArithmeticOp::BitAnd => Opcode::BitAnd,
        ArithmeticOp::BitOr => Opcode::BitOr,
        ArithmeticOp::BitXor => Opcode::BitXor,
        ArithmeticOp::ShiftLeft => Opcode::ShiftLeft,
        ArithmeticOp::ShiftRight => Opcode::ShiftRight,
    }
}

impl<'m> Builder<'m, '_> {
    /// The value of an expression; nothing if control does not go on behind it.
    pub(super) fn value(&mut self, id: ExprId) -> Option<Value> {
        self.lower(id, true)
    }

    /// Evaluates an expression whose value nobody wants.
    pub(super) fn effect(&mut self, id: ExprId) -> Option<()> {
        self.lower(id, false).map(|_| ())
    }

    /// The values of expressions, in order.
    pub(super) fn values(&mut self, ids: &[ExprId]) -> Option<Vec<Value>> {
        let held = self.held;
        let mut values = Vec::with_capacity(ids.len());
        for &id in ids {
            let Some(value) = self.value(id) else {
                self.held = held;
                return None;
            };
            values.push(value);
            self.held += 1;
        }
        self.held = held;
        Some(values)
    }

    /// The values of two expressions, in order.
    pub(super) fn pair(&mut self, left: ExprId, right: ExprId) -> Option<[Value; 2]> {
        let left = self.value(left)?;
        self.held += 1;
        let right = self.value(right);
        self.held -= 1;
        Some([left, right?])
    }

    /// Evaluates an expression; what it yields is no value unless it is `wanted`.
    fn lower(&mut self, id: ExprId, wanted: bool) -> Option<Value> {
        let span = self.expr(id).span;
        let around = std::mem::replace(&mut self.here, span);
        let value = self.lower_here(id, wanted);
        self.here = around;
        value
    }

    fn lower_here(&mut self, id: ExprId, wanted: bool) -> Option<Value> {
        let expr = self.expr(id);
        match &expr.kind {
            ExprKind::Block { statements, value } => {
                let around = self.pending.len();
                let value = self.block(statements, *value, wanted);
                let value = match value {
                    Some(value) => self.run_pending(around).map(|()| value),
                    None => None,
                };
                self.forget_pending(around);
                value
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.if_else(expr, *condition, *then, *otherwise, wanted),
            ExprKind::Match { scrutinee, arms } => self.match_arms(expr, *scrutinee, arms, wanted),
            ExprKind::Loop { id, body } => self.endless_loop(*id, *body, wanted.then_some(expr.ty)),
            ExprKind::Return(value) => {
                let value = match value {
                    Some(value) => self.value(*value)?,
                    None => self.null(),
                };
                self.leave(value);
                None
            }
            ExprKind::Break(id, value) => self.break_loop(*id, *value),
            ExprKind::Continue(id) => {
                self.continue_loop(*id);
                None
            }
            ExprKind::Halt(message) => {
                let value = self.value(*message)?;
                let location = self.at(expr.span);
                let kind = HaltKind::Halt;
                self.finish(Terminator::Halt {
                    kind,
                    value,
                    location,
                });
                None
            }
            ExprKind::Yield(value) => {
                let value = self.value(*value)?;
                let location = self.at(expr.span);
                self.append(Op::Yield, expr.ty, &[value], location);
                Some(self.null())
            }
            ExprKind::Coalesce(left, right) => self.coalesce(expr.ty, *left, *right),
            ExprKind::Try(operand) => self.try_result(*operand),
            ExprKind::UnwrapOptional(operand) => self.unwrap_optional(expr, *operand),
            ExprKind::UnwrapResult(operand) => self.unwrap_result(expr, *operand),
            ExprKind::Validated(operand) => self.validated(expr, *operand),
            ExprKind::NullSafe { operand, local, then } => self.null_safe(expr.ty, *operand, *local, *then),
            _ => self.plain(id, expr),
        }
    }

    fn block(&mut self, statements: &'m [Statement], value: Option<ExprId>, wanted: bool) -> Option<Value> {
        for statement in statements {
            self.statement(statement)?;
        }
        match value {
            Some(value) => self.lower(value, wanted),
            None => Some(self.null()),
        }
    }

    /// Expressions without a way of their own through the cell.
    fn plain(&mut self, id: ExprId, expr: &'m Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Local(local) => Some(self.read(*local)),
            ExprKind::Call {
                callee,
                written,
                defaults,
            } => {
                let count = self.parameter_count(*callee);
                let location = self.at(expr.span);
                let arguments = self.arguments(count, None, written, defaults, location)?;
                self.call(*callee, &arguments, location)
            }
            ExprKind::Closure { callee, captured } => {
                let captured = self.values(captured)?;
                Some(self.emit(Op::Closure(*callee), expr.ty, &captured))
            }
            ExprKind::CallValue { function, arguments } => self.call_value(expr, *function, arguments),
            ExprKind::Construct {
                record,
                constructor,
                base,
                written,
                defaults,
            } => self.construct(expr, *record, *constructor, *base, written, defaults),
            ExprKind::Variant { variant, payload } => {
                let payload = self.values(payload)?;
                Some(self.emit(Op::Variant(*variant), expr.ty, &payload))
            }
            ExprKind::Intrinsic { intrinsic, arguments } => {
                let arguments = self.values(arguments)?;
                let location = self.at(expr.span);
                Some(self.emit_at(Op::Intrinsic(*intrinsic), expr.ty, &arguments, location))
            }
            ExprKind::Schema(value, ty) => {
                let value = self.value(*value)?;
                let location = self.at(expr.span);
                Some(self.append(Op::Schema(*ty), expr.ty, &[value], location))
            }
            ExprKind::Tuple(elements) => {
                let elements = self.values(elements)?;
                Some(self.emit(Op::Tuple, expr.ty, &elements))
            }
            ExprKind::Field(of, position) => {
                let of = self.value(*of)?;
                Some(self.field(of, *position))
            }
            ExprKind::Index(of, index) => {
                let operands = self.pair(*of, *index)?;
                let location = self.at(expr.span);
                Some(self.emit_at(Op::Plain(Opcode::Index), expr.ty, &operands, location))
            }
            ExprKind::Widen(inner) | ExprKind::Narrow(inner) => {
                let inner = self.value(*inner)?;
                Some(self.coerce(inner, expr.ty))
            }
            ExprKind::Cast(inner) => {
                let inner = self.value(*inner)?;
                let location = self.at(expr.span);
                Some(match self.ty(inner) == expr.ty {
                    true => inner,
                    false => self.emit_at(Op::Cast, expr.ty, &[inner], location),
                })
            }
            ExprKind::IsType(inner, ty) => {
                let inner = self.value(*inner)?;
                Some(self.is_type(inner, *ty))
            }
            ExprKind::IsVariant(inner, variant) => {
                let inner = self.value(*inner)?;
                Some(self.emit(Op::IsVariant(*variant), expr.ty, &[inner]))
            }
            ExprKind::And(..) | ExprKind::Or(..) => self.materialise(id),
            ExprKind::Compare(operator, left, right) => self.compare(*operator, *left, *right),
            ExprKind::List(elements) | ExprKind::Set(elements) => self.list_or_set(expr.ty, elements),
            ExprKind::Map(entries) => self.map(expr.ty, entries),
            ExprKind::Concat(parts) => self.concat(expr.ty, parts, expr.span),
            _ => self.scalar(expr),
        }
    }

    /// Literals and arithmetic.
    fn scalar(&mut self, expr: &'m Expr) -> Option<Value> {
        let op = match &expr.kind {
            ExprKind::Null => Op::Null,
            ExprKind::Bool(value) => Op::Bool(*value),
            ExprKind::Int(value) => Op::Int(*value),
            ExprKind::Float(value) => Op::Float(value.to_bits()),
            ExprKind::String(text) => Op::Constant(self.constants.intern(Literal::String(text))),
            ExprKind::Bytes(bytes) => Op::Constant(self.constants.intern(Literal::Bytes(bytes))),
            ExprKind::Arithmetic(operator, left, right) => {
                let operands = self.pair(*left, *right)?;
                let location = self.at(expr.span);
                return Some(self.emit_at(Op::Plain(arithmetic(*operator)), expr.ty, &operands, location));
            }
            ExprKind::Negate(inner) => {
                let inner = self.value(*inner)?;
                let location = self.at(expr.span);
                return Some(self.emit_at(Op::Plain(Opcode::Negate), expr.ty, &[inner], location));
            }
            ExprKind::Not(inner) => {
                let inner = self.value(*inner)?;
                return Some(self.emit(Op::Plain(Opcode::Not), expr.ty, &[inner]));
            }
            _ => unreachable!("`lower` and `plain` handle the other kinds"),
        };
        Some(self.emit(op, expr.ty, &[]))
    }

    /// A field of a record or an element of a tuple.
    pub(super) fn field(&mut self, of: Value, position: u32) -> Value {
        let ty = self.field_type(self.ty(of), position);
        self.emit(Op::GetField(position), ty, &[of])
    }

    /// Whether a value is of a type; known if it is not dynamic.
    pub(super) fn is_type(&mut self, value: Value, ty: Ty) -> Value {
        let bool = self.types.bool();
        let from = self.ty(value);
        if from == ty {
            return self.emit(Op::Bool(true), bool, &[]);
        }
        match self.types.get(from) {
            Type::Union(_) | Type::Json => self.emit(Op::IsType(ty), bool, &[value]),
            _ => {
                let holds = self.types.members(ty).contains(&from);
                self.emit(Op::Bool(holds), bool, &[])
            }
        }
    }

    /// Whether a scalar, String or Bytes is equal to a literal.
    pub(super) fn equals(&mut self, value: Value, literal: Op) -> Value {
        let ty = self.ty(value);
        let literal = self.emit(literal, ty, &[]);
        self.compare_values(CompareOp::Equal, value, literal)
    }
}

//! Constant folding and other simplifications that look at one operation and the definitions of its operands.
//!
//! An operation that would fail is left alone: it fails at run time, where it stands. Float results are those of the machine,
//! which computes with the same functions and keeps NaN canonical.

use crate::lower::ssa::{Function, Op, Value};
use lumen_vm::lir::Opcode;

/// What an operation comes down to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Folded {
    /// Nothing simpler.
    Not,
    /// A value that is there already.
    Same(Value),
    /// A constant.
    Into(Op),
    /// Another operation on other operands, of the same type and effect.
    Other(Op, [Value; 2]),
}

/// Simplifies an operation.
pub(crate) fn fold(function: &Function, op: Op, operands: &[Value]) -> Folded {
    let known = |value: Value| function.node(value).op;
    match (op, operands) {
        (Op::Plain(opcode), &[left, right]) => match (known(left), known(right)) {
            (Op::Int(left), Op::Int(right)) => ints(opcode, left, right).map_or(Folded::Not, Folded::Into),
            (Op::Float(left), Op::Float(right)) => {
                floats(opcode, f64::from_bits(left), f64::from_bits(right)).map_or(Folded::Not, Folded::Into)
            }
            (Op::Bool(left), Op::Bool(right)) if opcode == Opcode::Equal => {
                Folded::Into(Op::Bool(left == right))
            }
            _ => identity(opcode, left, right, known(right)),
        },
        (Op::Plain(opcode), &[inner]) => one(function, opcode, inner),
        _ => Folded::Not,
    }
}

fn one(function: &Function, opcode: Opcode, inner: Value) -> Folded {
    let node = function.node(inner);
    match (opcode, node.op) {
        (Opcode::Not, Op::Bool(value)) => Folded::Into(Op::Bool(!value)),
        (Opcode::Not, Op::Plain(Opcode::Not)) => Folded::Same(function.operands(inner)[0]),
        // Orders are total.
        (Opcode::Not, Op::Plain(Opcode::Less)) => {
            let operands = function.operands(inner);
            Folded::Other(Op::Plain(Opcode::LessEqual), [operands[1], operands[0]])
        }
        (Opcode::Not, Op::Plain(Opcode::LessEqual)) => {
            let operands = function.operands(inner);
            Folded::Other(Op::Plain(Opcode::Less), [operands[1], operands[0]])
        }
        (Opcode::Negate, Op::Int(value)) => match value.checked_neg() {
            Some(value) => Folded::Into(Op::Int(value)),
            None => Folded::Not,
        },
        (Opcode::Negate, Op::Float(bits)) => float(-f64::from_bits(bits)).map_or(Folded::Not, Folded::Into),
        _ => Folded::Not,
    }
}

/// Operations that yield their left operand. None of them can fail.
fn identity(opcode: Opcode, left: Value, right: Value, known: Op) -> Folded {
    match (opcode, known) {
        (Opcode::Add | Opcode::Subtract, Op::Int(0)) => Folded::Same(left),
        (Opcode::Multiply | Opcode::Divide | Opcode::FloorDivide | Opcode::Power, Op::Int(1)) => {
            Folded::Same(left)
        }
        (Opcode::ShiftLeft | Opcode::ShiftRight | Opcode::BitOr | Opcode::BitXor, Op::Int(0)) => {
            Folded::Same(left)
        }
        (Opcode::BitAnd | Opcode::BitOr, _) if left == right => Folded::Same(left),
        _ => Folded::Not,
    }
}

fn ints(opcode: Opcode, left: i64, right: i64) -> Option<Op> {
    let shift = u32::try_from(right).ok().filter(|count| *count <= 63);
    let value = match opcode {
        Opcode::Add => left.checked_add(right)?,
        Opcode::Subtract => left.checked_sub(right)?,
        Opcode::Multiply => left.checked_mul(right)?,
        Opcode::Divide => left.checked_div(right)?,
        Opcode::FloorDivide => {
            let quotient = left.checked_div(right)?;
            let inexact = left % right != 0;
            quotient - i64::from(inexact && (left < 0) != (right < 0))
        }
        Opcode::Remainder if right == -1 => 0,
        Opcode::Remainder => left.checked_rem(right)?,
        Opcode::Power => left.checked_pow(u32::try_from(right).ok()?)?,
        Opcode::BitAnd => left & right,
        Opcode::BitOr => left | right,
        Opcode::BitXor => left ^ right,
        Opcode::ShiftLeft => left << shift?,
        Opcode::ShiftRight => left >> shift?,
        Opcode::Equal => return Some(Op::Bool(left == right)),
        Opcode::Less => return Some(Op::Bool(left < right)),
        Opcode::LessEqual => return Some(Op::Bool(left <= right)),
        _ => return None,
    };
    Some(Op::Int(value))
}

/// The four operations that IEEE 754 rounds exactly; the others, and comparisons with NaN, are left to the machine.
fn floats(opcode: Opcode, left: f64, right: f64) -> Option<Op> {
    if left.is_nan() || right.is_nan() {
        return None;
    }
    match opcode {
        Opcode::Add => float(left + right),
        Opcode::Subtract => float(left - right),
        Opcode::Multiply => float(left * right),
        Opcode::Divide => float(left / right),
        Opcode::Equal => Some(Op::Bool(left == right)),
        Opcode::Less => Some(Op::Bool(left < right)),
        Opcode::LessEqual => Some(Op::Bool(left <= right)),
        _ => None,
    }
}

fn float(value: f64) -> Option<Op> {
    (!value.is_nan()).then_some(Op::Float(value.to_bits()))
}

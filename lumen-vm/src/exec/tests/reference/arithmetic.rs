//! Arithmetic.

use super::End;
use crate::exec::number;
use crate::heap::{TypeRef, Word};
use crate::lir::Opcode;

/// The value of an operation with numbers, by the rules for unbounded ones.
pub(super) fn arithmetic(opcode: Opcode, ty: TypeRef, left: Word, right: Word) -> Result<Word, End> {
    if ty == TypeRef::FLOAT {
        let (left, right) = (left.float(), right.float());
        return Ok(Word::from_float(match opcode {
            Opcode::Add => left + right,
            Opcode::Subtract => left - right,
            Opcode::Multiply => left * right,
            Opcode::Divide => left / right,
            Opcode::FloorDivide => libm::floor(left / right),
            Opcode::Remainder => libm::fmod(left, right),
            Opcode::Power => libm::pow(left, right),
            _ => -left,
        }));
    }
    let (left, right) = (left.int(), right.int());
    // In 128 bits nothing but a power overflows.
    let (wide_left, wide_right) = (i128::from(left), i128::from(right));
    let wide = match opcode {
        Opcode::Add => Some(wide_left + wide_right),
        Opcode::Subtract => Some(wide_left - wide_right),
        Opcode::Multiply => Some(wide_left * wide_right),
        Opcode::Divide => wide_left.checked_div(wide_right),
        Opcode::FloorDivide => (right != 0)
            .then(|| wide_left.div_euclid(wide_right) - i128::from(floors_below(wide_left, wide_right))),
        Opcode::Remainder => wide_left.checked_rem(wide_right),
        Opcode::Power => number::power(left, right).map(i128::from),
        Opcode::Negate => Some(-wide_left),
        Opcode::BitAnd => Some(wide_left & wide_right),
        Opcode::BitOr => Some(wide_left | wide_right),
        Opcode::BitXor => Some(wide_left ^ wide_right),
        Opcode::ShiftLeft => number::shift_left(left, right).map(i128::from),
        _ => number::shift_right(left, right).map(i128::from),
    };
    wide.and_then(|value| i64::try_from(value).ok())
        .map(Word::from_int)
        .ok_or_else(|| number::failure(opcode, left, right).into())
}

/// Whether rounding down differs from Euclidean division, which rounds up for negative divisors.
fn floors_below(left: i128, right: i128) -> bool {
    right < 0 && left.rem_euclid(right) != 0
}

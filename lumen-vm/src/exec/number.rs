//! Arithmetic as LANGUAGE section 3 has it, and what to say when it fails.

use super::Vm;
use super::op::{Code, Op};
use super::unwind::Stopped;
use crate::failure::Failure;
use crate::heap::Word;
use crate::lir::Opcode;

impl Vm<'_> {
    /// Fails an Int operation with the operands it had.
    #[cold]
    #[inline(never)]
    pub(super) fn fail_arithmetic(
        &self,
        ip: *const Op,
        base: *mut Word,
        left: i64,
        right: i64,
    ) -> Box<Stopped> {
        // SAFETY: `ip` is behind an operation of the running cell.
        let op = unsafe { &*ip.sub(1) };
        // An immediate on the left was moved to the right.
        let swapped = matches!(op.code, Code::AddImmediate | Code::MultiplyImmediate) && op.c != 0;
        let (left, right) = if swapped { (right, left) } else { (left, right) };
        let opcode = self.opcode_before(ip, base);
        Stopped::new(ip, base, failure(opcode, left, right))
    }
}

/// Quotient rounded down; nothing if it does not exist or does not fit.
pub(super) fn floor_divide(left: i64, right: i64) -> Option<i64> {
    let quotient = left.checked_div(right)?;
    let inexact = left % right != 0;
    Some(if inexact && (left < 0) != (right < 0) {
        quotient - 1
    } else {
        quotient
    })
}

/// Remainder with the dividend's sign; nothing if the divisor is zero.
pub(super) fn remainder(left: i64, right: i64) -> Option<i64> {
    // The smallest Int by -1 overflows in two's complement, but its remainder is zero.
    if right == -1 {
        Some(0)
    } else {
        left.checked_rem(right)
    }
}

/// Power; nothing if the exponent is negative or the result does not fit.
pub(crate) fn power(base: i64, exponent: i64) -> Option<i64> {
    let exponent = u64::try_from(exponent).ok()?;
    match (base, u32::try_from(exponent)) {
        (0 | 1, _) => Some(if exponent == 0 { 1 } else { base }),
        (-1, _) => Some(if exponent % 2 == 0 { 1 } else { -1 }),
        (_, Ok(exponent)) => base.checked_pow(exponent),
        (_, Err(_)) => None,
    }
}

/// Shift to the left that drops bits; nothing unless the count is within 0..=63.
pub(super) fn shift_left(value: i64, count: i64) -> Option<i64> {
    (0..64).contains(&count).then(|| value.wrapping_shl(count as u32))
}

/// Arithmetic shift to the right; nothing unless the count is within 0..=63.
pub(super) fn shift_right(value: i64, count: i64) -> Option<i64> {
    (0..64).contains(&count).then(|| value.wrapping_shr(count as u32))
}

/// Quotient of Floats rounded down.
pub(super) fn floor_divide_floats(left: f64, right: f64) -> f64 {
    libm::floor(left / right)
}

/// Remainder of Floats with the dividend's sign.
pub(super) fn remainder_of_floats(left: f64, right: f64) -> f64 {
    libm::fmod(left, right)
}

/// Power of Floats.
pub(crate) fn power_of_floats(left: f64, right: f64) -> f64 {
    libm::pow(left, right)
}

/// Why an Int operation of LIR has no value; `right` is ignored for `negate`.
pub(crate) fn failure(opcode: Opcode, left: i64, right: i64) -> Failure {
    let symbol = match opcode {
        Opcode::Add => "+",
        Opcode::Subtract => "-",
        Opcode::Multiply => "*",
        Opcode::Divide => "/",
        Opcode::FloorDivide => "//",
        Opcode::Remainder => "%",
        Opcode::Power => "**",
        Opcode::ShiftLeft => "<<",
        Opcode::ShiftRight => ">>",
        _ => return Failure::runtime(format!("integer overflow in -({left})")),
    };
    Failure::runtime(match opcode {
        Opcode::Divide | Opcode::FloorDivide | Opcode::Remainder if right == 0 => {
            format!("division by zero in {left} {symbol} 0")
        }
        Opcode::Power if right < 0 => {
            format!("negative exponent in {left} {symbol} {right}: an Int power needs 0 or more")
        }
        Opcode::ShiftLeft | Opcode::ShiftRight => {
            format!("shift count {right} in {left} {symbol} {right} is not within 0..=63")
        }
        _ => format!("integer overflow in {left} {symbol} {right}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_division_rounds_as_documented() {
        let cases = [
            (7, 2, 3, 1),
            (-7, 2, -4, -1),
            (7, -2, -4, 1),
            (-7, -2, 3, -1),
            (6, -3, -2, 0),
        ];
        for (left, right, quotient, rest) in cases {
            assert_eq!(floor_divide(left, right), Some(quotient), "{left} // {right}");
            assert_eq!(remainder(left, right), Some(rest), "{left} % {right}");
        }
        assert_eq!(
            [floor_divide(1, 0), remainder(1, 0), floor_divide(i64::MIN, -1)],
            [None; 3]
        );
        assert_eq!(remainder(i64::MIN, -1), Some(0));
    }

    #[test]
    fn powers_are_exact_or_nothing() {
        let cases = [
            (2, 62, Some(1 << 62)),
            (2, 63, None),
            (-2, 63, Some(i64::MIN)),
            (0, 0, Some(1)),
            (1, i64::MAX, Some(1)),
            (-1, i64::MAX, Some(-1)),
            (0, i64::MAX, Some(0)),
            (3, i64::MAX, None),
            (3, -1, None),
        ];
        for (base, exponent, expected) in cases {
            assert_eq!(power(base, exponent), expected, "{base} ** {exponent}");
        }
    }

    #[test]
    fn shifts_take_counts_below_64() {
        assert_eq!(shift_left(3, 63), Some(i64::MIN));
        assert_eq!(shift_right(-1, 63), Some(-1));
        assert_eq!(
            [shift_left(1, 64), shift_left(1, -1), shift_right(1, 64)],
            [None; 3]
        );
    }
}

//! Builtins on numbers and on lists of them.

use super::arithmetic;
use super::building::list_of_made;
use super::exactly;
use crate::exec::{Argument, Context, number};
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};
use crate::lir::Opcode;

/// Defines builtins of one Float.
macro_rules! of_float {
    ($($name:ident $compute:expr;)*) => {$(
        pub(super) fn $name(
            _: &mut Context<'_>,
            arguments: &mut [Argument],
            _: TypeRef,
        ) -> Result<Word, Failure> {
            let [value] = exactly(arguments);
            $compute(value.word.float())
        }
    )*};
}

of_float! {
    abs_float |value: f64| float(arithmetic::canonical(value.abs()));
    round |value| int_of(value, "round", arithmetic::round(value));
    ceil |value| int_of(value, "ceil", arithmetic::ceil(value));
    floor |value| int_of(value, "floor", arithmetic::floor(value));
    sqrt |value| float(arithmetic::sqrt(value));
    log |value| float(arithmetic::log(value));
    exp |value| float(arithmetic::exp(value));
    sin |value| float(arithmetic::sin(value));
    cos |value| float(arithmetic::cos(value));
}

fn float(value: f64) -> Result<Word, Failure> {
    Ok(Word::from_float(value))
}

/// The Int that a builtin made of a Float.
fn int_of(value: f64, builtin: &str, int: Option<i64>) -> Result<Word, Failure> {
    match int {
        Some(int) => Ok(Word::from_int(int)),
        None => Err(Failure::runtime(format!(
            "{builtin}({value:?}) is outside the range of Int"
        ))),
    }
}

pub(super) fn abs_int(_: &mut Context<'_>, arguments: &mut [Argument], _: TypeRef) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    let value = value.word.int();
    match value.checked_abs() {
        Some(magnitude) => Ok(Word::from_int(magnitude)),
        None => Err(Failure::runtime(format!("integer overflow in abs({value})"))),
    }
}

pub(super) fn pow_int(_: &mut Context<'_>, arguments: &mut [Argument], _: TypeRef) -> Result<Word, Failure> {
    let [base, exponent] = exactly(arguments);
    let (base, exponent) = (base.word.int(), exponent.word.int());
    match number::power(base, exponent) {
        Some(power) => Ok(Word::from_int(power)),
        None => Err(number::failure(Opcode::Power, base, exponent)),
    }
}

pub(super) fn pow_float(
    _: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [base, exponent] = exactly(arguments);
    let power = number::power_of_floats(base.word.float(), exponent.word.float());
    float(arithmetic::canonical(power))
}

pub(super) fn sum_int(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let mut sum = 0i64;
    for word in context.heap.elements(values.word) {
        let value = word.int();
        sum = sum
            .checked_add(value)
            .ok_or_else(|| number::failure(Opcode::Add, sum, value))?;
    }
    Ok(Word::from_int(sum))
}

pub(super) fn sum_float(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let words = context.heap.elements(values.word);
    float(arithmetic::canonical(
        words.iter().fold(0.0, |sum, word| sum + word.float()),
    ))
}

pub(super) fn range(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [from, to] = exactly(arguments);
    let (from, to) = (from.word.int(), to.word.int());
    ints(context, from, i128::from(to) - i128::from(from), result)
}

pub(super) fn range_inclusive(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [from, to] = exactly(arguments);
    let (from, to) = (from.word.int(), to.word.int());
    ints(context, from, i128::from(to) - i128::from(from) + 1, result)
}

/// `count` Ints from `from` on; none if the count is below zero.
fn ints(context: &mut Context<'_>, from: i64, count: i128, result: TypeRef) -> Result<Word, Failure> {
    let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
    list_of_made(context.heap, result, count, |_, position| {
        Ok(Word::from_int(from + position as i64))
    })
}

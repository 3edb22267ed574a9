//! Builtins on numbers and on lists of them.

use super::arithmetic::{self, NumberError};
use super::building::list_of_made;
use super::exactly;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};

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
    round |value| int(arithmetic::round(value));
    ceil |value| int(arithmetic::ceil(value));
    floor |value| int(arithmetic::floor(value));
    sqrt |value| float(arithmetic::sqrt(value));
    log |value| float(arithmetic::log(value));
    exp |value| float(arithmetic::exp(value));
    sin |value| float(arithmetic::sin(value));
    cos |value| float(arithmetic::cos(value));
}

fn float(value: f64) -> Result<Word, Failure> {
    Ok(Word::from_float(value))
}

fn int(value: Result<i64, NumberError>) -> Result<Word, Failure> {
    match value {
        Ok(value) => Ok(Word::from_int(value)),
        Err(error) => Err(Failure::runtime(error.to_string())),
    }
}

pub(super) fn abs_int(_: &mut Context<'_>, arguments: &mut [Argument], _: TypeRef) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    int(value.word.int().checked_abs().ok_or(NumberError::Overflow))
}

pub(super) fn pow_int(_: &mut Context<'_>, arguments: &mut [Argument], _: TypeRef) -> Result<Word, Failure> {
    let [base, exponent] = exactly(arguments);
    int(arithmetic::pow_int(base.word.int(), exponent.word.int()))
}

pub(super) fn pow_float(
    _: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [base, exponent] = exactly(arguments);
    float(arithmetic::pow_float(base.word.float(), exponent.word.float()))
}

pub(super) fn sum_int(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let words = context.heap.elements(values.word);
    let sum = words
        .iter()
        .try_fold(0i64, |sum, word| sum.checked_add(word.int()));
    int(sum.ok_or(NumberError::Overflow))
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

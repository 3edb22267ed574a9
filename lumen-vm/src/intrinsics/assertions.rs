//! Builtins that tests state facts with. A failing one carries what it saw.

use super::exactly;
use super::text::is_match;
use crate::exec::{Argument, Context};
use crate::failure::{Details, Failure};
use crate::heap::{Heap, TypeRef, Word};
use crate::show::{BoundedText, Form, write_value};

/// Largest text that a failing assertion shows of a value, in octets.
const SHOWN: usize = 16 << 10;

pub(super) fn assert(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [condition, message] = exactly(arguments);
    if condition.word.bool() {
        return Ok(Word::NULL);
    }
    let message = context.heap.text(message.word);
    Err(Failure::assertion(match message {
        "" => "assertion failed".to_string(),
        _ => format!(
            "assertion failed: {}",
            &message[..message.floor_char_boundary(SHOWN)]
        ),
    }))
}

pub(super) fn assert_equal(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [left, right] = exactly(arguments);
    if context.heap.equal(left.word, right.word, left.ty) {
        return Ok(Word::NULL);
    }
    Err(failed(
        context.heap,
        "assertion failed: the values are not equal",
        *left,
        *right,
    ))
}

pub(super) fn assert_not_equal(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [left, right] = exactly(arguments);
    if !context.heap.equal(left.word, right.word, left.ty) {
        return Ok(Word::NULL);
    }
    Err(failed(
        context.heap,
        "assertion failed: the values are equal",
        *left,
        *right,
    ))
}

pub(super) fn assert_error(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    if context.heap.variant_of(value.word) == 1 {
        return Ok(Word::NULL);
    }
    let sides = Details::Sides {
        left: shown(context.heap, *value),
        right: "err(_)".to_string(),
    };
    Err(Failure::assertion("assertion failed: the value is no err").with_details(sides))
}

pub(super) fn assert_matches(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [text, pattern] = exactly(arguments);
    if is_match(context, *text, *pattern)? {
        return Ok(Word::NULL);
    }
    Err(failed(
        context.heap,
        "assertion failed: the text does not match the pattern",
        *text,
        *pattern,
    ))
}

fn failed(heap: &Heap, message: &str, left: Argument, right: Argument) -> Failure {
    let sides = Details::Sides {
        left: shown(heap, left),
        right: shown(heap, right),
    };
    Failure::assertion(message).with_details(sides)
}

/// A value as a literal, cut off if it is long.
fn shown(heap: &Heap, value: Argument) -> String {
    let mut text = BoundedText::new(SHOWN);
    match write_value(heap, value.word, value.ty, Form::Literal, &mut text) {
        Ok(()) => text.into_string(),
        Err(_) => text.into_string() + " ...",
    }
}

//! Builtins on Bytes.

use super::building::{clamped, position};
use super::exactly;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};

pub(super) fn contains(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [bytes, part] = exactly(arguments);
    let (bytes, part) = (context.heap.octets(bytes.word), context.heap.octets(part.word));
    Ok(Word::from_bool(memchr::memmem::find(bytes, part).is_some()))
}

pub(super) fn slice(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [bytes, from, to] = exactly(arguments);
    let octets = context.heap.octets(bytes.word);
    let (from, to) = clamped(from.word.int(), to.word.int(), octets.len());
    if to - from == octets.len() {
        return Ok(bytes.take(context.heap));
    }
    // The copy is of a size that the heap has to hold in any case.
    let part = octets[from..to].to_vec();
    Ok(context.heap.bytes(&part)?)
}

pub(super) fn get(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [bytes, index] = exactly(arguments);
    let octets = context.heap.octets(bytes.word);
    match position(index.word.int(), octets.len()) {
        Some(index) => Ok(context.heap.wrap_int(i64::from(octets[index]))?),
        None => Ok(Word::INLINE_NULL),
    }
}

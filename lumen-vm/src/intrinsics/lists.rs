//! Builtins on lists.

use super::building::{clamped, element_type, list_of_made, optional, position};
use super::exactly;
use super::text::repetitions;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word};

pub(super) fn append(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values, value] = exactly(arguments);
    let (list, element) = (values.take(context.heap), value.take(context.heap));
    Ok(context.heap.push(list, element)?)
}

pub(super) fn reverse(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let list = values.take(context.heap);
    Ok(context.heap.rearrange(list, |_, words| words.reverse())?)
}

pub(super) fn slice(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values, from, to] = exactly(arguments);
    let count = context.heap.element_count(values.word);
    let (from, to) = clamped(from.word.int(), to.word.int(), count);
    part(context.heap, values, from, to)
}

pub(super) fn take(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values, wanted] = exactly(arguments);
    let count = context.heap.element_count(values.word);
    let (from, to) = clamped(0, wanted.word.int(), count);
    part(context.heap, values, from, to)
}

pub(super) fn drop(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values, unwanted] = exactly(arguments);
    let count = context.heap.element_count(values.word);
    let (from, to) = clamped(unwanted.word.int(), i64::MAX, count);
    part(context.heap, values, from, to)
}

/// Elements `from..to`, which the list has; in place where they are its first ones.
fn part(heap: &mut Heap, values: &mut Argument, from: usize, to: usize) -> Result<Word, Failure> {
    if from == 0 {
        let list = values.take(heap);
        return Ok(heap.truncate(list, to)?);
    }
    let list = heap.list(values.ty, to - from)?;
    Ok(heap.extend(list, values.word, from, to)?)
}

pub(super) fn repeat(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values, times] = exactly(arguments);
    let heap = &mut *context.heap;
    let times = repetitions(times.word.int())?;
    let count = heap.element_count(values.word);
    if times == 1 || count == 0 {
        return Ok(values.take(heap));
    }
    let mut list = heap.list(values.ty, count.saturating_mul(times))?;
    for _ in 0..times {
        list = heap.extend(list, values.word, 0, count)?;
    }
    Ok(list)
}

pub(super) fn flatten(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let heap = &mut *context.heap;
    let lists = heap.elements(values.word);
    let count = lists.iter().fold(0usize, |count, list| {
        count.saturating_add(heap.element_count(*list))
    });
    let lists = lists.len();
    let mut flat = heap.list(result, count)?;
    for number in 0..lists {
        let list = heap.element(values.word, number);
        flat = heap.extend(flat, list, 0, heap.element_count(list))?;
    }
    Ok(flat)
}

pub(super) fn zip(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [left, right] = exactly(arguments);
    let heap = &mut *context.heap;
    let pair = element_type(heap, result);
    let types = [element_type(heap, left.ty), element_type(heap, right.ty)];
    let count = heap.element_count(left.word).min(heap.element_count(right.word));
    list_of_made(heap, result, count, |heap, number| {
        let words = [heap.element(left.word, number), heap.element(right.word, number)];
        heap.retain_typed(words[0], types[0]);
        heap.retain_typed(words[1], types[1]);
        heap.aggregate(pair, &words)
    })
}

pub(super) fn enumerate(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let heap = &mut *context.heap;
    let pair = element_type(heap, result);
    let element = element_type(heap, values.ty);
    let count = heap.element_count(values.word);
    list_of_made(heap, result, count, |heap, number| {
        let word = heap.element(values.word, number);
        heap.retain_typed(word, element);
        heap.aggregate(pair, &[Word::from_int(number as i64), word])
    })
}

pub(super) fn chunk(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [values, size] = exactly(arguments);
    let size = piece_size(size.word.int())?;
    let count = context.heap.element_count(values.word);
    parts(context.heap, *values, result, count.div_ceil(size), |number| {
        let from = number * size;
        (from, count.min(from.saturating_add(size)))
    })
}

pub(super) fn window(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [values, size] = exactly(arguments);
    let size = piece_size(size.word.int())?;
    let windows = (context.heap.element_count(values.word) + 1).saturating_sub(size);
    parts(context.heap, *values, result, windows, |number| {
        (number, number + size)
    })
}

/// A list of `count` parts of another; `range` says which elements each one has.
fn parts(
    heap: &mut Heap,
    values: Argument,
    result: TypeRef,
    count: usize,
    range: impl Fn(usize) -> (usize, usize),
) -> Result<Word, Failure> {
    list_of_made(heap, result, count, |heap, number| {
        let (from, to) = range(number);
        let list = heap.list(values.ty, to - from)?;
        heap.extend(list, values.word, from, to)
    })
}

fn piece_size(size: i64) -> Result<usize, Failure> {
    match usize::try_from(size) {
        Ok(size) if size > 0 => Ok(size),
        _ => Err(Failure::runtime(format!(
            "the size of the pieces must be at least 1, found {size}"
        ))),
    }
}

pub(super) fn get(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [values, index] = exactly(arguments);
    let found = position(index.word.int(), context.heap.element_count(values.word));
    element_at(context.heap, *values, found, result)
}

pub(super) fn first(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let found = (context.heap.element_count(values.word) > 0).then_some(0);
    element_at(context.heap, *values, found, result)
}

pub(super) fn last(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let found = context.heap.element_count(values.word).checked_sub(1);
    element_at(context.heap, *values, found, result)
}

fn element_at(
    heap: &mut Heap,
    values: Argument,
    position: Option<usize>,
    result: TypeRef,
) -> Result<Word, Failure> {
    let word = position.map(|position| heap.element(values.word, position));
    optional(heap, word, element_type(heap, values.ty), result)
}

pub(super) fn contains(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values, value] = exactly(arguments);
    Ok(Word::from_bool(find(context.heap, *values, *value).is_some()))
}

pub(super) fn index_of(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values, value] = exactly(arguments);
    Ok(Word::from_int(
        find(context.heap, *values, *value).map_or(-1, |found| found as i64),
    ))
}

fn find(heap: &Heap, values: Argument, value: Argument) -> Option<usize> {
    heap.elements(values.word)
        .iter()
        .position(|word| heap.equal(*word, value.word, value.ty))
}

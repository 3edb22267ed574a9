//! Builtins that order values: `min`, `max`, `clamp`, `sort`, `unique`.

use super::building::{element_type, optional, with_room};
use super::exactly;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word, compare_floats};
use std::cmp::Ordering;

pub(super) fn min(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    chosen(context, arguments, Ordering::Less)
}

pub(super) fn max(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    chosen(context, arguments, Ordering::Greater)
}

/// The right argument if that is how it stands to the left one, else the left one.
fn chosen(context: &mut Context<'_>, arguments: &mut [Argument], wanted: Ordering) -> Result<Word, Failure> {
    let [left, right] = exactly(arguments);
    let takes_right = context.heap.compare(right.word, left.word, left.ty) == wanted;
    let argument = if takes_right { right } else { left };
    Ok(argument.take(context.heap))
}

pub(super) fn min_of_list(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    extreme(context, arguments, result, Ordering::Less)
}

pub(super) fn max_of_list(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    extreme(context, arguments, result, Ordering::Greater)
}

/// The first element that stands so to all others that are not equal to it.
fn extreme(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
    wanted: Ordering,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let heap = &mut *context.heap;
    let element = element_type(heap, values.ty);
    let words = heap.elements(values.word).iter().copied();
    let found = words.reduce(|best, word| {
        if heap.compare(word, best, element) == wanted {
            word
        } else {
            best
        }
    });
    optional(heap, found, element, result)
}

pub(super) fn clamp(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value, low, high] = exactly(arguments);
    let heap = &mut *context.heap;
    if heap.compare(low.word, high.word, low.ty) == Ordering::Greater {
        return Err(Failure::runtime(
            "the bounds of `clamp` are crossed: the low one is above the high one",
        ));
    }
    let argument = if heap.compare(value.word, low.word, value.ty) == Ordering::Less {
        low
    } else if heap.compare(value.word, high.word, value.ty) == Ordering::Greater {
        high
    } else {
        value
    };
    Ok(argument.take(heap))
}

pub(super) fn sort(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let heap = &mut *context.heap;
    let room = heap.element_count(values.word) * size_of::<Word>();
    let element = element_type(heap, values.ty);
    // The merge sort's buffer; it holds at most as much as the list.
    heap.charge(room)?;
    let list = values.take(heap);
    let sorted = heap.rearrange(list, |heap, words| sort_words(heap, words, element));
    heap.refund(room);
    Ok(sorted?)
}

/// Sorts words of one type, stably, with comparisons as cheap as the type allows.
fn sort_words(heap: &Heap, words: &mut [Word], ty: TypeRef) {
    match ty {
        TypeRef::INT => words.sort_by_key(|word| word.int()),
        TypeRef::FLOAT => words.sort_by(|left, right| compare_floats(left.float(), right.float())),
        TypeRef::STRING => words.sort_by(|left, right| heap.text(*left).cmp(heap.text(*right))),
        _ => words.sort_by(|left, right| heap.compare(*left, *right, ty)),
    }
}

/// The order of two words of one type, as cheap as the type allows.
pub(super) fn compare_words(heap: &Heap, left: Word, right: Word, ty: TypeRef) -> Ordering {
    match ty {
        TypeRef::INT => left.int().cmp(&right.int()),
        TypeRef::FLOAT => compare_floats(left.float(), right.float()),
        TypeRef::STRING => heap.text(left).cmp(heap.text(right)),
        _ => heap.compare(left, right, ty),
    }
}

pub(super) fn unique(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let heap = &mut *context.heap;
    let element = element_type(heap, values.ty);
    let count = heap.element_count(values.word);
    let room = count * (2 * size_of::<u32>() + size_of::<bool>());
    let kept = with_room(heap, room, |heap| {
        first_occurrences(heap, heap.elements(values.word), element)
    })?;
    let Some(kept) = kept else {
        return Ok(values.take(heap));
    };
    let mut list = heap.list(values.ty, kept.iter().filter(|kept| **kept).count())?;
    let mut position = 0;
    while position < count {
        let run = kept[position..].iter().take_while(|kept| **kept).count();
        list = heap.extend(list, values.word, position, position + run)?;
        position += run;
        position += kept[position..].iter().take_while(|kept| !**kept).count();
    }
    Ok(list)
}

/// For each element whether no earlier one is equal to it; nothing if that holds for all.
fn first_occurrences(heap: &Heap, words: &[Word], ty: TypeRef) -> Option<Vec<bool>> {
    let mut order: Vec<u32> = (0..words.len() as u32).collect();
    let word = |position: u32| words[position as usize];
    order.sort_by(|left, right| heap.compare(word(*left), word(*right), ty));
    let mut kept = vec![true; words.len()];
    for pair in order.windows(2) {
        if heap.equal(word(pair[0]), word(pair[1]), ty) {
            kept[pair[1] as usize] = false;
        }
    }
    kept.contains(&false).then_some(kept)
}

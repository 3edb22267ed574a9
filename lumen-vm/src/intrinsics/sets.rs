//! Builtins on sets.
//!
//! Values that are equal need not be the same (`0.0` and `-0.0`): of two such, the element of the left set stays.

use super::building::element_type;
use super::exactly;
use super::maps::{collected, larger_first, list_of_borrowed};
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word};

pub(super) fn contains(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [set, value] = exactly(arguments);
    Ok(Word::from_bool(context.heap.set_contains(set.word, value.word)))
}

pub(super) fn add(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [set, value] = exactly(arguments);
    let (set, value) = (set.take(context.heap), value.take(context.heap));
    Ok(context.heap.set_insert(set, value)?)
}

pub(super) fn remove(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [set, value] = exactly(arguments);
    let set = set.take(context.heap);
    Ok(context.heap.set_remove(set, value.word)?)
}

pub(super) fn to_set(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [values] = exactly(arguments);
    let heap = &mut *context.heap;
    let element = element_type(heap, result);
    let mut set = heap.set(result)?;
    for number in 0..heap.element_count(values.word) {
        let word = heap.element(values.word, number);
        heap.retain_typed(word, element);
        set = heap.set_insert(set, word)?;
    }
    Ok(set)
}

pub(super) fn elements(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [set] = exactly(arguments);
    let words = elements_of(context.heap, set.word)?;
    let element = element_type(context.heap, result);
    list_of_borrowed(context.heap, result, &words, element)
}

/// Elements of the smaller set go into the larger one.
pub(super) fn union(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [left, right] = exactly(arguments);
    let heap = &mut *context.heap;
    let (base, other, right_is_larger) = larger_first(heap, left, right);
    let element = element_type(heap, base.ty);
    let words = elements_of(heap, other.word)?;
    let mut united = base.take(heap);
    for word in words {
        if right_is_larger {
            united = heap.set_remove(united, word)?;
        }
        heap.retain_typed(word, element);
        united = heap.set_insert(united, word)?;
    }
    Ok(united)
}

pub(super) fn intersect(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [left, right] = exactly(arguments);
    let words = elements_of(context.heap, left.word)?;
    selected(context.heap, result, words, |heap, word| {
        heap.set_contains(right.word, word)
    })
}

/// A right set that is small is removed element by element, in place; else the elements that stay are selected.
pub(super) fn difference(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [left, right] = exactly(arguments);
    let heap = &mut *context.heap;
    if heap.table_len(right.word) > heap.table_len(left.word) {
        let words = elements_of(heap, left.word)?;
        return selected(heap, result, words, |heap, word| {
            !heap.set_contains(right.word, word)
        });
    }
    let words = elements_of(heap, right.word)?;
    let mut rest = left.take(heap);
    for word in words {
        rest = heap.set_remove(rest, word)?;
    }
    Ok(rest)
}

/// A set of those of these words, ascending and without equal ones, that are wanted.
fn selected(
    heap: &mut Heap,
    ty: TypeRef,
    words: Vec<Word>,
    is_wanted: impl Fn(&Heap, Word) -> bool,
) -> Result<Word, Failure> {
    let element = element_type(heap, ty);
    let mut set = heap.set(ty)?;
    for word in words {
        if is_wanted(heap, word) {
            heap.retain_typed(word, element);
            set = heap.set_insert(set, word)?;
        }
    }
    Ok(set)
}

fn elements_of(heap: &mut Heap, set: Word) -> Result<Vec<Word>, Failure> {
    collected(heap, set, 1, |heap| heap.set_elements(set).collect())
}

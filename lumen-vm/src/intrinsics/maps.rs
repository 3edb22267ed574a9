//! Builtins on maps.

use super::building::{element_type, optional, with_room};
use super::exactly;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word};

pub(super) fn get(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [map, key] = exactly(arguments);
    let (_, value) = key_and_value(context.heap, map.ty);
    let found = context.heap.map_get(map.word, key.word);
    optional(context.heap, found, value, result)
}

pub(super) fn has_key(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [map, key] = exactly(arguments);
    Ok(Word::from_bool(
        context.heap.map_get(map.word, key.word).is_some(),
    ))
}

pub(super) fn insert(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [map, key, value] = exactly(arguments);
    let heap = &mut *context.heap;
    let (map, key, value) = (map.take(heap), key.take(heap), value.take(heap));
    Ok(heap.map_insert(map, key, value)?)
}

pub(super) fn remove(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [map, key] = exactly(arguments);
    let map = map.take(context.heap);
    Ok(context.heap.map_remove(map, key.word)?)
}

/// Entries of the smaller map go into the larger one.
pub(super) fn merge(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [left, right] = exactly(arguments);
    let heap = &mut *context.heap;
    let (base, other, right_is_larger) = larger_first(heap, left, right);
    let (key_type, value_type) = key_and_value(heap, base.ty);
    let entries = collected(heap, other.word, 2, |heap| heap.map_entries(other.word).collect())?;
    let mut merged = base.take(heap);
    for (key, value) in entries {
        if right_is_larger && heap.map_get(merged, key).is_some() {
            continue;
        }
        heap.retain_typed(key, key_type);
        heap.retain_typed(value, value_type);
        merged = heap.map_insert(merged, key, value)?;
    }
    Ok(merged)
}

pub(super) fn keys(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [map] = exactly(arguments);
    let heap = &mut *context.heap;
    let (ty, _) = key_and_value(heap, map.ty);
    let words = collected(heap, map.word, 1, |heap| {
        heap.map_entries(map.word).map(|(key, _)| key).collect()
    })?;
    list_of_borrowed(heap, result, &words, ty)
}

pub(super) fn values(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [map] = exactly(arguments);
    let heap = &mut *context.heap;
    let (_, ty) = key_and_value(heap, map.ty);
    let words = collected(heap, map.word, 1, |heap| {
        heap.map_entries(map.word).map(|(_, value)| value).collect()
    })?;
    list_of_borrowed(heap, result, &words, ty)
}

pub(super) fn entries(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [map] = exactly(arguments);
    let heap = &mut *context.heap;
    let pair = element_type(heap, result);
    let (key_type, value_type) = key_and_value(heap, map.ty);
    let entries: Vec<(Word, Word)> =
        collected(heap, map.word, 2, |heap| heap.map_entries(map.word).collect())?;
    super::building::list_of_made(heap, result, entries.len(), |heap, number| {
        let (key, value) = entries[number];
        heap.retain_typed(key, key_type);
        heap.retain_typed(value, value_type);
        heap.aggregate(pair, &[key, value])
    })
}

/// Two maps or sets, the larger one first, and whether that is the right one.
pub(super) fn larger_first<'v>(
    heap: &Heap,
    left: &'v mut Argument,
    right: &'v mut Argument,
) -> (&'v mut Argument, &'v mut Argument, bool) {
    match heap.table_len(right.word) > heap.table_len(left.word) {
        true => (right, left, true),
        false => (left, right, false),
    }
}

/// A list of these words, each with a reference of its own.
pub(super) fn list_of_borrowed(
    heap: &mut Heap,
    list: TypeRef,
    words: &[Word],
    element: TypeRef,
) -> Result<Word, Failure> {
    words.iter().for_each(|word| heap.retain_typed(*word, element));
    Ok(heap.list_of(list, words)?)
}

/// What `collect` makes of a map or a set, at most so many words an entry.
pub(super) fn collected<T>(
    heap: &mut Heap,
    table: Word,
    words: usize,
    collect: impl FnOnce(&Heap) -> Vec<T>,
) -> Result<Vec<T>, Failure> {
    let room = heap.table_len(table) * words * size_of::<Word>();
    Ok(with_room(heap, room, collect)?)
}

fn key_and_value(heap: &Heap, map: TypeRef) -> (TypeRef, TypeRef) {
    heap.types()
        .key_and_value(map)
        .expect("the verifier proved the type to be that of a map")
}

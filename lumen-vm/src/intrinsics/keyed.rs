//! What `sort_by` and `group_by` come down to: a list and the keys of its elements, computed before.

use super::building::{element_type, with_room};
use super::exactly;
use super::order::compare_words;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word};

pub(super) fn sort_by_keys(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [values, keys] = exactly(arguments);
    let heap = &mut *context.heap;
    let count = matching(heap, values, keys)?;
    let key = element_type(heap, keys.ty);
    // The order and the merge sort's buffer.
    let room = count * (2 * size_of::<u32>() + size_of::<Word>());
    let order = with_room(heap, room, |heap| {
        let keys = heap.elements(keys.word);
        let mut order: Vec<u32> = (0..count as u32).collect();
        order.sort_by(|left, right| compare_words(heap, keys[*left as usize], keys[*right as usize], key));
        order
    })?;
    heap.charge(room)?;
    let list = values.take(heap);
    let sorted = heap.rearrange(list, |_, words| {
        let from = words.to_vec();
        for (word, position) in words.iter_mut().zip(order) {
            *word = from[position as usize];
        }
    });
    heap.refund(room);
    Ok(sorted?)
}

pub(super) fn group_by_keys(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [values, keys] = exactly(arguments);
    let heap = &mut *context.heap;
    let count = matching(heap, values, keys)?;
    let element = element_type(heap, values.ty);
    let mut groups = heap.map(result)?;
    for position in 0..count {
        let key = heap.element(keys.word, position);
        let value = heap.element(values.word, position);
        // The group leaves the map while it grows, so that it grows in place; an inline word stands for it.
        let grown = match heap.map_slot(groups, key) {
            Some(slot) => Ok(std::mem::replace(slot, Word::INLINE_NULL)),
            None => heap.list(values.ty, 1),
        };
        let grown = grown.and_then(|group| {
            heap.retain_typed(value, element);
            heap.push(group, value)
        });
        match (grown, heap.map_slot(groups, key)) {
            (Ok(group), Some(slot)) => *slot = group,
            (Ok(group), None) => {
                heap.retain(key);
                groups = heap.map_insert(groups, key, group)?;
            }
            (Err(error), _) => {
                heap.release(groups);
                return Err(error.into());
            }
        }
    }
    Ok(groups)
}

/// The length of both lists.
fn matching(heap: &Heap, values: &Argument, keys: &Argument) -> Result<usize, Failure> {
    let (count, key_count) = (heap.element_count(values.word), heap.element_count(keys.word));
    if count == key_count {
        Ok(count)
    } else {
        Err(Failure::runtime(format!("{count} values have {key_count} keys")))
    }
}

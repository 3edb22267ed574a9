//! How builtins build their values: lists element by element, optional values, memory for work in between.

use crate::failure::Failure;
use crate::heap::{Heap, HeapError, TypeRef, Word};

/// A list of type `ty` of `count` elements, each made by `make` from its position; `make` yields owned words.
pub(super) fn list_of_made(
    heap: &mut Heap,
    ty: TypeRef,
    count: usize,
    mut make: impl FnMut(&mut Heap, usize) -> Result<Word, HeapError>,
) -> Result<Word, Failure> {
    let mut list = heap.list(ty, count)?;
    for position in 0..count {
        match make(heap, position) {
            Ok(element) => list = heap.push(list, element)?,
            Err(error) => {
                heap.release(list);
                return Err(error.into());
            }
        }
    }
    Ok(list)
}

/// A borrowed word of type `ty`, or nothing, as an owned word of type `result`, which is `ty?`.
pub(super) fn optional(
    heap: &mut Heap,
    word: Option<Word>,
    ty: TypeRef,
    result: TypeRef,
) -> Result<Word, Failure> {
    match word {
        // `Null?` is Null.
        _ if !heap.types().is_dynamic(result) => Ok(Word::NULL),
        None => Ok(Word::INLINE_NULL),
        Some(word) => {
            heap.retain_typed(word, ty);
            Ok(heap.wrap(word, ty)?)
        }
    }
}

/// Does work that needs so many bytes outside of objects, or refuses to if the budget does not allow it.
pub(super) fn with_room<T>(
    heap: &mut Heap,
    bytes: usize,
    work: impl FnOnce(&Heap) -> T,
) -> Result<T, HeapError> {
    heap.charge(bytes)?;
    let done = work(heap);
    heap.refund(bytes);
    Ok(done)
}

/// A String that is built in so many bytes outside of objects. Both count until the copy outside is gone.
pub(super) fn string_of_made(
    heap: &mut Heap,
    bytes: usize,
    make: impl FnOnce(&Heap) -> String,
) -> Result<Word, Failure> {
    heap.charge(bytes)?;
    let text = make(heap);
    let string = heap.string(&text);
    heap.refund(bytes);
    Ok(string?)
}

/// The type of a list's elements, or a set's.
pub(super) fn element_type(heap: &Heap, ty: TypeRef) -> TypeRef {
    heap.types()
        .element(ty)
        .expect("the verifier proved the type to be that of a list or a set")
}

/// The part of `0..length` that lies in `from..to`; both ends equal when nothing does.
pub(super) fn clamped(from: i64, to: i64, length: usize) -> (usize, usize) {
    let clamp = |position: i64| usize::try_from(position.max(0)).unwrap_or(usize::MAX).min(length);
    let from = clamp(from);
    (from, clamp(to).max(from))
}

/// `index` as a position below `length`.
pub(super) fn position(index: i64, length: usize) -> Option<usize> {
    usize::try_from(index).ok().filter(|index| *index < length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_clamped() {
        for (from, to, length, expected) in [
            (1, 3, 5, (1, 3)),
            (-3, 2, 5, (0, 2)),
            (3, 99, 5, (3, 5)),
            (4, 2, 5, (4, 4)),
            (9, 12, 5, (5, 5)),
            (i64::MIN, i64::MAX, 5, (0, 5)),
            (i64::MAX, i64::MIN, 0, (0, 0)),
        ] {
            assert_eq!(clamped(from, to, length), expected, "{from}..{to} of {length}");
        }
    }
}

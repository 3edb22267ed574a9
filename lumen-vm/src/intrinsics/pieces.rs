//! Text taken apart and put together: `split`, `chars`, `lines`, `join`.

use super::building::{list_of_made, string_of_made};
use super::exactly;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};
use memchr::memmem::Finder;
use std::ops::Range;

pub(super) fn split(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [text, separator] = exactly(arguments);
    let (whole, mark) = (context.heap.text(text.word), context.heap.text(separator.word));
    if mark.is_empty() {
        return pieces(
            context,
            text.word,
            result,
            context.heap.character_count(text.word),
            character,
        );
    }
    // Made once: preparing a search costs more than a short piece.
    let finder = Finder::new(mark).into_owned();
    let count = finder.find_iter(whole.as_bytes()).count() + 1;
    pieces(context, text.word, result, count, |rest| {
        let end = finder.find(rest.as_bytes()).unwrap_or(rest.len());
        (end, end + finder.needle().len())
    })
}

pub(super) fn chars(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [text] = exactly(arguments);
    let count = context.heap.character_count(text.word);
    pieces(context, text.word, result, count, character)
}

pub(super) fn lines(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [text] = exactly(arguments);
    let count = context.heap.text(text.word).lines().count();
    pieces(context, text.word, result, count, |rest| match rest.find('\n') {
        Some(end) => (end - usize::from(rest[..end].ends_with('\r')), end + 1),
        None => (rest.len(), rest.len()),
    })
}

/// A list of `count` pieces of a text. `next` is given what is left of it and says where the piece at its start ends,
/// and where the next one begins.
fn pieces(
    context: &mut Context<'_>,
    text: Word,
    result: TypeRef,
    count: usize,
    next: impl Fn(&str) -> (usize, usize),
) -> Result<Word, Failure> {
    let mut start = 0;
    list_of_made(context.heap, result, count, |heap, _| {
        let (end, following) = next(&heap.text(text)[start..]);
        let piece: Range<usize> = start..start + end;
        start += following;
        heap.substring(text, piece)
    })
}

/// The first character of a text: where it ends, and where the next one begins.
fn character(text: &str) -> (usize, usize) {
    let end = text.chars().next().map_or(0, char::len_utf8);
    (end, end)
}

pub(super) fn join(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [parts, separator] = exactly(arguments);
    let heap = &mut *context.heap;
    let words = heap.elements(parts.word);
    let between = words
        .len()
        .saturating_sub(1)
        .saturating_mul(heap.text(separator.word).len());
    let room = words
        .iter()
        .fold(between, |room, word| room.saturating_add(heap.text(*word).len()));
    string_of_made(heap, room, |heap| {
        let mut joined = String::with_capacity(room);
        for (number, word) in heap.elements(parts.word).iter().enumerate() {
            if number > 0 {
                joined.push_str(heap.text(separator.word));
            }
            joined.push_str(heap.text(*word));
        }
        joined
    })
}

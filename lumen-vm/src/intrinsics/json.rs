//! Builtins on Json and on the JSON form of values.

use super::exactly;
use super::output::show_failure;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, HeapError, TypeRef, Word};
use crate::json::{self, Functions, NotJson, PlainRecords, TextError};
use crate::show::{BoundedText, Form, write_hex, write_value};
use sha2::{Digest, Sha256};

pub(super) fn parse(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [text] = exactly(arguments);
    let heap = &mut *context.heap;
    // The text is read while the heap changes: the argument keeps it alive, but not in one borrow.
    let room = heap.text(text.word).len();
    heap.charge(room)?;
    let copy = heap.text(text.word).to_owned();
    let parsed = json::parse(heap, &copy);
    heap.refund(room);
    parsed.map_err(|error| match error {
        TextError::Malformed(what) => Failure::runtime(format!("bad JSON text: {what}")),
        TextError::Heap(error) => error.into(),
    })
}

pub(super) fn to_json(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    let text = canonical(context.heap, *value)?;
    with_text(context.heap, text)
}

pub(super) fn hash(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    let text = canonical(context.heap, *value)?;
    let mut digest = "sha256:".to_owned();
    write_hex(&Sha256::digest(text.as_bytes()), &mut digest).expect("a String takes everything");
    Ok(context.heap.string(&digest)?)
}

pub(super) fn json_of(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    encoded(json::encode(context.heap, value.word, value.ty, Functions::Show))
}

pub(super) fn member(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value, name] = exactly(arguments);
    let heap = &mut *context.heap;
    let found = match heap.unwrap(value.word) {
        (TypeRef::JSON_MAP, map) => heap.map_get(map, name.word),
        _ => None,
    };
    Ok(part(heap, found))
}

pub(super) fn element(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value, index] = exactly(arguments);
    let heap = &mut *context.heap;
    let found = match (heap.unwrap(value.word), usize::try_from(index.word.int())) {
        ((TypeRef::JSON_LIST, list), Ok(position)) => heap.elements(list).get(position).copied(),
        _ => None,
    };
    Ok(part(heap, found))
}

pub(super) fn diff(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [left, right] = exactly(arguments);
    let heap = &mut *context.heap;
    let left = encoded(json::encode(heap, left.word, left.ty, Functions::Refuse))?;
    let patches = match encoded(json::encode(heap, right.word, right.ty, Functions::Refuse)) {
        Ok(right) => {
            let patches = json::diff(heap, left, right);
            heap.release(right);
            patches.map_err(Failure::from)
        }
        Err(failure) => Err(failure),
    };
    heap.release(left);
    patches
}

pub(super) fn redact(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value, fields] = exactly(arguments);
    let heap = &mut *context.heap;
    let names = heap.elements(fields.word).to_vec();
    encoded(json::redacted(heap, value.word, value.ty, &names))
}

/// Without a program: records have neither constraints nor defaults. A machine runs `patch` itself.
pub(super) fn patch(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value, patches] = exactly(arguments);
    let mut records = PlainRecords::new(context.heap);
    json::patched(&mut records, value.word, value.ty, patches.word)
}

/// A part of a Json, or null, as an owned word.
fn part(heap: &Heap, found: Option<Word>) -> Word {
    let word = found.unwrap_or(Word::INLINE_NULL);
    heap.retain(word);
    word
}

fn encoded(word: Result<Word, NotJson>) -> Result<Word, Failure> {
    Ok(word?)
}

fn canonical(heap: &mut Heap, value: Argument) -> Result<String, Failure> {
    let mut text = BoundedText::within(heap);
    match write_value(heap, value.word, value.ty, Form::Json, &mut text) {
        Ok(()) => Ok(text.into_string()),
        Err(error) => Err(show_failure(heap, error)),
    }
}

/// A text outside of the heap as a String; both count until the copy outside is gone.
fn with_text(heap: &mut Heap, text: String) -> Result<Word, Failure> {
    let room = text.len();
    heap.charge(room)?;
    let string: Result<Word, HeapError> = heap.string(&text);
    drop(text);
    heap.refund(room);
    Ok(string?)
}

//! Builtins from text to text, to positions and to answers.

use super::building::{clamped, position, string_of_made};
use super::exactly;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word};

/// The most that a change of case makes of one octet, in octets: `ΐ` of two has an upper case of six.
const CASE_GROWTH: usize = 3;

pub(super) fn upper(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    map_text(context, arguments, str::to_uppercase)
}

pub(super) fn lower(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    map_text(context, arguments, str::to_lowercase)
}

fn map_text(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    change: fn(&str) -> String,
) -> Result<Word, Failure> {
    let [text] = exactly(arguments);
    let room = context.heap.text(text.word).len() * CASE_GROWTH;
    string_of_made(context.heap, room, |heap| change(heap.text(text.word)))
}

pub(super) fn trim(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [argument] = exactly(arguments);
    let text = context.heap.text(argument.word);
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len().max(start);
    if end - start == text.len() {
        return Ok(argument.take(context.heap));
    }
    Ok(context.heap.substring(argument.word, start..end)?)
}

pub(super) fn replace(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [argument, from, to] = exactly(arguments);
    let heap = &mut *context.heap;
    let (text, old, new) = (heap.text(argument.word), heap.text(from.word), heap.text(to.word));
    let occurrences = if old.is_empty() {
        0
    } else {
        text.matches(old).count()
    };
    if occurrences == 0 {
        return Ok(argument.take(heap));
    }
    let room = (text.len() - occurrences * old.len()).saturating_add(occurrences.saturating_mul(new.len()));
    string_of_made(heap, room, |heap| {
        let mut replaced = String::with_capacity(room);
        for (number, piece) in heap.text(argument.word).split(heap.text(from.word)).enumerate() {
            if number > 0 {
                replaced.push_str(heap.text(to.word));
            }
            replaced.push_str(piece);
        }
        replaced
    })
}

pub(super) fn starts_with(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [text, prefix] = exactly(arguments);
    let answer = context
        .heap
        .text(text.word)
        .starts_with(context.heap.text(prefix.word));
    Ok(Word::from_bool(answer))
}

pub(super) fn ends_with(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [text, suffix] = exactly(arguments);
    let answer = context
        .heap
        .text(text.word)
        .ends_with(context.heap.text(suffix.word));
    Ok(Word::from_bool(answer))
}

pub(super) fn contains(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [text, part] = exactly(arguments);
    let [text, part] = [text, part].map(|argument| context.heap.text(argument.word));
    Ok(Word::from_bool(find(text, part).is_some()))
}

pub(super) fn index_of(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [argument, part] = exactly(arguments);
    let text = context.heap.text(argument.word);
    let index = match find(text, context.heap.text(part.word)) {
        None => -1,
        Some(octet) if context.heap.is_ascii(argument.word) => octet as i64,
        Some(octet) => text[..octet].chars().count() as i64,
    };
    Ok(Word::from_int(index))
}

/// Where a text first has a part, in octets. A single octet, the most frequent part, needs no preparation.
fn find(text: &str, part: &str) -> Option<usize> {
    match *part.as_bytes() {
        [octet] => memchr::memchr(octet, text.as_bytes()),
        _ => memchr::memmem::find(text.as_bytes(), part.as_bytes()),
    }
}

pub(super) fn matches(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [text, pattern] = exactly(arguments);
    Ok(Word::from_bool(is_match(context, *text, *pattern)?))
}

/// Whether a pattern matches, or the failure that a faulty pattern is.
pub(super) fn is_match(
    context: &mut Context<'_>,
    text: Argument,
    pattern: Argument,
) -> Result<bool, Failure> {
    let (text, pattern) = (context.heap.text(text.word), context.heap.text(pattern.word));
    context.state.patterns.is_match(pattern, text).map_err(|error| {
        let shown: String = pattern.chars().take(80).collect();
        Failure::runtime(format!("faulty pattern {shown:?}: {error}"))
    })
}

pub(super) fn pad_left(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    pad(context, arguments, Side::Left)
}

pub(super) fn pad_right(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    pad(context, arguments, Side::Right)
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

fn pad(context: &mut Context<'_>, arguments: &mut [Argument], side: Side) -> Result<Word, Failure> {
    let [argument, width, fill] = exactly(arguments);
    let heap = &mut *context.heap;
    let fill = heap.text(fill.word);
    let mut characters = fill.chars();
    let (Some(_), None) = (characters.next(), characters.next()) else {
        let shown: String = fill.chars().take(20).collect();
        return Err(Failure::runtime(format!(
            "`fill` must be one character, found {shown:?}"
        )));
    };
    let width = usize::try_from(width.word.int().max(0)).unwrap_or(usize::MAX);
    let missing = width.saturating_sub(heap.character_count(argument.word));
    if missing == 0 {
        return Ok(argument.take(heap));
    }
    let fill = fill.to_string();
    let room = missing
        .saturating_mul(fill.len())
        .saturating_add(heap.text(argument.word).len());
    string_of_made(heap, room, |heap| {
        let (text, filling) = (heap.text(argument.word), fill.repeat(missing));
        match side {
            Side::Left => filling + text,
            Side::Right => {
                let mut padded = String::with_capacity(room);
                padded.push_str(text);
                padded + &filling
            }
        }
    })
}

pub(super) fn repeat(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [argument, times] = exactly(arguments);
    let heap = &mut *context.heap;
    let times = repetitions(times.word.int())?;
    if times == 1 {
        return Ok(argument.take(heap));
    }
    let room = heap.text(argument.word).len().saturating_mul(times);
    string_of_made(heap, room, |heap| match room {
        0 => String::new(),
        _ => heap.text(argument.word).repeat(times),
    })
}

/// A count of repetitions.
pub(super) fn repetitions(times: i64) -> Result<usize, Failure> {
    usize::try_from(times).map_err(|_| {
        Failure::runtime(format!(
            "the number of repetitions must not be negative, found {times}"
        ))
    })
}

pub(super) fn slice(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [argument, from, to] = exactly(arguments);
    let length = context.heap.character_count(argument.word);
    let (from, to) = clamped(from.word.int(), to.word.int(), length);
    if to - from == length {
        return Ok(argument.take(context.heap));
    }
    characters(context.heap, argument.word, from, to)
}

pub(super) fn get(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [text, index] = exactly(arguments);
    match position(index.word.int(), context.heap.character_count(text.word)) {
        // A String is the same word in a dynamic place.
        Some(index) => characters(context.heap, text.word, index, index + 1),
        None => Ok(Word::INLINE_NULL),
    }
}

fn characters(heap: &mut Heap, text: Word, from: usize, to: usize) -> Result<Word, Failure> {
    let range = heap.character_range(text, from, to);
    Ok(heap.substring(text, range)?)
}

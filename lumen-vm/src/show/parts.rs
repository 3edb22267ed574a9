//! The parts of a value in the order in which they are written, and what stands between them.

use super::bounded::BoundedText;
use super::json_scalar::write_json_string;
use super::literal::write_text_literal;
use super::value::Form;
use crate::heap::{Heap, TypeRef, Word};
use std::fmt::{self, Write};

/// The parts that are still to be written.
pub(super) struct Parts<'heap> {
    first: bool,
    rest: Rest<'heap>,
}

enum Rest<'heap> {
    /// Words of one type: a list.
    Same {
        words: std::slice::Iter<'heap, Word>,
        ty: TypeRef,
    },
    /// Words with a type each: a tuple, a payload.
    Each {
        words: std::slice::Iter<'heap, Word>,
        types: std::slice::Iter<'heap, TypeRef>,
    },
    /// Elements of a set.
    Set {
        words: Box<dyn Iterator<Item = Word> + 'heap>,
        ty: TypeRef,
    },
    /// Entries of a map.
    Map {
        entries: Box<dyn Iterator<Item = (Word, Word)> + 'heap>,
        key: TypeRef,
        value: TypeRef,
    },
    /// Fields of a record.
    Fields {
        fields: &'heap [(String, TypeRef)],
        words: &'heap [Word],
        order: std::vec::IntoIter<u32>,
    },
}

impl<'heap> Parts<'heap> {
    pub(super) fn same(words: &'heap [Word], ty: TypeRef) -> Parts<'heap> {
        Parts::of(Rest::Same {
            words: words.iter(),
            ty,
        })
    }

    pub(super) fn each(words: &'heap [Word], types: &'heap [TypeRef]) -> Parts<'heap> {
        Parts::of(Rest::Each {
            words: words.iter(),
            types: types.iter(),
        })
    }

    pub(super) fn set(heap: &'heap Heap, set: Word, ty: TypeRef) -> Parts<'heap> {
        Parts::of(Rest::Set {
            words: Box::new(heap.set_elements(set)),
            ty,
        })
    }

    pub(super) fn map(heap: &'heap Heap, map: Word, key: TypeRef, value: TypeRef) -> Parts<'heap> {
        Parts::of(Rest::Map {
            entries: Box::new(heap.map_entries(map)),
            key,
            value,
        })
    }

    pub(super) fn entries(entries: Vec<(Word, Word)>, key: TypeRef, value: TypeRef) -> Parts<'heap> {
        Parts::of(Rest::Map {
            entries: Box::new(entries.into_iter()),
            key,
            value,
        })
    }

    /// Fields by their positions in `order`.
    pub(super) fn fields(
        fields: &'heap [(String, TypeRef)],
        words: &'heap [Word],
        order: Vec<u32>,
    ) -> Parts<'heap> {
        Parts::of(Rest::Fields {
            fields,
            words,
            order: order.into_iter(),
        })
    }

    fn of(rest: Rest<'heap>) -> Parts<'heap> {
        Parts { first: true, rest }
    }

    /// The next part, after writing what precedes it: a comma, its name, its key.
    pub(super) fn advance(
        &mut self,
        heap: &Heap,
        form: Form,
        output: &mut BoundedText,
    ) -> Result<Option<(Word, TypeRef)>, fmt::Error> {
        let separator = match (std::mem::take(&mut self.first), form) {
            (true, _) => "",
            (false, Form::Literal) => ", ",
            (false, Form::Json) => ",",
        };
        let next = match &mut self.rest {
            Rest::Same { words, ty } => words.next().map(|word| (*word, *ty)),
            Rest::Each { words, types } => words.next().zip(types.next()).map(|(word, ty)| (*word, *ty)),
            Rest::Set { words, ty } => words.next().map(|word| (word, *ty)),
            Rest::Map { entries, key, value } => match entries.next() {
                Some((key_word, value_word)) => {
                    output.write_str(separator)?;
                    write_key(heap, key_word, *key, form, output)?;
                    return Ok(Some((value_word, *value)));
                }
                None => None,
            },
            Rest::Fields { fields, words, order } => match order.next() {
                Some(position) => {
                    let (name, ty) = &fields[position as usize];
                    output.write_str(separator)?;
                    match form {
                        Form::Literal => write!(output, "{name}: ")?,
                        Form::Json => {
                            write_json_string(name, output)?;
                            output.write_char(':')?;
                        }
                    }
                    return Ok(Some((words[position as usize], *ty)));
                }
                None => None,
            },
        };
        if next.is_some() {
            output.write_str(separator)?;
        }
        Ok(next)
    }
}

/// Writes a key of a map, which is a String, an Int or a Bool, with its colon.
fn write_key(heap: &Heap, word: Word, ty: TypeRef, form: Form, output: &mut BoundedText) -> fmt::Result {
    match (form, ty) {
        (Form::Literal, TypeRef::STRING) => write_text_literal(heap.text(word), output)?,
        (Form::Literal, TypeRef::INT) => write!(output, "{}", word.int())?,
        (Form::Literal, _) => write!(output, "{}", word.bool())?,
        (Form::Json, TypeRef::STRING) => write_json_string(heap.text(word), output)?,
        (Form::Json, TypeRef::INT) => write!(output, "\"{}\"", word.int())?,
        (Form::Json, _) => write!(output, "\"{}\"", word.bool())?,
    }
    output.write_str(if form == Form::Literal { ": " } else { ":" })
}

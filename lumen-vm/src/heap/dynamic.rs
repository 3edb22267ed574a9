//! Dynamic words (places of a union or Json type): putting a value of a plain type in, and taking it out again.
//!
//! Null, Bool, small Ints and Floats with four low zero bits are inline, other Ints and Floats are boxed. Everything else
//! is the same word in a dynamic place as in a place of its own type.

use super::object::{HEADER, Header, Kind};
use super::types::{Class, TypeRef};
use super::word::{Inline, Word};
use super::{FLAT, Heap, HeapError};

impl Heap {
    /// A word of type `ty` as a dynamic word. Consumes. Dynamic types are taken too, and change nothing.
    #[inline]
    pub(crate) fn wrap(&mut self, word: Word, ty: TypeRef) -> Result<Word, HeapError> {
        match self.types.class(ty) {
            Class::Null => Ok(Word::INLINE_NULL),
            Class::Bool => Ok(Word::inline_bool(word.bool())),
            Class::Int => self.wrap_int(word.int()),
            Class::Float => self.wrap_float(word.float()),
            Class::Counted => Ok(word),
        }
    }

    /// An Int as a dynamic word.
    pub(crate) fn wrap_int(&mut self, value: i64) -> Result<Word, HeapError> {
        match Word::inline_int(value) {
            Some(word) => Ok(word),
            None => self.boxed(TypeRef::INT, Word::from_int(value)),
        }
    }

    /// A Float as a dynamic word.
    pub(crate) fn wrap_float(&mut self, value: f64) -> Result<Word, HeapError> {
        match Word::inline_float(value) {
            Some(word) => Ok(word),
            None => self.boxed(TypeRef::FLOAT, Word::from_float(value)),
        }
    }

    /// What a dynamic word holds: its type, never a dynamic one, and the word in the form that places of that type
    /// have. Borrows.
    #[inline]
    pub(crate) fn unwrap(&self, word: Word) -> (TypeRef, Word) {
        match word.inline() {
            Some(Inline::Null) => (TypeRef::NULL, Word::NULL),
            Some(Inline::Bool(value)) => (TypeRef::BOOL, Word::from_bool(value)),
            Some(Inline::Int(value)) => (TypeRef::INT, Word::from_int(value)),
            Some(Inline::Float(value)) => (TypeRef::FLOAT, Word::from_float(value)),
            Some(Inline::Variant(ty, _)) => (ty, word),
            None => {
                let object = self.object(word);
                let header = object.header();
                (
                    header.ty,
                    if header.kind == Kind::Boxed {
                        object.slice()[0]
                    } else {
                        word
                    },
                )
            }
        }
    }

    /// A word of a place of type `ty` with its real type: unwraps if `ty` is dynamic. Borrows.
    #[inline]
    pub(crate) fn resolve(&self, word: Word, ty: TypeRef) -> (TypeRef, Word) {
        if self.types.is_dynamic(ty) {
            self.unwrap(word)
        } else {
            (ty, word)
        }
    }

    fn boxed(&mut self, ty: TypeRef, value: Word) -> Result<Word, HeapError> {
        let header = Header {
            count: 1,
            kind: Kind::Boxed,
            flags: FLAT,
            variant: 0,
            ty,
            length: 1,
        };
        let object = self.create(HEADER + size_of::<Word>(), header)?;
        object.write_word(0, value);
        Ok(object.word())
    }
}

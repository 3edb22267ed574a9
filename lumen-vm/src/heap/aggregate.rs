//! Tuples, records, variants of enums and results, and closures: a fixed number of words, each of a type of its own.
//!
//! Plain variants of enums are inline words and take no object; the two variants of a result always have a payload.

use super::object::{FLAT, HEADER, Header, Kind, Object};
use super::types::{NominalShape, TypeRef};
use super::word::Word;
use super::{Heap, HeapError, checked_length};

impl Heap {
    /// A tuple or a record of type `ty` of these words, in order. Consumes them.
    pub(crate) fn aggregate(&mut self, ty: TypeRef, words: &[Word]) -> Result<Word, HeapError> {
        self.variant(ty, 0, words)
    }

    /// Variant `variant` of the enum or result type `ty` with this payload. Consumes the payload.
    pub(crate) fn variant(&mut self, ty: TypeRef, variant: u32, payload: &[Word]) -> Result<Word, HeapError> {
        let nominal = self.types.nominal_of(ty);
        if payload.is_empty() && nominal.is_some_and(|nominal| matches!(nominal.shape, NominalShape::Enum(_)))
        {
            return Ok(Word::plain_variant(ty, variant));
        }
        let flags = if self.types.counted_parts(ty, variant).is_empty() {
            FLAT
        } else {
            0
        };
        match self.create_aggregate(ty, variant as u16, flags, payload.len()) {
            Ok(object) => {
                payload
                    .iter()
                    .enumerate()
                    .for_each(|(position, &word)| object.write_word(position, word));
                Ok(object.word())
            }
            Err(error) => {
                for position in self.types.counted_parts(ty, variant).to_vec() {
                    self.release(payload[position as usize]);
                }
                Err(error)
            }
        }
    }

    /// Which variant an enum or a result is. Borrows.
    #[inline]
    pub(crate) fn variant_of(&self, word: Word) -> u32 {
        if word.is_object() {
            u32::from(self.object(word).header().variant)
        } else {
            word.plain_variant_position()
        }
    }

    /// A function of type `ty` that calls `cell` with `bound` as its last arguments. Consumes them.
    pub(crate) fn closure(&mut self, ty: TypeRef, cell: usize, bound: &[Word]) -> Result<Word, HeapError> {
        let parameters = self.types.cell_parameters(cell);
        let flat = parameters[parameters.len() - bound.len()..]
            .iter()
            .all(|&ty| !self.types.is_counted(ty));
        let created = checked_length(bound.len() + 1).and_then(|length| {
            let header = Header {
                count: 1,
                kind: Kind::Closure,
                flags: if flat { FLAT } else { 0 },
                variant: 0,
                ty,
                length,
            };
            self.create(HEADER + length as usize * size_of::<Word>(), header)
        });
        match created {
            Ok(object) => {
                object.write_word(0, Word::from_int(cell as i64));
                bound
                    .iter()
                    .enumerate()
                    .for_each(|(position, &word)| object.write_word(position + 1, word));
                Ok(object.word())
            }
            Err(error) => {
                let types = std::sync::Arc::clone(&self.types);
                let parameters = types.cell_parameters(cell);
                for (&word, &ty) in bound.iter().zip(&parameters[parameters.len() - bound.len()..]) {
                    self.release_typed(word, ty);
                }
                Err(error)
            }
        }
    }

    /// The tuple, record or payload variant itself if nothing else refers to it, else a copy. Consumes.
    pub(crate) fn unshared_aggregate(&mut self, word: Word) -> Result<Word, HeapError> {
        let object = self.object(word);
        let header = object.header();
        if header.count == 1 {
            return Ok(word);
        }
        let copied = self.create_aggregate(header.ty, header.variant, header.flags, header.length as usize);
        if let Ok(copy) = copied {
            let words = object.slice();
            words
                .iter()
                .enumerate()
                .for_each(|(position, &word)| copy.write_word(position, word));
            if header.flags & FLAT == 0 {
                for &position in self.types.counted_parts(header.ty, u32::from(header.variant)) {
                    self.retain(words[position as usize]);
                }
            }
        }
        self.release(word);
        Ok(copied?.word())
    }

    #[inline]
    pub(crate) fn create_aggregate(
        &mut self,
        ty: TypeRef,
        variant: u16,
        flags: u8,
        length: usize,
    ) -> Result<Object, HeapError> {
        let header = Header {
            count: 1,
            kind: Kind::Aggregate,
            flags,
            variant,
            ty,
            length: checked_length(length)?,
        };
        self.create(HEADER + length * size_of::<Word>(), header)
    }
}

//! One 64-bit machine word: what a register, a list element or a field holds.
//!
//! ```text
//!  type of the place        bits of the word
//!  Null                     0
//!  Bool                     0 or 1
//!  Int                      two's complement
//!  Float                    IEEE 754 binary64
//!  everything else          "counted": an address of an object (low bit 0) or an inline value (low bit 1)
//!
//!  inline value             63 ................................................ 4  3..0
//!  null                     0                                                      0001
//!  Bool                     the Bool                                               0011
//!  Int of 60 bits           the Int                                                0101
//!  Float, low bits zero     the upper 60 bits of the Float                         0111
//!  plain enum variant       63..32 type     31..8 variant     7..4 zero            1001
//! ```
//! Inline null, Bool, Int and Float occur in dynamic places only (unions, Json); plain variants in places of their enum
//! too. Words say nothing about ownership: see [`super::Heap`].

use super::types::TypeRef;

const TAG_NULL: u64 = 0b0001;
const TAG_BOOL: u64 = 0b0011;
const TAG_INT: u64 = 0b0101;
const TAG_FLOAT: u64 = 0b0111;
const TAG_VARIANT: u64 = 0b1001;
const TAG_MASK: u64 = 0b1111;

/// One machine word; the type of the place that holds it says what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Word(u64);

/// What an inline value of a counted place is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Inline {
    /// `null`.
    Null,
    /// A Bool.
    Bool(bool),
    /// A small Int.
    Int(i64),
    /// A Float whose four low bits are zero.
    Float(f64),
    /// A plain variant of an enum.
    Variant(TypeRef, u32),
}

impl Word {
    /// `null` in a place of type Null; also what unused registers hold.
    pub(crate) const NULL: Word = Word(0);
    /// `null` in a dynamic place.
    pub(crate) const INLINE_NULL: Word = Word(TAG_NULL);

    /// An Int for a place of type Int.
    #[inline(always)]
    pub(crate) fn from_int(value: i64) -> Word {
        Word(value as u64)
    }

    /// The Int in a place of type Int.
    #[inline(always)]
    pub(crate) fn int(self) -> i64 {
        self.0 as i64
    }

    /// A Float for a place of type Float.
    #[inline(always)]
    pub(crate) fn from_float(value: f64) -> Word {
        Word(value.to_bits())
    }

    /// The Float in a place of type Float.
    #[inline(always)]
    pub(crate) fn float(self) -> f64 {
        f64::from_bits(self.0)
    }

    /// A Bool for a place of type Bool.
    #[inline(always)]
    pub(crate) fn from_bool(value: bool) -> Word {
        Word(u64::from(value))
    }

    /// The Bool in a place of type Bool.
    #[inline(always)]
    pub(crate) fn bool(self) -> bool {
        self.0 != 0
    }

    /// The bits.
    #[inline(always)]
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// The word with these bits.
    #[inline(always)]
    pub(crate) fn from_bits(bits: u64) -> Word {
        Word(bits)
    }

    /// Whether a word of a counted place is the address of an object.
    #[inline(always)]
    pub(crate) fn is_object(self) -> bool {
        self.0 & 1 == 0
    }

    /// A Bool for a dynamic place.
    pub(crate) fn inline_bool(value: bool) -> Word {
        Word(u64::from(value) << 4 | TAG_BOOL)
    }

    /// An Int for a dynamic place, if it is small enough to need no box.
    #[inline]
    pub(crate) fn inline_int(value: i64) -> Option<Word> {
        let shifted = value << 4;
        (shifted >> 4 == value).then_some(Word(shifted as u64 | TAG_INT))
    }

    /// A Float for a dynamic place, if it needs no box.
    #[inline]
    pub(crate) fn inline_float(value: f64) -> Option<Word> {
        let bits = value.to_bits();
        (bits & TAG_MASK == 0).then_some(Word(bits | TAG_FLOAT))
    }

    /// A plain variant of the enum `ty`.
    #[inline]
    pub(crate) fn plain_variant(ty: TypeRef, variant: u32) -> Word {
        Word(u64::from(ty.index()) << 32 | u64::from(variant) << 8 | TAG_VARIANT)
    }

    /// The inline value in a counted place; nothing if the place holds an object.
    #[inline]
    pub(crate) fn inline(self) -> Option<Inline> {
        if self.is_object() {
            return None;
        }
        Some(match self.0 & TAG_MASK {
            TAG_BOOL => Inline::Bool(self.0 >> 4 != 0),
            TAG_INT => Inline::Int(self.0 as i64 >> 4),
            TAG_FLOAT => Inline::Float(f64::from_bits(self.0 & !TAG_MASK)),
            TAG_VARIANT => Inline::Variant(
                TypeRef::from_index((self.0 >> 32) as u32),
                self.plain_variant_position(),
            ),
            _ => Inline::Null,
        })
    }

    /// Which variant an inline plain variant is.
    #[inline(always)]
    pub(crate) fn plain_variant_position(self) -> u32 {
        (self.0 as u32) >> 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_values_come_back() {
        for value in [0, 1, -1, (1 << 59) - 1, -(1 << 59)] {
            assert_eq!(
                Word::inline_int(value).and_then(Word::inline),
                Some(Inline::Int(value))
            );
        }
        assert_eq!(Word::inline_int(1 << 59), None);
        assert_eq!(Word::inline_int(i64::MIN), None);
        assert_eq!(
            Word::inline_float(1.5).and_then(Word::inline),
            Some(Inline::Float(1.5))
        );
        assert_eq!(Word::inline_float(0.1), None);
        assert_eq!(Word::inline_bool(true).inline(), Some(Inline::Bool(true)));
        assert_eq!(Word::INLINE_NULL.inline(), Some(Inline::Null));
        let variant = Inline::Variant(TypeRef::from_index(u32::MAX), 0xff_ffff);
        assert_eq!(
            Word::plain_variant(TypeRef::from_index(u32::MAX), 0xff_ffff).inline(),
            Some(variant)
        );
    }
}

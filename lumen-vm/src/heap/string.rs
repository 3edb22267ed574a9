//! Strings and Bytes: contents inside the object, appended to in place while nothing else refers to it.
//!
//! A String knows its number of characters (Unicode scalar values). If that equals its number of bytes it is ASCII, and
//! positions of characters are positions of bytes.

use std::ops::Range;

use super::object::{Header, Kind, Object, SEQUENCE};
use super::types::TypeRef;
use super::word::Word;
use super::{Heap, HeapError, checked_length};

/// Where the last character that was looked for in a text that is not ASCII stands, so that the next one nearby is found
/// from there: going through such a text by index takes constant time a character.
///
/// Texts only grow at their end, so a mark holds until another text comes to stand at its address.
#[derive(Default)]
pub(super) struct Mark {
    /// Address of the String; zero for none.
    address: usize,
    character: usize,
    byte: usize,
}

impl Heap {
    /// A String.
    pub(crate) fn string(&mut self, text: &str) -> Result<Word, HeapError> {
        let object = self.sequence(Kind::String, text.as_bytes(), text.len())?;
        object.set_characters(count_characters(text));
        Ok(object.word())
    }

    /// Bytes.
    pub(crate) fn bytes(&mut self, octets: &[u8]) -> Result<Word, HeapError> {
        Ok(self.sequence(Kind::Bytes, octets, octets.len())?.word())
    }

    /// The text of a String. Borrows.
    #[inline]
    pub(crate) fn text(&self, string: Word) -> &str {
        self.object(string).text()
    }

    /// The octets of Bytes. Borrows.
    #[inline]
    pub(crate) fn octets(&self, bytes: Word) -> &[u8] {
        self.object(bytes).byte_slice()
    }

    /// Number of characters of a String, in constant time. Borrows.
    #[inline]
    pub(crate) fn character_count(&self, string: Word) -> usize {
        self.object(string).characters() as usize
    }

    /// Whether a String is ASCII, in constant time. Borrows.
    #[inline]
    pub(crate) fn is_ascii(&self, string: Word) -> bool {
        let object = self.object(string);
        object.characters() == object.header().length
    }

    /// Where characters `from..to` of a String stand in its text, in bytes; both ends clamped. Borrows.
    pub(crate) fn character_range(&self, string: Word, from: usize, to: usize) -> Range<usize> {
        let count = self.character_count(string);
        let (from, to) = (from.min(count), to.min(count).max(from.min(count)));
        if self.is_ascii(string) {
            return from..to;
        }
        let text = self.text(string);
        let start = self.byte_position(string, text, from);
        let end = start + bytes_of_characters(&text.as_bytes()[start..], to - from);
        self.mark.set(Mark {
            address: string.bits() as usize,
            character: to,
            byte: end,
        });
        start..end
    }

    /// Where character `position` of a text, that of `string`, stands, in bytes: counted from the start or from the mark.
    fn byte_position(&self, string: Word, text: &str, position: usize) -> usize {
        let mark = self.mark.take();
        let octets = text.as_bytes();
        if mark.address != string.bits() as usize || position < mark.character / 2 {
            return bytes_of_characters(octets, position);
        }
        match position.checked_sub(mark.character) {
            Some(ahead) => mark.byte + bytes_of_characters(&octets[mark.byte..], ahead),
            None => start_of_last_characters(&octets[..mark.byte], mark.character - position),
        }
    }

    /// Forgets the mark if it is at this address, where another text comes to stand.
    fn forget_mark(&self, object: Object) {
        let mark = self.mark.take();
        if mark.address != object.address().addr() {
            self.mark.set(mark);
        }
    }

    /// The part of a String that stands at `range`, in bytes, on character boundaries. Borrows the String.
    ///
    /// # Panics
    /// If the range is not within the text or cuts a character.
    pub(crate) fn substring(&mut self, string: Word, range: Range<usize>) -> Result<Word, HeapError> {
        let ascii = self.is_ascii(string);
        let part = &self.object(string).text()[range];
        let length = part.len();
        let object = self.sequence(Kind::String, part.as_bytes(), length)?;
        object.set_characters(if ascii {
            length as u32
        } else {
            count_characters(object.text())
        });
        Ok(object.word())
    }

    /// A String with another String at its end. Consumes the first, borrows the second; each has a reference of its own, also
    /// if they are one object.
    #[inline]
    pub(crate) fn append_string(&mut self, string: Word, other: Word) -> Result<Word, HeapError> {
        let other = self.object(other);
        let characters = other.characters();
        let object = self.extend_sequence(string, other.byte_slice())?;
        object.set_characters(object.characters() + characters);
        Ok(object.word())
    }

    /// Bytes with others at their end. Consumes the first, borrows the second; each has a reference of its own.
    pub(crate) fn append_bytes(&mut self, bytes: Word, other: Word) -> Result<Word, HeapError> {
        let other = self.object(other);
        Ok(self.extend_sequence(bytes, other.byte_slice())?.word())
    }

    fn sequence(&mut self, kind: Kind, contents: &[u8], capacity: usize) -> Result<Object, HeapError> {
        let length = checked_length(contents.len())?;
        // Whole blocks, so that the rounding of the allocator is not lost to appending.
        let capacity = (SEQUENCE + capacity.max(contents.len())).next_multiple_of(16) - SEQUENCE;
        let stored_capacity = checked_length(capacity)?;
        let ty = if kind == Kind::String {
            TypeRef::STRING
        } else {
            TypeRef::BYTES
        };
        let header = Header {
            count: 1,
            kind,
            flags: 0,
            variant: 0,
            ty,
            length,
        };
        let object = self.create(SEQUENCE + capacity, header)?;
        self.forget_mark(object);
        object.set_capacity(stored_capacity);
        object.set_characters(0);
        // SAFETY: the object is fresh and has room for as many bytes, and for at least eight.
        unsafe {
            object.octets().cast::<[u8; 8]>().write([0; 8]);
            object
                .octets()
                .copy_from_nonoverlapping(contents.as_ptr(), contents.len())
        };
        Ok(object)
    }

    /// The object with `contents` at its end; the number of characters is the caller's to set. `contents` may belong to
    /// the object itself if something else refers to it too.
    fn extend_sequence(&mut self, word: Word, contents: &[u8]) -> Result<Object, HeapError> {
        let object = self.object(word);
        let header = object.header();
        let (old, count) = (header.length as usize, header.count);
        let new = match checked_length(old + contents.len()) {
            Ok(new) => new,
            Err(error) => {
                self.release(word);
                return Err(error);
            }
        };
        if count > 1 {
            let copied = self.sequence(header.kind, object.byte_slice(), grown_capacity(new, old));
            if let Ok(copy) = copied {
                // SAFETY: the copy has room for `new` bytes, and is another object than the one that holds `contents`.
                unsafe {
                    copy.octets()
                        .add(old)
                        .copy_from_nonoverlapping(contents.as_ptr(), contents.len());
                }
                copy.set_length(new);
                copy.set_characters(object.characters());
            }
            self.release(word);
            return copied;
        }
        let object = if new > object.capacity() {
            let wanted = SEQUENCE + grown_capacity(new, old);
            let capacity = wanted.next_multiple_of(16) - SEQUENCE;
            let grown = checked_length(capacity).and_then(|stored| {
                let grown = self.resize(object, SEQUENCE + capacity)?;
                self.forget_mark(grown);
                grown.set_capacity(stored);
                Ok(grown)
            });
            match grown {
                Ok(grown) => grown,
                Err(error) => {
                    self.release(word);
                    return Err(error);
                }
            }
        } else {
            object
        };
        // SAFETY: there is room for `new` bytes; `contents` is not of this object, of which the caller had the only
        // reference.
        unsafe {
            object
                .octets()
                .add(old)
                .copy_from_nonoverlapping(contents.as_ptr(), contents.len())
        };
        object.set_length(new);
        Ok(object)
    }
}

const _: () = assert!((SEQUENCE + 1).next_multiple_of(16) - SEQUENCE >= 8);

/// Room for `new` bytes where `old` were: twice as many if that is within what a length can say.
fn grown_capacity(new: u32, old: usize) -> usize {
    (2 * old).min(u32::MAX as usize - 64).max(new as usize)
}

/// At most 2^32 - 1, as the text is that of an object or becomes one.
fn count_characters(text: &str) -> u32 {
    text.chars().count() as u32
}

fn begins_character(octet: u8) -> bool {
    octet & 0xc0 != 0x80
}

/// Bytes of the first `count` characters of UTF-8; all if there are no more than that.
fn bytes_of_characters(octets: &[u8], count: usize) -> usize {
    let starts = octets
        .iter()
        .enumerate()
        .filter(|(_, octet)| begins_character(**octet));
    starts.map(|(byte, _)| byte).nth(count).unwrap_or(octets.len())
}

/// Where the last `count` characters of UTF-8 begin, of which there are as many; `count` is not zero.
fn start_of_last_characters(octets: &[u8], count: usize) -> usize {
    let starts = octets
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, octet)| begins_character(**octet));
    starts.map(|(byte, _)| byte).nth(count - 1).unwrap_or(0)
}

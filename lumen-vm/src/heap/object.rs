//! Layout of heap objects, and the raw reads and writes on them. The only file that casts words to addresses.
//!
//! ```text
//!  byte 0      4     5      6        8      12       16
//!  ┌──────────┬─────┬──────┬────────┬──────┬────────┬───────────────────────────────────────────────────────┐
//!  │ count    │kind │flags │variant │ type │ length │ payload                                               │
//!  └──────────┴─────┴──────┴────────┴──────┴────────┴───────────────────────────────────────────────────────┘
//!  String                                    bytes    capacity u32, characters u32, capacity bytes
//!  Bytes                                     octets   capacity u32, unused u32, capacity bytes
//!  List                                      elements capacity u32, unused u32, capacity words
//!  Aggregate (tuple, record, payload variant) words   the words
//!  Boxed (Int or Float in a dynamic place)   1        the word
//!  Closure                                   words    cell number, then the bound arguments
//!  Generator                                 words    see `generator`
//!  Table (map, set)                          unused   a `Table`
//! ```
//! Objects are aligned to 8, so an address has its low bit clear. Nothing here counts references or bytes.

use super::table::Table;
use super::types::TypeRef;
use super::word::Word;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    String,
    Bytes,
    List,
    Aggregate,
    Boxed,
    Closure,
    Generator,
    Map,
    Set,
}

/// Set if no word of the object is counted, so that dropping it need not look.
pub(crate) const FLAT: u8 = 1;

/// First 16 bytes of every object.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Header {
    pub(crate) count: u32,
    pub(crate) kind: Kind,
    pub(crate) flags: u8,
    pub(crate) variant: u16,
    pub(crate) ty: TypeRef,
    pub(crate) length: u32,
}

/// Size of a header in bytes.
pub(crate) const HEADER: usize = size_of::<Header>();
/// Offset of the contents of Strings, Bytes and lists, after their capacity.
pub(crate) const SEQUENCE: usize = HEADER + 8;

/// Address of a live object.
///
/// Invariant: made from the address of an object that its heap holds, and used only while the caller's reference, or
/// one that the caller borrows, keeps the object alive.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Object(*mut Header);

impl Object {
    pub(crate) fn at(address: *mut Header) -> Object {
        Object(address)
    }

    /// The object whose address `word` is; the caller knows from the word's type and its low bit that it is one.
    #[inline(always)]
    pub(crate) fn of(word: Word) -> Object {
        debug_assert!(word.is_object() && word.bits() != 0, "not an object: {word:?}");
        Object(std::ptr::with_exposed_provenance_mut(word.bits() as usize))
    }

    #[inline(always)]
    pub(crate) fn word(self) -> Word {
        Word::from_bits(self.0.expose_provenance() as u64)
    }

    pub(crate) fn address(self) -> *mut Header {
        self.0
    }

    /// The header as it is now.
    #[inline(always)]
    pub(crate) fn header(self) -> Header {
        // SAFETY: by the invariant of `Object` the address is that of a live, initialised header.
        unsafe { *self.0 }
    }

    #[inline(always)]
    pub(crate) fn set_count(self, count: u32) {
        // SAFETY: as for `header`; a machine is single-threaded.
        unsafe { (*self.0).count = count }
    }

    #[inline(always)]
    pub(crate) fn set_length(self, length: u32) {
        // SAFETY: as for `header`; a machine is single-threaded.
        unsafe { (*self.0).length = length }
    }

    #[inline(always)]
    fn offset(self, bytes: usize) -> *mut u8 {
        // SAFETY: callers pass offsets within the object's allocation, whose size follows from its kind and length.
        unsafe { self.0.cast::<u8>().add(bytes) }
    }

    /// Where the words of an aggregate, a box or a closure begin.
    #[inline(always)]
    pub(crate) fn words(self) -> *mut Word {
        self.offset(HEADER).cast()
    }

    /// Where the elements of a list begin.
    #[inline(always)]
    pub(crate) fn elements(self) -> *mut Word {
        self.offset(SEQUENCE).cast()
    }

    /// Where the contents of a String or Bytes begin.
    #[inline(always)]
    pub(crate) fn octets(self) -> *mut u8 {
        self.offset(SEQUENCE)
    }

    /// Capacity of a String, Bytes or list.
    #[inline(always)]
    pub(crate) fn capacity(self) -> u32 {
        // SAFETY: these kinds have an initialised u32 at this offset.
        unsafe { *self.offset(HEADER).cast::<u32>() }
    }

    pub(crate) fn set_capacity(self, capacity: u32) {
        // SAFETY: these kinds have room for a u32 at this offset.
        unsafe { self.offset(HEADER).cast::<u32>().write(capacity) }
    }

    /// Number of characters of a String.
    #[inline(always)]
    pub(crate) fn characters(self) -> u32 {
        // SAFETY: a String has an initialised u32 at this offset.
        unsafe { *self.offset(HEADER + 4).cast::<u32>() }
    }

    pub(crate) fn set_characters(self, characters: u32) {
        // SAFETY: Strings and Bytes have room for a u32 at this offset.
        unsafe { self.offset(HEADER + 4).cast::<u32>().write(characters) }
    }

    /// Where the table of a map or a set is.
    #[inline(always)]
    pub(crate) fn table_address(self) -> *mut Table {
        self.offset(HEADER).cast()
    }

    /// The table of a map or a set.
    #[inline(always)]
    pub(crate) fn table<'a>(self) -> &'a Table {
        // SAFETY: maps and sets have an initialised `Table` after the header; the caller bounds the lifetime by a borrow
        // of the heap, which nothing mutates meanwhile.
        unsafe { &*self.table_address() }
    }

    /// The table of a map or a set, to be changed.
    #[inline(always)]
    pub(crate) fn table_mut<'a>(self) -> &'a mut Table {
        // SAFETY: as for `table`; the caller holds no other borrow of the table.
        unsafe { &mut *self.table_address() }
    }

    /// All words of a list, an aggregate, a box or a closure.
    #[inline(always)]
    pub(crate) fn slice<'a>(self) -> &'a [Word] {
        let header = self.header();
        let start = if header.kind == Kind::List {
            self.elements()
        } else {
            self.words()
        };
        // SAFETY: these kinds hold `length` initialised words from there; the caller bounds the lifetime by a borrow of
        // the heap, which nothing mutates meanwhile.
        unsafe { std::slice::from_raw_parts(start, header.length as usize) }
    }

    /// All bytes of a String or Bytes.
    #[inline(always)]
    pub(crate) fn byte_slice<'a>(self) -> &'a [u8] {
        // SAFETY: these kinds hold `length` initialised bytes from there; lifetime as in `slice`.
        unsafe { std::slice::from_raw_parts(self.octets(), self.header().length as usize) }
    }

    /// The first eight bytes of a String or Bytes as a number, zeros behind the end: two that differ in it stand in the
    /// order of these numbers.
    #[inline(always)]
    pub(crate) fn prefix(self) -> u64 {
        // SAFETY: these kinds have room for at least eight bytes, which `Heap::sequence` initialises with zeros.
        u64::from_be_bytes(unsafe { *self.octets().cast::<[u8; 8]>() })
    }

    /// The text of a String.
    #[inline(always)]
    pub(crate) fn text<'a>(self) -> &'a str {
        // SAFETY: Strings are built from `str` and cut at character boundaries only.
        unsafe { std::str::from_utf8_unchecked(self.byte_slice()) }
    }

    /// Writes word `position` of a list that has room for it, dropping nothing.
    #[inline(always)]
    pub(crate) fn write_element(self, position: usize, value: Word) {
        debug_assert!(position < self.capacity() as usize);
        // SAFETY: the position is below the capacity.
        unsafe { self.elements().add(position).write(value) }
    }

    /// Writes word `position` of an aggregate, a box or a closure, dropping nothing.
    #[inline(always)]
    pub(crate) fn write_word(self, position: usize, value: Word) {
        debug_assert!(position < self.header().length as usize);
        // SAFETY: the position is below the length.
        unsafe { self.words().add(position).write(value) }
    }
}

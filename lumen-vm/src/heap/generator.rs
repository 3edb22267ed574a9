//! Generators: the frame of a suspended cell, with the set of registers that own a reference.
//!
//! ```text
//!  word 0   1      2 ... 5              6 ...
//!  cell   │ state │ owned registers   │ the registers of the cell, of which only some hold values
//! ```
//! While the cell runs, its registers are on the machine's stack and the object owns nothing.

use super::object::{HEADER, Header, Kind, Object};
use super::types::TypeRef;
use super::word::Word;
use super::{Heap, HeapError, checked_length};

/// Words before the registers.
const HEAD: usize = 6;
const STATE: usize = 1;
const OWNED: usize = 2;
const ENDED: i64 = -1;
const RUNNING: i64 = -2;

/// What a generator is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GeneratorState {
    /// It goes on at the operation of this number.
    Suspended(usize),
    /// Its frame is on the stack.
    Running,
    /// It has no further values.
    Ended,
}

/// A set of registers, one bit each.
pub(crate) type RegisterBits = [u64; 4];

impl Heap {
    /// A generator of type `ty` for a cell with so many registers, which is at its end until it is suspended.
    pub(crate) fn generator(
        &mut self,
        ty: TypeRef,
        cell: usize,
        registers: usize,
    ) -> Result<Object, HeapError> {
        let length = HEAD + registers;
        let header = Header {
            count: 1,
            kind: Kind::Generator,
            flags: 0,
            variant: 0,
            ty,
            length: checked_length(length)?,
        };
        let object = self.create(HEADER + length * size_of::<Word>(), header)?;
        object.write_word(0, Word::from_int(cell as i64));
        object.set_state(ENDED);
        object.set_owned([0; 4]);
        Ok(object)
    }

    /// Puts a suspended generator at its end: what it holds is given up. Borrows.
    pub(crate) fn end_generator(&mut self, generator: Object) {
        let owned = generator.owned_words();
        generator.end();
        for word in owned {
            self.release(word);
        }
    }
}

impl Object {
    /// The cell of a generator.
    pub(crate) fn generator_cell(self) -> usize {
        self.head(0).int() as usize
    }

    /// What a generator is up to.
    #[inline]
    pub(crate) fn generator_state(self) -> GeneratorState {
        match self.head(STATE).int() {
            ENDED => GeneratorState::Ended,
            RUNNING => GeneratorState::Running,
            position => GeneratorState::Suspended(position as usize),
        }
    }

    /// Registers of a generator that own a reference.
    pub(crate) fn generator_owned(self) -> RegisterBits {
        std::array::from_fn(|part| self.head(OWNED + part).bits())
    }

    /// Suspends a generator, to go on at operation `position`. Consumes the references of the registers in `owned`.
    ///
    /// # Safety
    /// `registers` is the start of the window of the generator's cell.
    #[inline]
    pub(crate) unsafe fn suspend(self, position: usize, owned: RegisterBits, registers: *const Word) {
        let count = self.header().length as usize - HEAD;
        // SAFETY: the object has room for as many registers as its cell has. Registers without a value are copied as the
        // uninitialised memory that they may be.
        unsafe { self.words().add(HEAD).copy_from_nonoverlapping(registers, count) };
        self.set_owned(owned);
        self.set_state(position as i64);
    }

    /// Hands the registers of a suspended generator, with their references, over to its frame.
    ///
    /// # Safety
    /// `registers` is the start of a window of the generator's cell.
    #[inline]
    pub(crate) unsafe fn resume(self, registers: *mut Word) {
        let count = self.header().length as usize - HEAD;
        // SAFETY: as for `suspend`.
        unsafe { registers.copy_from_nonoverlapping(self.words().add(HEAD), count) };
        self.set_owned([0; 4]);
        self.set_state(RUNNING);
    }

    /// Marks a generator that owns nothing any more as being at its end.
    #[inline]
    pub(crate) fn end(self) {
        self.set_owned([0; 4]);
        self.set_state(ENDED);
    }

    /// What a generator owns.
    pub(super) fn owned_words(self) -> Vec<Word> {
        let owned = self.generator_owned();
        (0..256)
            .filter(|register| owned[register / 64] >> (register % 64) & 1 != 0)
            // SAFETY: a register that owns a reference holds a value and is one of the object's.
            .map(|register| unsafe { *self.words().add(HEAD + register) })
            .collect()
    }

    fn set_state(self, state: i64) {
        self.write_word(STATE, Word::from_int(state));
    }

    fn set_owned(self, owned: RegisterBits) {
        for (part, bits) in owned.into_iter().enumerate() {
            self.write_word(OWNED + part, Word::from_bits(bits));
        }
    }

    #[inline(always)]
    fn head(self, position: usize) -> Word {
        debug_assert!(self.header().kind == Kind::Generator && position < HEAD);
        // SAFETY: the first words of a generator are initialised when it is made.
        unsafe { *self.words().add(position) }
    }
}

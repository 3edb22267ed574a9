//! A set of registers.

use crate::heap::RegisterBits;

/// A set of registers of one cell.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Registers(RegisterBits);

impl Registers {
    /// The set as bits, register 0 the lowest of the first word.
    pub(crate) fn bits(self) -> RegisterBits {
        self.0
    }

    pub(crate) fn from_bits(bits: RegisterBits) -> Registers {
        Registers(bits)
    }

    pub(crate) fn insert(&mut self, register: u8) {
        self.0[usize::from(register >> 6)] |= 1 << (register & 63);
    }

    pub(crate) fn remove(&mut self, register: u8) {
        self.0[usize::from(register >> 6)] &= !(1 << (register & 63));
    }

    pub(crate) fn contains(&self, register: u8) -> bool {
        self.0[usize::from(register >> 6)] >> (register & 63) & 1 != 0
    }

    pub(crate) fn union(self, other: Registers) -> Registers {
        self.zip(other, |mine, theirs| mine | theirs)
    }

    pub(crate) fn intersection(self, other: Registers) -> Registers {
        self.zip(other, |mine, theirs| mine & theirs)
    }

    pub(crate) fn difference(self, other: Registers) -> Registers {
        self.zip(other, |mine, theirs| mine & !theirs)
    }

    /// The registers, ascending.
    pub(crate) fn iter(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(move |&register| self.contains(register))
    }

    fn zip(self, other: Registers, combine: impl Fn(u64, u64) -> u64) -> Registers {
        Registers(std::array::from_fn(|word| combine(self.0[word], other.0[word])))
    }
}

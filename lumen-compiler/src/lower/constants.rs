//! The Strings and Bytes of a module while it is lowered: each once.

use rustc_hash::FxHashMap;

/// A String or Bytes literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Literal<'m> {
    String(&'m str),
    Bytes(&'m [u8]),
}

/// Literals by their number.
#[derive(Debug, Default)]
pub(crate) struct Constants<'m> {
    literals: Vec<Literal<'m>>,
    numbers: FxHashMap<Literal<'m>, u32>,
}

impl<'m> Constants<'m> {
    /// The number of a literal, added if need be.
    pub(crate) fn intern(&mut self, literal: Literal<'m>) -> u32 {
        *self.numbers.entry(literal).or_insert_with(|| {
            self.literals.push(literal);
            (self.literals.len() - 1) as u32
        })
    }

    /// The literal with this number.
    pub(crate) fn get(&self, number: u32) -> Literal<'m> {
        self.literals[number as usize]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.literals.len()
    }
}

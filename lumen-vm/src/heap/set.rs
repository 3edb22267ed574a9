//! Sets: sorted by the order of values, updated in place while nothing else refers to them.

use super::object::Kind;
use super::table::{Position, Table};
use super::types::TypeRef;
use super::word::Word;
use super::{Heap, HeapError};

impl Heap {
    /// An empty set of type `ty` (a set type).
    pub(crate) fn set(&mut self, ty: TypeRef) -> Result<Word, HeapError> {
        self.create_table(Kind::Set, ty, Table::new(1))
    }

    /// Elements of a set in order. Borrows.
    pub(crate) fn set_elements(&self, set: Word) -> impl Iterator<Item = Word> + '_ {
        self.object(set).table().words()
    }

    /// Whether a value is an element. Borrows both.
    pub(crate) fn set_contains(&self, set: Word, value: Word) -> bool {
        self.find_element(set, value).is_ok()
    }

    /// The set with a value. Consumes both; an equal element that is there already stays.
    pub(crate) fn set_insert(&mut self, set: Word, value: Word) -> Result<Word, HeapError> {
        let element = self.set_element_type(set);
        let inserted = match self.find_element(set, value) {
            Ok(_) => {
                self.release_typed(value, element);
                return Ok(set);
            }
            Err(position) => self
                .unshared_table(set)
                .and_then(|set| self.insert_entry(set, position, &[value])),
        };
        if inserted.is_err() {
            self.release_typed(value, element);
        }
        inserted
    }

    /// The set without a value. Consumes the set, borrows the value.
    pub(crate) fn set_remove(&mut self, set: Word, value: Word) -> Result<Word, HeapError> {
        let Ok(position) = self.find_element(set, value) else {
            return Ok(set);
        };
        let element = self.set_element_type(set);
        let set = self.unshared_table(set)?;
        let old = self.object(set).table().entry(position)[0];
        self.remove_entry(set, position);
        self.release_typed(old, element);
        Ok(set)
    }

    fn set_element_type(&self, set: Word) -> TypeRef {
        let ty = self.object(set).header().ty;
        self.types
            .element(ty)
            .expect("the type of a set object is a set type")
    }

    fn find_element(&self, set: Word, value: Word) -> Result<Position, Position> {
        let element = self.set_element_type(set);
        self.object(set)
            .table()
            .find(|other| self.compare(other, value, element))
    }
}

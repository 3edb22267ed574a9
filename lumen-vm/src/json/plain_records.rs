//! Records without a program: no constraints, no defaults.

use super::decode::{NATIVE_DEPTH, Records, Trial};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word};

/// A heap as the maker of records.
pub(crate) struct PlainRecords<'heap> {
    heap: &'heap mut Heap,
    depth: u32,
}

impl PlainRecords<'_> {
    pub(crate) fn new(heap: &mut Heap) -> PlainRecords<'_> {
        PlainRecords { heap, depth: 0 }
    }
}

impl Records for PlainRecords<'_> {
    fn heap(&mut self) -> &mut Heap {
        self.heap
    }

    fn check(&mut self, _: TypeRef, _: &[Word], _: Trial) -> Result<Option<Word>, Failure> {
        Ok(None)
    }

    fn has_default(&mut self, _: TypeRef, _: usize) -> bool {
        false
    }

    fn default(&mut self, _: TypeRef, _: usize, _: &[Word]) -> Result<Word, Failure> {
        unreachable!("no field has a default")
    }

    fn enter(&mut self) -> Result<(), Failure> {
        if self.depth == NATIVE_DEPTH {
            return Err(Failure::runtime("a Json nests too deeply to be decoded"));
        }
        self.depth += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }
}

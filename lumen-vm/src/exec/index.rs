//! Reading parts of values: payloads, elements by index, values by key; and what to say when there is nothing.
//!
//! A reading method returns a borrowed word, or with `COUNTED` one with a reference of its own: a constant, so that the loop
//! has a copy without the test. As in [`crate::heap`], a method relies on its caller to have a word of the stated type, and a
//! position that the type has: the verifier proved both.

use super::Vm;
use crate::failure::Failure;
use crate::heap::{NominalShape, Object, RuntimeType, TypeRef, Word};

impl Vm<'_> {
    /// A word of a payload, of a value that must be of variant `wanted`.
    #[inline(always)]
    pub(super) fn payload<const COUNTED: bool>(
        &self,
        value: Word,
        wanted: u32,
        position: u8,
    ) -> Result<Word, Failure> {
        if self.heap.variant_of(value) != wanted {
            return Err(self.payload_failure(value, wanted));
        }
        // SAFETY: the variant has a payload with this position, so the value is an object.
        let word = unsafe { *Object::of(value).words().add(usize::from(position)) };
        if COUNTED {
            self.heap.retain(word);
        }
        Ok(word)
    }

    /// An element of a list.
    #[inline(always)]
    pub(super) fn list_element<const COUNTED: bool>(&self, list: Word, index: Word) -> Result<Word, Failure> {
        let (list, index) = (Object::of(list), index.bits());
        if index >= u64::from(list.header().length) {
            return Err(list_index_failure(list, index as i64));
        }
        // SAFETY: the index was checked.
        let word = unsafe { *list.elements().add(index as usize) };
        if COUNTED {
            self.heap.retain(word);
        }
        Ok(word)
    }

    /// A value of a map.
    #[inline(always)]
    pub(super) fn map_value(&self, map: Word, key: Word, counted: bool) -> Result<Word, Failure> {
        let Some(word) = self.heap.map_get(map, key) else {
            return Err(self.key_failure(map, key));
        };
        if counted {
            self.heap.retain(word);
        }
        Ok(word)
    }

    /// A character of a String, as a String with a reference of its own.
    #[inline(always)]
    pub(super) fn string_character(&mut self, string: Word, index: Word) -> Result<Word, Failure> {
        let (object, position) = (Object::of(string), index.bits());
        let length = object.header().length;
        if position < u64::from(length) && object.characters() == length {
            let octet = object.byte_slice()[position as usize];
            return self.character(octet).map_err(Failure::from);
        }
        self.character_at(string, index.int())
    }

    /// An octet of Bytes, as an Int.
    #[inline(always)]
    pub(super) fn octet(&self, octets: Word, index: Word) -> Result<Word, Failure> {
        let (octets, index) = (Object::of(octets).byte_slice(), index.int());
        match usize::try_from(index).ok().and_then(|index| octets.get(index)) {
            Some(&octet) => Ok(Word::from_int(i64::from(octet))),
            None => Err(index_failure(index, octets.len(), "Bytes value", "octet")),
        }
    }

    /// The character at an index as a String.
    fn character_at(&mut self, string: Word, index: i64) -> Result<Word, Failure> {
        let count = self.heap.character_count(string);
        match usize::try_from(index).ok().filter(|&index| index < count) {
            Some(index) if self.heap.is_ascii(string) => {
                let octet = self.heap.text(string).as_bytes()[index];
                Ok(self.character(octet)?)
            }
            Some(index) => {
                let range = self.heap.character_range(string, index, index + 1);
                Ok(self.heap.substring(string, range)?)
            }
            None => Err(index_failure(index, count, "String", "character")),
        }
    }

    #[cold]
    pub(super) fn key_failure(&self, map: Word, key: Word) -> Failure {
        let ty = self.heap.type_of_object(map);
        let key_type = self
            .program
            .types()
            .key_and_value(ty)
            .map_or(TypeRef::STRING, |(key, _)| key);
        let shown = match key_type {
            TypeRef::INT => key.int().to_string(),
            TypeRef::BOOL => key.bool().to_string(),
            _ => format!("{:?}", self.heap.text(key)),
        };
        Failure::runtime(format!("key {shown} is not in the map"))
    }

    /// The text of a payload taken from another variant.
    #[cold]
    pub(super) fn payload_failure(&self, value: Word, wanted: u32) -> Failure {
        let found = self.heap.variant_of(value);
        let (ty, _) = self.heap.unwrap(value);
        let types = self.program.types();
        let name = |variant: u32| match types.get(ty) {
            RuntimeType::Result(..) => ["ok", "err"][variant as usize].to_owned(),
            _ => match types.nominal_of(ty).map(|nominal| &nominal.shape) {
                Some(NominalShape::Enum(variants)) => variants[variant as usize].0.clone(),
                _ => variant.to_string(),
            },
        };
        Failure::runtime(format!("the value is {}, not {}", name(found), name(wanted)))
    }
}

/// Index out of range; `container` and `part` are what users call them.
#[cold]
pub(super) fn index_failure(index: i64, length: usize, container: &str, part: &str) -> Failure {
    let plural = if length == 1 { "" } else { "s" };
    Failure::runtime(format!(
        "index {index} is out of range: the {container} has {length} {part}{plural}"
    ))
}

#[cold]
pub(super) fn list_index_failure(list: Object, index: i64) -> Failure {
    index_failure(index, list.header().length as usize, "list", "element")
}

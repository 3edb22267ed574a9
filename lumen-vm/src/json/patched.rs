//! The builtin `patch`: a value after steps on its JSON form.

use super::decode::{Decoded, Records, decode, failure_of, type_name};
use super::encode::{Functions, NotJson, encode};
use super::patch::{PatchError, apply};
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};

/// A word of type `ty` after steps, a `list[Patch]`; owned. Borrows both. Constraints of records are checked again.
pub(crate) fn patched(
    records: &mut dyn Records,
    word: Word,
    ty: TypeRef,
    patches: Word,
) -> Result<Word, Failure> {
    let heap = records.heap();
    let json = encode(heap, word, ty, Functions::Refuse).map_err(Failure::from)?;
    let json = apply(heap, json, patches).map_err(|error| match error {
        PatchError::Refused(why) => Failure::runtime(why),
        PatchError::Heap(error) => error.into(),
    })?;
    let decoded = decode(records, json, ty);
    records.heap().release(json);
    match decoded? {
        Decoded::Value(word) => Ok(word),
        Decoded::Faulty(faults) => {
            let name = type_name(records.heap().types(), ty);
            Err(failure_of(records.heap(), &name, faults))
        }
    }
}

impl From<NotJson> for Failure {
    fn from(error: NotJson) -> Failure {
        match error {
            NotJson::Function => Failure::runtime("a function has no form in JSON"),
            NotJson::Heap(error) => error.into(),
        }
    }
}

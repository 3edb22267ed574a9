//! Values for a program's parameters from text: `--arg name=value` and `--stdin name`.
//!
//! A String parameter takes the text as it is, any other one JSON (LANGUAGE section 5, "JSON form").

use super::decode::{Decoded, Records, decode, failure_of, release_faults, shown_faults, type_name};
use super::text::{TextError, parse};
use crate::failure::{ArgumentError, Failure};
use crate::heap::{TypeRef, Word};

/// The value of type `ty` that a text is. The word is owned.
pub(crate) fn read_text(records: &mut dyn Records, ty: TypeRef, text: &str) -> Result<Word, ArgumentError> {
    let heap = records.heap();
    let failed = |failure: Failure| ArgumentError::Failed(failure);
    if ty == TypeRef::STRING {
        return heap.string(text).map_err(|error| failed(error.into()));
    }
    let json = match parse(heap, text) {
        Ok(json) => json,
        Err(TextError::Malformed(what)) => {
            let name = type_name(heap.types(), ty);
            return Err(ArgumentError::Text(format!("expected {name} as JSON: {what}")));
        }
        Err(TextError::Heap(error)) => return Err(failed(error.into())),
    };
    let decoded = decode(records, json, ty);
    let heap = records.heap();
    heap.release(json);
    match decoded.map_err(failed)? {
        Decoded::Value(word) => Ok(word),
        Decoded::Faulty(faults) if faults.iter().all(|fault| fault.breaks_constraint) => {
            let name = type_name(heap.types(), ty);
            Err(failed(failure_of(heap, &name, faults)))
        }
        Decoded::Faulty(faults) => {
            let shown = shown_faults(heap, &faults);
            release_faults(heap, faults);
            Err(ArgumentError::Faulty(shown))
        }
    }
}

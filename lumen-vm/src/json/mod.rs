//! Json as values of the heap, and what the language does with it: reading text, encoding typed values and decoding
//! them, differences, patches, redaction.
//!
//! A Json value is a dynamic word: null, a Bool, an Int, a Float, a String, a `list[Json]` or a `map[String, Json]`. All
//! of it counts against the byte budget of the run, and nothing here recurses over the depth of a value, save decoding,
//! which refuses values deeper than [`MAX_DEPTH`].

mod argument;
mod decode;
mod diff;
mod encode;
mod patch;
mod patched;
mod plain_records;
mod pointer;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use argument::read_text;
pub(crate) use decode::{
    Decoded, NATIVE_DEPTH, Records, Trial, decode, field_error, invalid, release_faults, shown_errors,
    type_name, validation_error,
};
pub(crate) use diff::diff;
pub(crate) use encode::{Functions, NotJson, encode, redacted};
pub(crate) use patched::patched;
pub(crate) use plain_records::PlainRecords;
pub(crate) use text::{TextError, parse};

/// How deep arrays and objects may nest in a JSON text, and in a Json that is decoded.
pub(crate) const MAX_DEPTH: usize = 256;

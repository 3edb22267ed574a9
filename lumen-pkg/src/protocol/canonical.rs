//! Canonical JSON in and out: one text for one value.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::ser::Formatter;
use std::cell::Cell;
use std::io::{self, Write};

/// The largest number that every reader of JSON takes exactly: 2^53 - 1 (RFC 7493 section 2.2). Canonical JSON has no larger ones.
pub const MAXIMUM_NUMBER: u64 = (1 << 53) - 1;

/// Why bytes are not the canonical JSON of a value.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// Not JSON, or not of this shape.
    #[error("it is not well-formed: {0}")]
    Shape(#[source] serde_json::Error),
    /// Of this shape, but with other white space, key order, number forms or unknown keys.
    #[error("it is not in canonical form")]
    NotCanonical,
    /// A number above [`MAXIMUM_NUMBER`].
    #[error("it has a number that is larger than {MAXIMUM_NUMBER}")]
    Number,
}

/// The canonical JSON (RFC 8785) of a value of this module's types. Numbers above [`MAXIMUM_NUMBER`] are rounded in it, and what has
/// such is never read again.
///
/// # Panics
/// If the type has maps with keys that are not strings, or fails to serialise; those of this crate do not.
pub fn to_canonical<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).expect("protocol types serialise")
}

/// Reads a value whose canonical JSON is exactly `bytes`: what is not written again byte for byte, unknown keys included, is refused.
///
/// # Errors
/// See [`CanonicalError`].
pub fn from_canonical<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let value: T = serde_json::from_slice(bytes).map_err(CanonicalError::Shape)?;
    if has_long_digits(bytes)
        && has_large_number(&serde_json::from_slice(bytes).map_err(CanonicalError::Shape)?)
    {
        return Err(CanonicalError::Number);
    }
    match to_canonical(&value) == bytes {
        true => Ok(value),
        false => Err(CanonicalError::NotCanonical),
    }
}

/// [`from_canonical`] for a type whose structures declare their fields in the order of their names and that has no maps and no fractions: its
/// text is compared while it is written, and never held.
///
/// # Errors
/// See [`CanonicalError`].
pub(super) fn from_sorted_canonical<T: Serialize + DeserializeOwned>(
    bytes: &[u8],
) -> Result<T, CanonicalError> {
    let value: T = serde_json::from_slice(bytes).map_err(CanonicalError::Shape)?;
    let large = Cell::new(false);
    let mut rest = Comparison(bytes);
    let mut serializer = serde_json::Serializer::with_formatter(&mut rest, Exact(&large));
    let equal = value.serialize(&mut serializer).is_ok() && rest.0.is_empty();
    match equal {
        _ if large.get() => Err(CanonicalError::Number),
        true => {
            debug_assert_eq!(to_canonical(&value), bytes, "the fields are sorted");
            Ok(value)
        }
        false => Err(CanonicalError::NotCanonical),
    }
}

/// What is still expected. Takes only that.
struct Comparison<'b>(&'b [u8]);

impl Write for Comparison<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.strip_prefix(bytes).ok_or(io::ErrorKind::InvalidData)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes like RFC 8785, as far as that does not concern the order of keys, and notes a number above [`MAXIMUM_NUMBER`].
struct Exact<'n>(&'n Cell<bool>);

impl Formatter for Exact<'_> {
    fn write_u64<W: ?Sized + Write>(&mut self, writer: &mut W, number: u64) -> io::Result<()> {
        self.0.set(self.0.get() || number > MAXIMUM_NUMBER);
        serde_json::ser::CompactFormatter.write_u64(writer, number)
    }
}

/// Whether 16 digits follow each other somewhere: without that, there is no large number.
fn has_long_digits(bytes: &[u8]) -> bool {
    bytes
        .chunk_by(|one, two| one.is_ascii_digit() && two.is_ascii_digit())
        .any(|run| run.len() >= 16)
}

fn has_large_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_u64().is_none_or(|number| number > MAXIMUM_NUMBER),
        Value::Array(items) => items.iter().any(has_large_number),
        Value::Object(fields) => fields.values().any(has_large_number),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

//! Canonical JSON in and out: one text for one value.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

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

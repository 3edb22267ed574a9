//! Canonical JSON in and out: one text for one value.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why bytes are not the canonical JSON of a value.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// Not JSON, or not of this shape.
    #[error("it is not well-formed: {0}")]
    Shape(#[source] serde_json::Error),
    /// Of this shape, but with other white space, key order, number forms or unknown keys.
    #[error("it is not in canonical form")]
    NotCanonical,
}

/// The canonical JSON (RFC 8785) of a value of this module's types.
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
    match to_canonical(&value) == bytes {
        true => Ok(value),
        false => Err(CanonicalError::NotCanonical),
    }
}

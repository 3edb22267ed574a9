//! Values that are stored as text, read through serde without a copy of that text. Not the rules of any of them: those are in each
//! type's `parse`.

use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Reads a string and parses it.
///
/// # Errors
/// If it is no string, or `parse` refuses it; the reason is shown.
pub(crate) fn deserialize<'de, D, T, E>(
    deserializer: D,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    deserializer.deserialize_str(Text(parse, PhantomData))
}

struct Text<P, R>(P, PhantomData<R>);

impl<T, E, P> Visitor<'_> for Text<P, Result<T, E>>
where
    E: fmt::Display,
    P: FnOnce(&str) -> Result<T, E>,
{
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<F: Error>(self, text: &str) -> Result<T, F> {
        (self.0)(text).map_err(F::custom)
    }
}

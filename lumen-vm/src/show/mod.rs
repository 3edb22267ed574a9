//! Values as text: how they print, how they format, what they are in canonical JSON, what their types are called.
//!
//! Everything writes into a `fmt::Write`; values go into a [`BoundedText`], so that showing one stays within the byte
//! budget. Nothing here recurses over the depth of a value or a type.

mod bounded;
mod format_spec;
mod formatted;
mod indented;
mod json_scalar;
mod literal;
mod parts;
#[cfg(test)]
mod tests;
mod type_name;
mod value;

pub use format_spec::{Alignment, FormatOperand, FormatSpec, FormatSpecError, MAX_EXTENT, Notation};

pub(crate) use bounded::BoundedText;
pub(crate) use formatted::{format_float, format_int, format_text};
pub(crate) use indented::write_indented;
pub(crate) use literal::write_hex;
#[cfg(test)]
pub(crate) use literal::write_text_literal;
pub(crate) use type_name::write_type_name;
pub(crate) use value::{Form, ShowError, write_shown, write_value};

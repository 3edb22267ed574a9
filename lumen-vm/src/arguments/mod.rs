//! Values for a program's parameters from text: `--arg name=value` and `--stdin name`.
//!
//! A String parameter takes the text as it is, any other one JSON (LANGUAGE section 5, "JSON form"). The tree that the
//! text is nests no deeper than [`json_tree::MAX_DEPTH`], which bounds the recursion of `read`. Records are made by a
//! [`read::Builder`], so that the machine can run constructors and defaults.

mod choice;
mod json_tree;
mod problem;
mod read;
#[cfg(test)]
mod tests;

pub use problem::ArgumentError;
pub(crate) use problem::Missing;
pub(crate) use read::{Builder, read_argument};

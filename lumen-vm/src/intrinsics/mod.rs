//! The builtins of the language, one file for each group of them.
//!
//! `number`, `characters` and `pattern` compute on plain Rust values; they know neither heap nor machine.

#[allow(dead_code, reason = "called once the builtins run")]
mod characters;
#[allow(dead_code, reason = "called once the builtins run")]
mod number;
#[allow(dead_code, reason = "called once the builtins run")]
mod pattern;
mod re2;

pub use pattern::{PatternError, check_pattern};

/// What intrinsics keep between calls of one run.
#[derive(Debug, Default)]
pub struct State {}

//! Values as text: how scalars print and format.
//!
//! Everything writes into a `fmt::Write`; who bounds and charges the output is the caller's choice of sink.

mod format_spec;
#[allow(dead_code, reason = "called once values print")]
mod formatted;
#[allow(dead_code, reason = "called once values print")]
mod literal;

pub use format_spec::{Alignment, FormatOperand, FormatSpec, FormatSpecError, MAX_EXTENT, Notation};

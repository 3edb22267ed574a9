//! LIR, the contract between compiler and machine, and the virtual machine that runs it.
//!
//! [`lir`] is the portable format: pure data, codecs, disassembler and the load-time verifier. The compiler depends on
//! that part alone. Everything else loads verified modules and executes them.

mod intrinsics;
pub mod lir;
mod show;

pub use intrinsics::{PatternError, check_pattern};
pub use show::{Alignment, FormatOperand, FormatSpec, FormatSpecError, MAX_EXTENT, Notation};

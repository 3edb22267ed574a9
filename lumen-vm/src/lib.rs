//! LIR, the contract between compiler and machine, and the virtual machine that runs it.
//!
//! [`lir`] is the portable format: pure data, codecs, disassembler and the load-time verifier. The compiler depends on
//! that part alone. Everything else loads verified modules and executes them.

#[expect(
    unsafe_code,
    reason = "registers and operations are addressed by hand; see `exec::interpret`"
)]
mod exec;
mod failure;
#[expect(unsafe_code, reason = "objects are laid out by hand; see `heap::object`")]
mod heap;
mod intrinsics;
mod json;
pub mod lir;
mod load;
pub mod property;
mod show;
#[cfg(test)]
mod test_values;

// Generators of modules are shared with the tests outside of the crate, which name it.
#[cfg(test)]
extern crate self as lumen_vm;

pub use exec::{Counted, Limits, MemoryOutput, Output, Value, Vm};
pub use failure::{ArgumentError, BrokenConstraint, Details, Failure, FailureKind, FrameInfo, SourceFrame};
pub use intrinsics::{PatternError, check_pattern};
pub use load::{CellCounts, CellRef, LinkError, Program};
pub use show::{Alignment, FormatOperand, FormatSpec, FormatSpecError, MAX_EXTENT, Notation};

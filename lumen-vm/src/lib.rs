//! LIR, the contract between compiler and machine, and the virtual machine that runs it.
//!
//! [`lir`] is the portable format: pure data, codecs, disassembler and the load-time verifier. The compiler depends on
//! that part alone. Everything else loads verified modules and executes them.

#[allow(dead_code, reason = "called once arguments become values")]
mod arguments;
#[allow(dead_code, reason = "called once the machine runs")]
mod exec;
mod failure;
#[expect(unsafe_code, reason = "objects are laid out by hand; see `heap::object`")]
#[allow(dead_code, reason = "called once the machine runs")]
mod heap;
#[allow(dead_code, reason = "called once the machine runs")]
mod intrinsics;
pub mod lir;
#[allow(dead_code, reason = "called once the machine runs")]
mod show;
#[cfg(test)]
mod test_values;

pub use exec::{Argument, Context, MemoryOutput, Output};
pub use failure::{BrokenConstraint, Details, Failure, FailureKind, FrameInfo, SourceFrame};
pub use heap::{
    Class, Heap, HeapError, Inline, NominalRef, NominalShape, RuntimeNominal, RuntimeType, TypeRef,
    TypeTable, Word, compare_floats,
};
pub use intrinsics::{PatternError, check_pattern};
pub use show::{Alignment, FormatOperand, FormatSpec, FormatSpecError, MAX_EXTENT, Notation};

//! The machine: runs quickened cells on a register stack, with frames on the heap.

mod context;
mod output;

pub use context::{Argument, Context};
pub use output::{MemoryOutput, Output};

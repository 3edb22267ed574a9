//! The machine: runs quickened cells on a register stack, with frames beside the registers.
//!
//! ```text
//!  op          the executed form                     interpret   the loop
//!  stack       registers and frames                  place       indexes, keys, stores
//!  machine     what a host sees                      build       collections, intrinsics, halt
//!  context     what intrinsics see                   unwind      leaving frames after a failure
//!  records     constraints and defaults              decoding    `schema`, `patch`, parameters from text
//!  generate    generators                            count         counters of programs that count
//! ```

mod build;
mod context;
mod count;
mod decoding;
mod generate;
mod interpret;
mod machine;
pub(crate) mod number;
mod op;
mod output;
mod place;
mod records;
mod stack;
#[cfg(test)]
mod tests;
mod unwind;

pub(crate) use context::{Argument, Context};
pub use machine::{Limits, Value, Vm};
pub use op::Counted;
pub(crate) use op::{BEFORE, Code, Counter, Landing, Op, Quick, Site, SiteArgument, YieldSite};
pub use output::{MemoryOutput, Output};

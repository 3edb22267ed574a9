//! The machine: runs quickened cells on a register stack, with frames beside the registers.
//!
//! ```text
//!  op          the executed form                     interpret   the loop
//!  stack       registers and frames                  position    where a run stands
//!  call        entering cells                        comparison  texts and Floats
//!  index       reading parts of values               place       writing them
//!  number      arithmetic                            build       collections, intrinsics, halt
//!  machine     what a host sees                      unwind      leaving frames after a failure
//!  context     what intrinsics see                   generate    generators
//!  records     constraints and defaults              decoding    `schema`, `patch`, parameters from text
//!  output      what is printed                       count       counters of programs that count
//! ```

mod build;
mod call;
mod comparison;
mod context;
mod count;
mod decoding;
mod generate;
mod index;
mod interpret;
mod machine;
pub(crate) mod number;
mod op;
mod output;
mod place;
mod position;
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

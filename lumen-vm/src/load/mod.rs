//! From verified modules to a program that runs: linking, then quickening cell by cell on their first call.

mod flow;
mod link;
mod program;
mod quicken;
mod registers;
mod specialise;
mod substitute;
mod types;
mod view;

pub(crate) use flow::Flow;
pub use link::LinkError;
pub use program::{CellCounts, CellRef, Program};
pub(crate) use registers::Registers;

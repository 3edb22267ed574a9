//! Programs run by the machine through its public interface.

mod arguments;
#[path = "../lir/cases.rs"]
mod cases;
mod opcodes;

//! Programs run by the machine through its public interface.

#[path = "../lir/cases.rs"]
mod cases;
mod opcodes;

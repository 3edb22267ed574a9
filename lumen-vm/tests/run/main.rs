//! Programs run by the machine through its public interface.

mod arguments;
#[path = "../lir/cases.rs"]
mod cases;
mod generics;
#[path = "../lir/grow.rs"]
mod grow;
mod grown;
mod link;
mod opcodes;
mod schema;

//! The registry through its HTTP API, in process, on a free port of the loopback: one file a rule.

mod archives;
mod concurrency;
mod interruptions;
mod problems;
mod publisher;
mod publishing;
mod reader;
mod registry;
mod repetition;
mod serving;
mod signatures;
mod tokens;
mod yanking;

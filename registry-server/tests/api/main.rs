//! The registry through its HTTP API, in process, on a free port of the loopback: one file a rule.

mod problems;
mod registry;

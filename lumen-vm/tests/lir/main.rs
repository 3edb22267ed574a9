//! The LIR format from outside: codecs, verifier, listings, and the cases in `tests/verify` and `tests/opcodes`.

mod accepted;
mod binary;
mod cases;
mod generate;
mod grow;
mod json;
mod opcodes;
mod refused;
mod schema;
mod spec;
mod validate;

//! The LIR format from outside: codecs, verifier, listings, and the cases in `tests/verify` and `tests/opcodes`.

mod binary;
mod cases;
mod generate;
mod json;
mod opcodes;
mod refused;

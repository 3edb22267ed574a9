//! From text to syntax tree: lexer and error-tolerant parser for the whole grammar of `docs/spec/lumen-v1.md`.

pub mod ast;
pub mod name;

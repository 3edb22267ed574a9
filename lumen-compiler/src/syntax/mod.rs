//! From text to syntax tree: lexer and error-tolerant parser for the whole grammar of `docs/spec/lumen-v1.md`.

pub mod ast;
mod lexer;
pub mod name;
mod parser;
mod token;

pub use lexer::{Comment, Lexed, lex};
pub use parser::{MAX_HEIGHT, MAX_NESTING, Parsed, Place, parse};
pub use token::{Literals, Token, TokenKind};

//! Tests of the builtins on a heap: the examples of the spec page, properties against Rust's own collections, and
//! random calls of all of them.

mod call;
mod page;
mod properties;
mod random;

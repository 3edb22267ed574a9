//! Tests of the builtins on a heap: the examples of the spec page, and properties against Rust's own collections.

mod call;
mod page;
mod properties;

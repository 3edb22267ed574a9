//! The Lumen compiler: a document in, an interface, LIR and diagnostics out. Pure: no files, clock, environment,
//! threads or network.
#![forbid(unsafe_code)]

pub mod check;
pub mod compile;
pub mod diagnostic;
pub mod hir;
pub mod interface;
pub mod syntax;

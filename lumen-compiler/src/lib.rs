//! The Lumen compiler: a document in, an interface, LIR and diagnostics out. Pure: no files, clock, environment,
//! threads or network.
#![forbid(unsafe_code)]

pub mod check;
pub mod compile;
pub mod diagnostic;
pub mod hir;
pub mod interface;
pub mod lower;
pub mod syntax;

/// Which compiler this is: a SHA-256 over its sources (and those of LIR), the same on every platform. Part of every
/// action key of the build.
pub const COMPILER_ID: interface::Digest = include!(concat!(env!("OUT_DIR"), "/compiler_id.rs"));

//! The Lumen compiler: a document in, an interface, LIR and diagnostics out. Pure: no files, clock, environment,
//! threads or network.
//!
//! What the front end offers:
//! - [`document::read_text`] turns the bytes of a file into text, or says why they are none;
//! - [`document::parse_document`] turns the text into a [`document::Document`]: the module's [`syntax::ast::Ast`], the
//!   snippets (`lumen test` and the like, each with its own tree), directives, diagnostics, and
//!   [`document::Document::code_hash`], which an edit of the prose does not change;
//! - [`document::PositionMap`] turns spans into lines and columns of the document. A `Document` and each `Snippet` hold
//!   theirs; [`document::positions`] makes them from the text alone, without parsing;
//! - [`diagnostic::closest`] finds what somebody may have meant.
//!
//! Trees are flat and of bounded height ([`syntax::MAX_HEIGHT`]): passes may recurse over them.
#![forbid(unsafe_code)]

pub mod check;
pub mod compile;
pub mod diagnostic;
pub mod document;
mod evaluate;
pub mod hir;
pub mod interface;
pub mod lower;
pub mod syntax;

/// Which compiler this is: a SHA-256 over its sources (and those of LIR), the same on every platform. Part of every
/// action key of the build.
pub const COMPILER_ID: interface::Digest = include!(concat!(env!("OUT_DIR"), "/compiler_id.rs"));

/// Which machine this is: a SHA-256 over the sources of `lumen-vm`, the same on every platform. Part of every key of a test's
/// result.
pub const MACHINE_ID: interface::Digest = include!(concat!(env!("OUT_DIR"), "/machine_id.rs"));

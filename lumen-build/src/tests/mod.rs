//! Tests of whole builds, most of them in memory with a toy language.

mod closures;
mod collection;
mod disk;
mod edits;
mod forecast;
mod lost;
mod packages;
mod real;
mod scope;
mod telling;
mod toy;
mod workspace;

pub(crate) use toy::Toy;
pub(crate) use workspace::Workspace;

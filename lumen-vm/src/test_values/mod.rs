//! Values for tests, written as the language's own literals: `[1, 2]`, `{"a": (1, true)}`, `ok(NaN)`.
//!
//! `literal` reads them and infers their types, `world` builds types and words on a heap that must be empty again at the
//! end. Independent of the code under test except for the heap.

mod literal;
mod world;

pub(crate) use literal::{Literal, join, literal_type, optional, parse_call, parse_literal, unknown};
pub(crate) use world::{World, intern, point, shape};

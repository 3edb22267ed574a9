//! What is done to SSA before registers are given out. Every pass keeps values, failures, their order and positions.

mod dead;
mod fold;

pub(crate) use fold::{Folded, fold};

use super::Options;
use super::ssa::Function;
use super::types::TypeTable;

/// Runs the passes.
pub(crate) fn optimise(function: &mut Function, types: &TypeTable<'_>, options: Options) {
    if options.optimise {
        dead::remove(function, types);
    }
}

//! What is done to SSA before registers are given out. Every pass keeps values, failures, their order and positions.

mod dead;
mod fold;
mod hoist;
mod merge;
mod parameters;
mod rename;
mod share;

pub(crate) use fold::{Folded, fold};

use super::Options;
use super::ssa::Function;
use super::types::TypeTable;

/// Runs the passes.
pub(crate) fn optimise(function: &mut Function, types: &TypeTable<'_>, options: Options) {
    if !options.optimise {
        return;
    }
    parameters::remove_redundant(function);
    let edges_went = share::share(function, types);
    merge::merge(function);
    if edges_went {
        parameters::remove_redundant(function);
    }
    if function.has_loops {
        hoist::hoist(function, types);
    }
    dead::remove(function, types);
}

//! Tests of lowering as a whole: typed trees in, verified LIR out.

mod agree;
mod evaluate;
mod generate;
mod maker;
mod programs;
mod structure;

use std::sync::Arc;

use super::{Options, lower_with};
use crate::hir::Module;
use lumen_vm::lir;

/// Lowers a module and verifies the result.
fn lowered(module: &Module, options: Options) -> lir::Module {
    let lowered = lower_with(module, options).expect("the cells need few registers");
    if let Err(error) = lir::verify(Arc::new(lowered.module.clone())) {
        panic!("{error}\n{}", lowered.module.disassemble());
    }
    lowered.module
}

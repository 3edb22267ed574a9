//! The machine against a reference interpreter, and at its limits.

mod differential;
#[allow(dead_code, reason = "the harnesses share it, and each uses a part")]
#[path = "../../../tests/lir/grow.rs"]
mod grow;
mod limits;
mod programs;
mod reference;
mod snapshots;
mod specialised;

use std::sync::Arc;

use crate::lir::{Module, verify};
use crate::load::Program;

/// Links modules from their JSON form.
fn link(texts: &[&str]) -> Program {
    let modules: Vec<_> = texts
        .iter()
        .map(|text| {
            let module = Module::from_json(text).expect("a module");
            verify(Arc::new(module)).unwrap_or_else(|error| panic!("{error}"))
        })
        .collect();
    Program::link(&modules).expect("links")
}

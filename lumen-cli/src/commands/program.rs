//! From built modules to a linked program of the machine.

use anyhow::{Context, Result};
use lumen_build::Program as BuiltProgram;
use lumen_vm::Program;
use lumen_vm::lir::{Module, verify};
use std::sync::Arc;

/// Verifies and links modules. A module that does not verify is an error whatever its source: nothing unproved runs.
pub(crate) fn link<'m>(modules: impl IntoIterator<Item = &'m Module>) -> Result<Program> {
    let mut verified = Vec::new();
    for module in modules {
        let id = module.id.clone();
        let module =
            verify(Arc::new(module.clone())).with_context(|| format!("module `{id}` does not verify"))?;
        verified.push(module);
    }
    Ok(Program::link(&verified)?)
}

/// Links what a build gives.
pub(crate) fn link_built(program: &BuiltProgram) -> Result<Program> {
    link(program.modules.iter().map(|module| &module.module))
}

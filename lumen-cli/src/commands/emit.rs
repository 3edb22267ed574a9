//! `lumen emit`: the LIR of a module, as canonical JSON or as a listing.

use super::Session;
use super::builder::{Builder, Target};
use super::modules::find_module;
use crate::arguments::{BuildOptions, EmitArguments};
use crate::exit::Exit;
use anyhow::{Result, bail};
use lumen_build::document_stem;
use std::path::PathBuf;

/// Builds, and prints the module.
pub(crate) fn emit(session: &Session, arguments: &EmitArguments) -> Result<Exit> {
    let document = match arguments.module.as_slice() {
        [path] if document_stem(path).is_some() => Some(PathBuf::from(path)),
        _ => None,
    };
    let target = Target::of(session, document.as_deref(), None);
    let mut built = match Builder::new(session, target, &BuildOptions::default()).run_silently() {
        Ok(built) => built,
        Err(exit) => return Ok(exit),
    };
    if !built.outcome.succeeded() {
        session.output.build(&built.outcome, &session.environment.folder);
        return Ok(built.exit());
    }
    let Some(image) = &built.outcome.image else {
        bail!("the build left nothing to print")
    };
    let Some(module) = find_module(session, &built.outcome.root, image, &arguments.module) else {
        return Ok(Exit::Usage);
    };
    let program = built.program(&[module])?;
    let Some(module) = program.modules.first() else {
        bail!("the module has no LIR")
    };
    let text = if arguments.disasm {
        module.module.disassemble()
    } else {
        module.module.to_json()
    };
    session.output.data(text.trim_end());
    Ok(Exit::Done)
}

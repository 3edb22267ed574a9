//! `lumen log`: what the last builds did, and what is in a registry's transparency log.

mod builds;
mod cache;
mod critical;
mod diff;
mod ran;
mod registry;

pub(super) use builds::{count, unasked};

use super::Session;
use crate::arguments::{LogArguments, LogCommand};
use crate::exit::Exit;
use anyhow::Result;

/// Answers a question about builds, or proves, verifies, audits.
pub(crate) fn log(session: &Session, arguments: &LogArguments) -> Result<Exit> {
    match &arguments.command {
        LogCommand::WhatRan(build) => ran::what_ran(session, *build),
        LogCommand::CriticalPath(build) => critical::critical_path(session, *build),
        LogCommand::Slowest { number, build } => ran::slowest(session, *build, *number),
        LogCommand::Cache(build) => cache::cache(session, *build),
        LogCommand::Diff { old, new } => diff::diff(session, *old, *new),
        LogCommand::Prove {
            release,
            output,
            registry,
        } => registry::prove(session, release, output.as_deref(), registry),
        LogCommand::Verify { file, key, registry } => {
            registry::verify(session, file, key.as_deref(), registry)
        }
        LogCommand::Audit { registry } => registry::audit(session, registry),
    }
}

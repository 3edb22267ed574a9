//! `lumen build` and `lumen check`: both compile and cache, since checking costs nearly what compiling does.

use super::Session;
use super::builder::{Builder, Target};
use super::{forecast, timings};
use crate::arguments::{BuildArguments, SingleBuildArguments};
use crate::exit::Exit;
use anyhow::Result;

/// Builds, and says so.
pub(crate) fn build(session: &Session, arguments: &SingleBuildArguments) -> Result<Exit> {
    let BuildArguments { target, options } = &arguments.build;
    let target = Target::of(session, target.document.as_deref(), target.package.as_deref());
    if arguments.dry_run {
        return forecast::forecast(session, target, options);
    }
    match Builder::new(session, target, options).run() {
        Ok(built) => {
            session.output.ended(&built.outcome);
            if let Some(file) = &arguments.timings {
                timings::write(session, built.build(), &built.outcome, file.as_deref())?;
            }
            Ok(built.exit())
        }
        Err(exit) => Ok(exit),
    }
}

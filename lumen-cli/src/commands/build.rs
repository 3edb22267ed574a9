//! `lumen build` and `lumen check`: both compile and cache, since checking costs nearly what compiling does.

use super::Session;
use super::builder::{Builder, Target};
use crate::arguments::BuildArguments;
use crate::exit::Exit;
use anyhow::Result;

/// Builds, and says so.
pub(crate) fn build(session: &Session, arguments: &BuildArguments) -> Result<Exit> {
    let target = Target::of(
        session,
        arguments.target.document.as_deref(),
        arguments.target.package.as_deref(),
    );
    match Builder::new(session, target, &arguments.options).run()? {
        Ok(built) => {
            session.output.build(&built.outcome, &session.environment.folder);
            Ok(built.exit())
        }
        Err(exit) => Ok(exit),
    }
}

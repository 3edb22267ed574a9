//! `lumen completions`: what a shell needs to complete commands and options.

use super::Session;
use crate::arguments::{Arguments, CompletionsArguments};
use crate::exit::Exit;
use anyhow::Result;
use clap::CommandFactory;

/// Prints the script.
pub(crate) fn completions(session: &Session, arguments: &CompletionsArguments) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "lumen", &mut script);
    session.output.data(String::from_utf8(script)?.trim_end());
    Ok(Exit::Done)
}

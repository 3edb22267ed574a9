//! The `lumen` command: arguments in, calls of the libraries, output and an exit status out. No logic of its own.

mod arguments;
mod capacity;
mod commands;
mod environment;
mod exit;
mod interrupt;
mod output;
mod pages;
mod paths;
mod surroundings;

use arguments::Arguments;
use clap::Parser;
use commands::Session;
use environment::Environment;
use exit::Exit;
use interrupt::Interrupt;
use output::Output;
use std::process::ExitCode;
use std::sync::Arc;

/// A build makes and drops many small trees on several threads; this allocator makes a cold build a sixth cheaper than the
/// C library's (docs/adr/0001-allocator.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = &arguments.output;
    let environment = match Environment::read() {
        Ok(environment) => environment,
        Err(error) => {
            Output::new(options.quiet, options.message_format, options.color, true)
                .error(&format!("{error:#}"));
            return Exit::Usage.into();
        }
    };
    let output = Output::new(
        options.quiet,
        options.message_format,
        options.color,
        environment.no_color,
    );
    let session = Session {
        environment,
        output: Arc::new(output),
        interrupt: Interrupt::new(),
    };
    let exit = commands::dispatch(&session, &arguments.command).unwrap_or_else(|error| {
        session.output.error(&format!("{error:#}"));
        Exit::of(&error)
    });
    if session.output.is_incomplete() && exit == Exit::Done {
        session.output.error("standard output could not be written");
        return Exit::Failed.into();
    }
    exit.into()
}

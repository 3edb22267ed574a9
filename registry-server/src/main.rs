//! The `registry-server` command: arguments in, an exit status out. Everything else is in the library.

use clap::Parser as _;
use registry_server::command::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    registry_server::command::run(Arguments::parse())
}

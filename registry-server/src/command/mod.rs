//! The commands of the binary. Data on standard output, everything else, the log included, on standard error.

mod backup;
mod holds;
mod keys;
mod serve;
mod user;

use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::process::ExitCode;

/// A registry of Lumen packages.
#[derive(Debug, Parser)]
#[command(name = "registry-server", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write everything but keys into a new folder; the registry may run meanwhile
    Backup(backup::Backup),
    /// Look at names that wait, and release or refuse them
    #[command(subcommand)]
    Holds(holds::Holds),
    /// Hold the key ceremony, and sign new roots and targets
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Restore a backup where no registry is, and verify the whole log and map
    Restore(backup::Restore),
    /// Serve a registry until SIGINT or SIGTERM
    Serve(serve::Serve),
    /// List and revoke tokens
    #[command(subcommand)]
    Token(user::Token),
    /// Add, list and disable users
    #[command(subcommand)]
    User(user::User),
}

/// Runs a command.
pub fn run(arguments: Arguments) -> ExitCode {
    start_log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(async {
            match arguments.command {
                Command::Backup(backup) => backup::run(backup).await,
                Command::Restore(restore) => backup::run_restore(restore).await,
                Command::Holds(holds) => holds::run(holds).await,
                Command::Keys(keys) => keys::run(keys),
                Command::Serve(serve) => serve::run(serve).await,
                Command::Token(token) => user::run_token(token).await,
                Command::User(user) => user::run(user).await,
            }
        }),
        Err(error) => Err(anyhow::Error::new(error).context("cannot start the runtime")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// One JSON object a line, on standard error; `LUMEN_LOG` chooses what (`info` unless set).
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::builder()
        .with_env_var("LUMEN_LOG")
        .with_default_directive(tracing::Level::INFO.into())
        .from_env_lossy();
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

#[expect(clippy::print_stderr, reason = "errors of commands are for people")]
fn complain(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

/// Data of a command, in one piece. That nobody reads it is no error.
fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

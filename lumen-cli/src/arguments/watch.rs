//! The arguments of `lumen watch`.

use super::{BuildArguments, BuildOptions, RunArguments, TargetArguments, TestArguments};
use clap::{Args, Subcommand};

/// `lumen watch`.
#[derive(Debug, Args)]
pub(crate) struct WatchArguments {
    /// Look at all files again and again, instead of being told of changes: for file systems that tell of none
    #[arg(long)]
    pub(crate) poll: bool,
    /// Clear the terminal before something new is printed
    #[arg(long)]
    pub(crate) clear: bool,
    /// What to do after each change; default: `build`
    #[command(subcommand)]
    pub(crate) command: Option<WatchCommand>,
}

/// What to do after each change, with the arguments that it has by itself.
#[derive(Debug, Subcommand)]
pub(crate) enum WatchCommand {
    /// Compile what changed, and link
    Build(BuildArguments),
    /// Look for errors only
    Check(BuildArguments),
    /// Run the tests that a change concerns
    Test(TestArguments),
    /// Start the program anew when its code has changed
    Run(RunArguments),
}

impl WatchCommand {
    /// Without a word about it: the whole workspace is built.
    pub(crate) fn default_build() -> WatchCommand {
        WatchCommand::Build(BuildArguments {
            target: TargetArguments {
                document: None,
                package: None,
            },
            options: BuildOptions::default(),
        })
    }

    /// Its name on the command line.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            WatchCommand::Build(_) => "build",
            WatchCommand::Check(_) => "check",
            WatchCommand::Test(_) => "test",
            WatchCommand::Run(_) => "run",
        }
    }
}

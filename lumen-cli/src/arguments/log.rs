//! `lumen why` and `lumen log`: what builds did, and what is in a registry's log.

use super::registry::RegistryArguments;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `lumen why`.
#[derive(Debug, Args)]
pub(crate) struct WhyArguments {
    /// A module: `@acme/money fx`, `fx` if only one package has it, or its file
    #[arg(value_name = "MODULE", required = true, num_args = 1..=2)]
    pub(crate) module: Vec<String>,
}

/// `lumen log`. Subcommands cannot be grouped, so the list is written out; a test holds it against them.
#[derive(Debug, Args)]
#[command(help_template = "\
{about}

{usage-heading} {usage}

The builds of this workspace (the last five that had something to do):
  what-ran       List what a build did, in the order in which it did it
  critical-path  Show the chain of modules that a build had to wait for
  slowest        List the modules that took a build longest
  cache          Say what a build found in the cache, and what not
  diff           Compare two builds: what each of them compiled, why, and how long that took

The transparency log of a registry:
  prove          Print the proof that a version is in the log
  verify         Verify such a proof, without asking anybody
  audit          Read the whole log and recompute everything that the registry pins

Options:
{options}")]
pub(crate) struct LogArguments {
    #[command(subcommand)]
    pub(crate) command: LogCommand,
}

/// What to do with the log of builds, or with that of a registry.
#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// List what a build did, in the order in which it did it
    WhatRan(BuildChoice),
    /// Show the chain of modules that a build had to wait for
    CriticalPath(BuildChoice),
    /// List the modules that took a build longest
    Slowest {
        /// Show so many
        #[arg(long, short, value_name = "N", default_value_t = 10)]
        number: usize,
        #[command(flatten)]
        build: BuildChoice,
    },
    /// Say what a build found in the cache, and what not
    Cache(BuildChoice),
    /// Compare two builds: what each of them compiled, why, and how long that took
    Diff {
        /// The older build: so many before the last one that had something to do
        #[arg(value_name = "OLD", default_value_t = 1)]
        old: usize,
        /// The newer build
        #[arg(value_name = "NEW", default_value_t = 0)]
        new: usize,
    },
    /// Print the proof that a version is in the log
    Prove {
        /// `@scope/name@1.2.0`
        #[arg(value_name = "PACKAGE@VERSION")]
        release: String,
        /// Write it to this file
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        registry: RegistryArguments,
    },
    /// Verify such a proof, without asking anybody
    Verify {
        /// The file that `lumen log prove` made
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The key of the log, `NAME+ID+KEY`; default: the key and witnesses of the registry known here whose log it is
        #[arg(long, value_name = "KEY", conflicts_with = "registry")]
        key: Option<String>,
        #[command(flatten)]
        registry: RegistryArguments,
    },
    /// Read the whole log and recompute everything that the registry pins
    Audit {
        #[command(flatten)]
        registry: RegistryArguments,
    },
}

/// Which build.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct BuildChoice {
    /// A build before the last one that had something to do: 1 is the one before it
    #[arg(long = "build", value_name = "AGO", default_value_t = 0)]
    pub(crate) ago: usize,
}

#[cfg(test)]
mod tests {
    use crate::arguments::Arguments;
    use clap::CommandFactory;

    #[test]
    fn the_help_of_log_lists_every_subcommand_as_it_is() {
        let command = Arguments::command();
        let log = command.find_subcommand("log").expect("there is the command");
        let help = log.clone().render_long_help().to_string();
        for subcommand in log.get_subcommands() {
            let about = subcommand.get_about().expect("each says what it does");
            let line = format!("  {:<14} {about}\n", subcommand.get_name());
            assert!(help.contains(&line), "{line}{help}");
        }
        let listed = help
            .lines()
            .filter(|line| line.starts_with("  ") && !line.trim().starts_with('-'));
        assert!(listed.count() >= log.get_subcommands().count());
    }
}

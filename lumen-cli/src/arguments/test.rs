//! `lumen test`.

use super::{BuildOptions, LimitArguments};
use crate::commands::CoverageArguments;
use clap::{Args, ValueEnum};
use lumen_build::Shard;
use std::path::PathBuf;
use std::time::Duration;

/// `lumen test`.
#[derive(Debug, Args)]
#[command(
    after_help = "A test that passed is not run again until something that it reaches changes: a cell, a record, a snapshot, the machine. \
Failed, flaky and timed-out tests always run again."
)]
pub(crate) struct TestArguments {
    /// Only tests whose full name (`@acme/money fx: adds_up`) holds one of these; a document (`notes.lm.md`) is tested alone
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,
    /// Only tests of this package
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// List the tests instead of running them
    #[arg(long)]
    pub(crate) list: bool,
    /// Only tests that reach something that differs from this commit, branch or tag
    #[arg(long, value_name = "BASE")]
    pub(crate) affected: Option<String>,
    /// Only the tests of this part of a run that is divided among machines, `2/5`
    #[arg(long, value_name = "N/M")]
    pub(crate) shard: Option<Shard>,
    /// Run tests too that passed before and reach nothing that has changed since
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Start no more tests after one has failed
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Run a test that fails up to so many times again; one that passes then is FLAKY, which is no failure
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100))]
    pub(crate) retries: u32,
    /// End a test that takes longer; 0 for no limit
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// What the arguments of tests with parameters are made from: the same number, the same arguments [default: any]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// How many arguments a test with parameters is run with [default: 100]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) cases: Option<u32>,
    /// Write a report in JUnit's format to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) coverage: CoverageArguments,
    #[command(flatten)]
    pub(crate) snapshots: SnapshotArguments,
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
    #[command(flatten)]
    pub(crate) options: BuildOptions,
}

/// What becomes of snapshots.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Snapshots")]
pub(crate) struct SnapshotArguments {
    /// Accept what tests show now, without asking
    #[arg(long)]
    pub(crate) accept: bool,
    /// Show each snapshot that differs, and ask what to do with it
    #[arg(long, conflicts_with = "accept")]
    pub(crate) review: bool,
    /// What to do with snapshots that no test asks for; default: `warn`, and `reject` if CI is set or the lock is (`--locked`)
    #[arg(long, value_name = "WHAT")]
    pub(crate) unreferenced: Option<Unreferenced>,
}

/// What to do with files that no test asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unreferenced {
    /// Fail.
    Reject,
    /// Delete them.
    Delete,
    /// Say so.
    Warn,
}

/// The longest time limit, a day.
const LONGEST: f64 = 86_400.0;

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=LONGEST).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!("a number of seconds from 0 to {LONGEST}")),
    }
}

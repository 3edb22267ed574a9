//! `lumen test`.

use super::{BuildOptions, LimitArguments};
use clap::Args;

/// `lumen test`.
#[derive(Debug, Args)]
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
    /// What the arguments of tests with parameters are made from: the same number, the same arguments [default: any]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// How many arguments a test with parameters is run with [default: 100]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) cases: Option<u32>,
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
    #[command(flatten)]
    pub(crate) options: BuildOptions,
}

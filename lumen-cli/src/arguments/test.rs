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
    #[command(flatten)]
    pub(crate) limits: LimitArguments,
    #[command(flatten)]
    pub(crate) options: BuildOptions,
}

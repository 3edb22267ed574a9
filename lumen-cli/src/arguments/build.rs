//! `lumen build` and `lumen check`, as against builds that are repeated (`lumen watch`).

use super::BuildArguments;
use clap::Args;
use std::path::PathBuf;

/// `lumen build`, `lumen check`.
#[derive(Debug, Args)]
pub(crate) struct SingleBuildArguments {
    #[command(flatten)]
    pub(crate) build: BuildArguments,
    /// Say what would be compiled, taken from the cache, or perhaps looked at, and why; write nothing and ask no registry
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write a page that shows where the time went; default: `.lumen/timings.html`
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with = "dry_run")]
    pub(crate) timings: Option<Option<PathBuf>>,
}

//! What builds are told: what to build, how, and how to get packages; and what `lumen build` and `lumen check` alone are told.

use clap::Args;
use std::path::PathBuf;

/// What to build.
#[derive(Debug, Args)]
pub(crate) struct TargetArguments {
    /// A document (`notes.lm.md`) and what it imports; without it, the workspace around the current folder
    #[arg(value_name = "DOCUMENT", conflicts_with = "package")]
    pub(crate) document: Option<PathBuf>,
    /// Only this package and what it depends on
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
}

/// How to build.
#[derive(Debug, Default, Args)]
pub(crate) struct BuildOptions {
    /// Compile on so many threads; default: all cores
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// After an error, go on with all modules that do not depend on it
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Hash every file, whatever its time stamps say
    #[arg(long)]
    pub(crate) paranoid: bool,
    #[command(flatten)]
    pub(crate) packages: PackageOptions,
}

/// How to get packages.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct PackageOptions {
    /// Fail if `lumen.lock` would change
    #[arg(long)]
    pub(crate) locked: bool,
    /// Ask no registry and no repository: use what is on this disk
    #[arg(long)]
    pub(crate) offline: bool,
    /// The same as `--locked --offline`
    #[arg(long)]
    pub(crate) frozen: bool,
    /// Give packages the grants that they newly ask for
    #[arg(long)]
    pub(crate) accept_grants: bool,
    /// Of `lumen update` only: the oldest versions that fit.
    #[arg(skip)]
    pub(crate) minimal: bool,
}

impl PackageOptions {
    /// Whether the lock must not change.
    pub(crate) fn is_locked(&self) -> bool {
        self.locked || self.frozen
    }

    /// Whether nobody is asked.
    pub(crate) fn is_offline(&self) -> bool {
        self.offline || self.frozen
    }
}

/// A build.
#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    #[command(flatten)]
    pub(crate) target: TargetArguments,
    #[command(flatten)]
    pub(crate) options: BuildOptions,
}

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

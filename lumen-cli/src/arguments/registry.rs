//! The commands that talk to registries.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Which registry.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RegistryArguments {
    /// A registry of the workspace's or the user's `[registries]`; default: the one that the package's scope is bound to, else `default`
    #[arg(long, value_name = "NAME")]
    pub(crate) registry: Option<String>,
}

/// `lumen login`.
#[derive(Debug, Args)]
#[command(
    after_help = "Reading needs no token, only the pinned root: `lumen login URL --root root.json --no-token` is enough for `add`, `build` and `verify`."
)]
pub(crate) struct LoginArguments {
    /// The address of the registry
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// The registry's first TUF root, from somebody you trust; it is pinned. Not needed again
    #[arg(long, value_name = "FILE")]
    pub(crate) root: Option<PathBuf>,
    /// What manifests call the registry
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) name: String,
    /// Read the token from standard input without asking; without it, $LUMEN_REGISTRY_TOKEN is taken if it is set
    #[arg(long)]
    pub(crate) token_stdin: bool,
    /// Only pin the registry: enough to read, not to publish. A token that is kept already stays
    #[arg(long, conflicts_with = "token_stdin")]
    pub(crate) no_token: bool,
}

/// What may be packed although it looks like a mistake.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AllowedArguments {
    /// Pack files that are not as in the last commit
    #[arg(long)]
    pub(crate) allow_dirty: bool,
    /// Pack files that look like secrets
    #[arg(long)]
    pub(crate) allow_secrets: bool,
}

/// `lumen publish`.
#[derive(Debug, Args)]
pub(crate) struct PublishArguments {
    /// Publish this package of the workspace; default: the one around the current folder
    #[arg(long, short, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// Show the files, sizes and checks, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) allowed: AllowedArguments,
    #[command(flatten)]
    pub(crate) registry: RegistryArguments,
}

/// `lumen yank`.
#[derive(Debug, Args)]
pub(crate) struct YankArguments {
    /// `@scope/name@1.2.0`
    #[arg(value_name = "PACKAGE@VERSION")]
    pub(crate) release: String,
    /// Take the yank back
    #[arg(long)]
    pub(crate) undo: bool,
    #[command(flatten)]
    pub(crate) registry: RegistryArguments,
}

/// `lumen owner`.
#[derive(Debug, Args)]
pub(crate) struct OwnerArguments {
    #[command(subcommand)]
    pub(crate) command: OwnerCommand,
}

/// What to do with owners.
#[derive(Debug, Subcommand)]
pub(crate) enum OwnerCommand {
    /// List the owners of a package
    List(OwnedPackage),
    /// Make somebody an owner
    Add(OwnerChange),
    /// Make somebody no owner any longer
    Remove(OwnerChange),
}

/// Whose owners.
#[derive(Debug, Args)]
pub(crate) struct OwnedPackage {
    /// `@scope/name`
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: String,
    #[command(flatten)]
    pub(crate) registry: RegistryArguments,
}

/// Who of them.
#[derive(Debug, Args)]
pub(crate) struct OwnerChange {
    #[command(flatten)]
    pub(crate) owned: OwnedPackage,
    /// The user's name in the registry
    #[arg(value_name = "USER")]
    pub(crate) user: String,
}

/// `lumen info`.
#[derive(Debug, Args)]
pub(crate) struct InfoArguments {
    /// `@scope/name`, or `@scope/name@1.2.0`
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: String,
    /// Answer from what was last seen, and ask nobody
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) registry: RegistryArguments,
}

/// `lumen search`.
#[derive(Debug, Args)]
pub(crate) struct SearchArguments {
    /// Words of names, descriptions and keywords
    #[arg(value_name = "WORD", required = true)]
    pub(crate) words: Vec<String>,
    /// Show so many at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) registry: RegistryArguments,
}

/// `lumen verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// Ask nobody: verify the proofs in `lumen.lock.proofs`. Freshness cannot be verified so
    #[arg(long)]
    pub(crate) offline: bool,
}

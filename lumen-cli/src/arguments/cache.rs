//! `lumen cache`.

use clap::{Args, Subcommand};
use lumen_pkg::config::parse_size;

/// `lumen cache`.
#[derive(Debug, Args)]
#[command(
    after_help = "The cache lies in $LUMEN_CACHE_DIR, else in ~/.lumen/cache. It takes up to $LUMEN_CACHE_SIZE (`10 GiB`), else `size` in `[cache]` of ~/.lumen/config.toml, else 10 GiB or a tenth of the disk."
)]
pub(crate) struct CacheArguments {
    #[command(subcommand)]
    pub(crate) command: CacheCommand,
}

/// What to do with the cache.
#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// List what the cache holds
    Ls,
    /// Count what the cache holds, who needs it, and what the packages of registries take beside it
    Stats,
    /// Remove what was used least recently, as much as is too much; what workspaces need goes last
    Gc(CacheCollectArguments),
    /// Read everything and compare it with its hashes; what is damaged is removed
    Verify,
    /// Remove all of it
    Clear,
}

/// `lumen cache gc`.
#[derive(Debug, Args)]
pub(crate) struct CacheCollectArguments {
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Leave at most so much: `500 MiB`, `2.5 GB`, `500M`, `0`; default: what the cache may take
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_size: Option<u64>,
}

fn size(text: &str) -> Result<u64, String> {
    parse_size(text).map_err(|reason| format!("it {reason}"))
}

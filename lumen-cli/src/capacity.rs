//! How much room the cache may take: $LUMEN_CACHE_SIZE, else `size` in `[cache]` of the user's configuration, else 10 GiB, and never
//! more by default than a tenth of the disk.

use crate::commands::Session;
use anyhow::{Result, bail};
use lumen_pkg::Severity;
use lumen_pkg::config::parse_size;
use lumen_pkg::shell::{Home, ReadConfig};
use std::path::Path;

/// In bytes.
const DEFAULT: u64 = 10 << 30;

/// The room, in bytes.
///
/// # Errors
/// If what was set is no size.
pub(crate) fn capacity(session: &Session) -> Result<u64> {
    if let Some(size) = &session.environment.cache_size {
        let text = size.to_string_lossy();
        return match parse_size(&text) {
            Ok(bytes) => Ok(bytes),
            Err(reason) => bail!("LUMEN_CACHE_SIZE `{text}` {reason}"),
        };
    }
    let home = Home::new(&session.environment.home);
    let ReadConfig { config, problems, .. } = home.read_config();
    if let Some(problem) = problems
        .iter()
        .find(|problem| problem.severity == Severity::Error)
    {
        bail!("`{}`: {}", home.config_file().display(), problem.message);
    }
    Ok(config.cache_size().unwrap_or_else(|| default_capacity(session)))
}

/// The room if nobody says anything, in bytes.
pub(crate) fn default_capacity(session: &Session) -> u64 {
    // The folder may not be there yet; the disk is that of the nearest one that is.
    let disk = session.environment.cache.ancestors().find_map(disk_size);
    disk.map_or(DEFAULT, |bytes| DEFAULT.min(bytes / 10))
}

#[cfg(unix)]
fn disk_size(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_blocks
        .checked_mul(disk.f_frsize)
        .filter(|bytes| *bytes > 0)
}

#[cfg(not(unix))]
fn disk_size(_folder: &Path) -> Option<u64> {
    None
}

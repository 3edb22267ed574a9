//! What the command takes from its surroundings, read once and handed down as values.

use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::PathBuf;

/// The surroundings.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    /// The current folder, absolute.
    pub(crate) folder: PathBuf,
    /// Where compiled modules are kept: `$LUMEN_CACHE_DIR`, or `cache` in Lumen's home.
    pub(crate) cache: PathBuf,
    /// `$LUMEN_CACHE_SIZE`: how much room they may take.
    pub(crate) cache_size: Option<OsString>,
    /// Lumen's home: `$LUMEN_HOME`, or `~/.lumen`, or without a home `.lumen`.
    pub(crate) home: PathBuf,
    /// `$LUMEN_REGISTRY_TOKEN`: what `lumen login` takes instead of asking.
    pub(crate) registry_token: Option<OsString>,
    /// The program file of this command, where the system says.
    pub(crate) executable: Option<PathBuf>,
    /// The command line, its first word included.
    pub(crate) arguments: Vec<OsString>,
    /// Whether nobody is watching who could decide about snapshots: CI is set, not empty and not `false`.
    pub(crate) ci: bool,
    /// NO_COLOR is set and not empty (<https://no-color.org>).
    pub(crate) no_color: bool,
}

impl Environment {
    /// Reads it. Fails if the current folder is gone.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub(crate) fn read() -> Result<Environment> {
        let folder = std::env::current_dir().context("the current folder cannot be read")?;
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let user = || set("HOME").or_else(|| set("USERPROFILE")).map(PathBuf::from);
        let home = match set("LUMEN_HOME") {
            Some(path) => folder.join(path),
            None => user().unwrap_or_else(|| folder.clone()).join(".lumen"),
        };
        let cache = match set("LUMEN_CACHE_DIR") {
            Some(path) => folder.join(path),
            None => home.join("cache"),
        };
        Ok(Environment {
            folder,
            cache,
            cache_size: set("LUMEN_CACHE_SIZE"),
            home,
            registry_token: set("LUMEN_REGISTRY_TOKEN"),
            executable: std::env::current_exe().ok(),
            arguments: std::env::args_os().collect(),
            ci: set("CI").is_some_and(|value| value != "false"),
            no_color: set("NO_COLOR").is_some(),
        })
    }
}

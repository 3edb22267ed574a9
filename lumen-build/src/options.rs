//! What a caller of the build decides, and why nothing could be built.

use lumen_pkg::sync::SyncError;
use lumen_pkg::{Loaded, Problem};
use std::path::PathBuf;

/// What to build and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder to start from: the workspace is the one that it lies in. Absolute.
    pub start: PathBuf,
    /// The cache folder, `~/.lumen/cache` or what `LUMEN_CACHE_DIR` says.
    pub cache: PathBuf,
    /// Threads, at least 1.
    pub jobs: usize,
    /// Whether to compile everything that does not depend on a failure. Otherwise nothing is started that lies deeper in the
    /// import graph than the first failure.
    pub keep_going: bool,
    /// Whether to read every document, whatever its times say.
    pub paranoid: bool,
    /// What to build.
    pub scope: Scope,
    /// Whether to compile snippets too, for `lumen test`.
    pub snippets: bool,
    /// Whether the lock must not change (`--locked`).
    pub locked: bool,
    /// Whether nobody is asked for packages (`--offline`).
    pub offline: bool,
    /// Whether grants that packages newly ask for are given (`--accept-grants`).
    pub accept_grants: bool,
    /// Whether the oldest versions that fit are chosen anew, not the newest (`--minimal`).
    pub minimal: bool,
    /// The profile; results of different profiles do not mix.
    pub profile: String,
}

impl Options {
    /// The whole workspace around `start`, on one thread.
    pub fn new(start: impl Into<PathBuf>, cache: impl Into<PathBuf>) -> Options {
        Options {
            start: start.into(),
            cache: cache.into(),
            jobs: 1,
            keep_going: false,
            paranoid: false,
            scope: Scope::Workspace,
            snippets: false,
            locked: false,
            offline: false,
            accept_grants: false,
            minimal: false,
            profile: "dev".to_owned(),
        }
    }
}

/// Which modules to build. What they import comes with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All packages of the workspace.
    Workspace,
    /// One package, by name.
    Package(String),
    /// One document, by absolute path. If it does not belong to a package, it is built on its own and nothing is written beside it.
    Document(PathBuf),
}

/// Why nothing could be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no manifest.
    #[error("there is no `lumen.toml` in `{}` or above it", .0.display())]
    NoWorkspace(PathBuf),
    /// Manifests are wrong: see [`Loaded::problems`].
    #[error("the manifests have errors")]
    Manifest(Box<Loaded>),
    /// The lock is wrong and was left alone.
    #[error("`lumen.lock` has errors")]
    Lock(Vec<Problem>),
    /// Packages from elsewhere cannot be had.
    #[error(transparent)]
    Packages(SyncError),
    /// The lock is there and cannot be read, and there are packages that it chooses: others must not be taken instead.
    #[error("`lumen.lock` cannot be read: {0}")]
    LockNotRead(String),
    /// The lock cannot be written, so that the next build might take other versions.
    #[error("`lumen.lock` cannot be written: {0}")]
    LockNotWritten(String),
    /// The user's configuration is wrong.
    #[error("the configuration of Lumen has errors")]
    Configuration(Vec<Problem>),
    /// A folder of sources cannot be listed, so nobody knows which modules there are.
    #[error("`{path}` cannot be listed: {reason}")]
    Folder {
        /// As seen from the workspace's folder.
        path: String,
        /// In words.
        reason: String,
    },
    /// The workspace has no such package; those that it has.
    #[error("the workspace has no package `{name}`")]
    NoPackage {
        /// As asked for.
        name: String,
        /// By name.
        packages: Vec<String>,
    },
    /// The document cannot be built.
    #[error("`{}` {reason}", path.display())]
    NoDocument {
        /// As asked for.
        path: PathBuf,
        /// In words.
        reason: String,
    },
}

//! The workspaces that use a cache: one small file each in `workspaces/`, named by a hash of the folder and holding the folder.
//!
//! What a workspace needs is in its own state file, which is replaced whenever that changes; so there is nothing here that could
//! be older than it. A file is written once, removed when the workspace is gone, and written again by the next build that
//! changes something there.

use super::packs::write_whole;
use crate::digest;
use crate::pins::pinned_keys;
use crate::store::access::KeyPrefix;
use lumen_pkg::MANIFEST_FILE;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The folder of the files, in the folder of the cache's version.
const FOLDER: &str = "workspaces";
/// The first line; the folder follows, to the end.
const HEADER: &str = "lumen workspace 1\n";
/// At most so many workspaces are looked at in one run.
const MAXIMUM: usize = 10_000;
/// A larger state is not read, in bytes (1 GiB).
const MAXIMUM_STATE: u64 = 1 << 30;

/// A workspace that is there.
pub(super) struct Workspace {
    /// When it was last built, nanoseconds since 1970.
    pub(super) built: i64,
    /// What it needs; nothing if it has no state.
    pub(super) keys: Vec<KeyPrefix>,
}

/// All workspaces.
#[derive(Default)]
pub(super) struct Workspaces {
    pub(super) live: Vec<Workspace>,
    /// Files of those that are gone.
    pub(super) gone: Vec<PathBuf>,
}

/// Makes a workspace known. Where that cannot be written, its results are kept only by when they were used; so are those of a
/// folder whose name is no text.
pub(super) fn register(folder: &Path, root: &Path) {
    let Some(text) = root.to_str() else { return };
    let name = digest::short_hex(&digest::of(text.as_bytes()));
    let known = folder.join(FOLDER);
    if super::compact::size(&known.join(&name)).is_none() {
        let _ = write_whole(&known, &name, format!("{HEADER}{text}").as_bytes());
    }
}

/// Reads them, and what they need.
#[expect(clippy::disallowed_methods, reason = "the shell looks for workspaces")]
pub(super) fn load(folder: &Path) -> Workspaces {
    let mut workspaces = Workspaces::default();
    let entries = fs::read_dir(folder.join(FOLDER));
    for entry in entries.into_iter().flatten().flatten().take(MAXIMUM) {
        let path = entry.path();
        if path.extension().is_some() {
            // One that is being written.
            continue;
        }
        let root = fs::read_to_string(&path).ok();
        let Some(root) = root.as_deref().and_then(|text| text.strip_prefix(HEADER)) else {
            workspaces.gone.push(path);
            continue;
        };
        match fs::metadata(Path::new(root).join(MANIFEST_FILE)) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                workspaces.gone.push(path);
            }
            _ => workspaces.live.push(workspace(Path::new(root))),
        }
    }
    workspaces
}

#[expect(
    clippy::disallowed_methods,
    reason = "the shell reads the state of a workspace"
)]
fn workspace(root: &Path) -> Workspace {
    let file = super::disk::state_file(root);
    let metadata = fs::metadata(&file)
        .ok()
        .filter(|metadata| metadata.len() <= MAXIMUM_STATE);
    let modified = metadata.and_then(|metadata| metadata.modified().ok());
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let state = since.and_then(|_| fs::read(&file).ok());
    Workspace {
        built: since
            .and_then(|since| i64::try_from(since.as_nanos()).ok())
            .unwrap_or(0),
        keys: state.map(pinned_keys).unwrap_or_default(),
    }
}

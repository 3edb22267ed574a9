//! From a folder to the workspace it belongs to. Looks only upwards, and only at manifests.

use crate::MANIFEST_FILE;
use crate::files::{Files, ManifestFile, Slot};
use crate::path::relative;
use crate::problem::{Problem, Severity};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Where a folder belongs.
#[derive(Debug)]
pub(crate) struct Found {
    /// The folder of the nearest manifest.
    pub(crate) nearest: PathBuf,
    /// The folder of the workspace's manifest: the same, or one above.
    pub(crate) root: PathBuf,
    /// A workspace above that neither includes nor excludes `nearest`, which therefore stands alone.
    pub(crate) passed: Option<Rc<ManifestFile>>,
}

/// The workspace of `folder`; `None` if there is no manifest in it or above it.
///
/// A manifest above the folder that may not be read counts as absent: it is somebody else's. One that is no manifest at all is taken
/// for the workspace's, since it may be the one.
pub(crate) fn workspace_of(files: &mut Files<'_>, folder: &Path) -> Option<Found> {
    let nearest = folder.ancestors().find(|above| match files.manifest(above) {
        Slot::Absent => false,
        Slot::Unreadable => *above == folder,
        Slot::Broken | Slot::Ready(_) => true,
    })?;
    let alone = |passed| {
        Some(Found {
            nearest: nearest.to_path_buf(),
            root: nearest.to_path_buf(),
            passed,
        })
    };
    if matches!(files.manifest(nearest), Slot::Ready(file) if file.manifest.workspace.is_some()) {
        return alone(None);
    }
    let mut passed = None;
    for above in nearest.ancestors().skip(1) {
        let below = || {
            Some(Found {
                nearest: nearest.to_path_buf(),
                root: above.to_path_buf(),
                passed: None,
            })
        };
        let file = match files.manifest(above) {
            Slot::Absent | Slot::Unreadable => continue,
            Slot::Broken => return below(),
            Slot::Ready(file) => file,
        };
        let Some(workspace) = &file.manifest.workspace else {
            continue;
        };
        let path = relative(above, nearest);
        let components: Vec<&str> = path.split('/').collect();
        if workspace.includes(&components) {
            return below();
        }
        if workspace.excludes(&components) {
            return alone(passed);
        }
        passed = passed.or(Some(file));
    }
    alone(passed)
}

/// The warning for a package below a workspace that does not know it.
pub(crate) fn not_a_member(workspace: &ManifestFile, package: &Path) -> Problem {
    let path = relative(&workspace.folder, package);
    let message = format!(
        "`{path}/{MANIFEST_FILE}` lies below this workspace but is not a member, and is built on its own"
    );
    let help = Some(format!("add \"{path}\" to `members` or to `exclude`"));
    Problem {
        severity: Severity::Warning,
        help,
        ..workspace.error(workspace.workspace_header(), message)
    }
}

/// The error for a start folder that the workspace's wildcards match by its path but do not reach.
pub(crate) fn behind_a_link(workspace: &ManifestFile, package: &Path) -> Problem {
    let path = relative(&workspace.folder, package);
    let message = format!("`{path}` lies behind a symbolic link, which wildcards do not follow");
    Problem {
        help: Some(format!("name it in `members`: \"{path}\"")),
        ..workspace.error(workspace.workspace_header(), message)
    }
}

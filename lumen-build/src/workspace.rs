//! From the start folder to the workspace: by the state file if nothing that it depends on changed, else by `lumen-pkg`.

use crate::files::Files;
use crate::options::BuildError;
use crate::outcome::Note;
use crate::package::PackageTable;
use crate::state::{Head, Input, InputKind, NotState, State};
use lumen_pkg::{LOCK_FILE, Loaded, Lock, LockState, MANIFEST_FILE, Severity};
use std::path::{Path, PathBuf};

/// The packages to build, and what that depends on.
pub(crate) struct FoundWorkspace {
    pub(crate) root: PathBuf,
    pub(crate) packages: PackageTable,
    /// Paths to compare next time; empty if manifests must be read again anyway.
    pub(crate) inputs: Vec<OwnedInput>,
    pub(crate) notes: Vec<Note>,
    /// Manifests and what is wrong with them.
    pub(crate) loaded: Option<Loaded>,
}

/// An [`Input`] that owns its path.
pub(crate) struct OwnedInput {
    path: String,
    kind: InputKind,
    stat: crate::files::Stat,
    settled: bool,
}

impl OwnedInput {
    pub(crate) fn of(input: &Input<'_>) -> OwnedInput {
        OwnedInput {
            path: input.path.to_owned(),
            kind: input.kind,
            stat: input.stat,
            settled: input.settled,
        }
    }

    pub(crate) fn borrow(&self) -> Input<'_> {
        Input {
            path: &self.path,
            kind: self.kind,
            stat: self.stat,
            settled: self.settled,
        }
    }
}

/// The nearest state file in `start` or above it, and the folder that it is the state of. Whether that is the workspace of `start`, and
/// still as it was, is another question ([`is_fresh`]).
pub(crate) fn nearest_state(files: &dyn Files, start: &Path) -> Option<(PathBuf, Result<State, NotState>)> {
    start
        .ancestors()
        .find_map(|root| Some((root.to_owned(), State::parse(files.load_state(root)?))))
}

/// Whether the package graph is what it was: `start` leads to this workspace, and every manifest is as it was.
pub(crate) fn is_fresh(files: &dyn Files, start: &Path, root: &Path, head: &Head<'_>) -> bool {
    let nearest = start
        .ancestors()
        .find(|folder| *folder == root || files.stat(&folder.join(MANIFEST_FILE)).is_some());
    let is_member = |folder: &Path| {
        folder == root
            || head
                .packages
                .packages
                .iter()
                .any(|package| package.member && root.join(&package.root) == folder)
    };
    let same = |input: &Input<'_>| match (input.kind, files.stat(Path::new(input.path))) {
        (InputKind::Present, Some(stat)) => input.settled && stat == input.stat,
        (InputKind::Absent, None) => true,
        _ => false,
    };
    Path::new(head.root) == root
        && nearest.is_some_and(is_member)
        && !head.inputs.is_empty()
        && head.inputs.iter().all(same)
}

/// Reads the manifests, and brings the lock up to date. Nothing if there is no manifest.
///
/// # Errors
/// If a manifest or the lock is wrong.
pub(crate) fn load(files: &dyn Files, start: &Path) -> Result<Option<FoundWorkspace>, BuildError> {
    let looked_at = files.now();
    let loaded = lumen_pkg::load(files.manifests(), start);
    let Some(workspace) = loaded.workspace.clone() else {
        return match loaded.root {
            None => Ok(None),
            Some(_) => Err(BuildError::Manifest(Box::new(loaded))),
        };
    };
    let mut notes = Vec::new();
    update_lock(files, &workspace, &mut notes)?;
    let quiet = !loaded
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Warning);
    let inputs = match quiet && notes.is_empty() {
        true => inputs(files, &loaded, &workspace.root, looked_at),
        false => Vec::new(),
    };
    let packages = PackageTable::of(&workspace);
    Ok(Some(FoundWorkspace {
        root: workspace.root,
        packages,
        inputs,
        notes,
        loaded: Some(loaded),
    }))
}

fn update_lock(
    files: &dyn Files,
    workspace: &lumen_pkg::Workspace,
    notes: &mut Vec<Note>,
) -> Result<(), BuildError> {
    let on_disk = match files.load_lock(&workspace.root) {
        Ok(on_disk) => on_disk,
        Err(reason) => {
            notes.push(Note::new(format!("`{LOCK_FILE}` cannot be read: {reason}")));
            return Ok(());
        }
    };
    match LockState::of(workspace, on_disk.as_deref()) {
        LockState::UpToDate => Ok(()),
        LockState::Missing | LockState::Stale => {
            if let Err(reason) = files.save_lock(&workspace.root, &Lock::of(workspace).render()) {
                notes.push(Note::new(format!("`{LOCK_FILE}` cannot be written: {reason}")));
            }
            Ok(())
        }
        LockState::Broken(problems) => Err(BuildError::Lock(problems)),
    }
}

fn inputs(files: &dyn Files, loaded: &Loaded, root: &Path, looked_at: i64) -> Vec<OwnedInput> {
    let lock = root.join(LOCK_FILE);
    let paths = loaded
        .inputs
        .files
        .iter()
        .chain(&loaded.inputs.folders)
        .chain(&loaded.inputs.absent)
        .chain([&lock]);
    let input = |path: &PathBuf| {
        let stat = files.stat(path);
        Some(OwnedInput {
            path: path.to_str()?.to_owned(),
            kind: match stat {
                Some(_) => InputKind::Present,
                None => InputKind::Absent,
            },
            settled: stat.is_none_or(|stat| stat.is_settled(looked_at)),
            stat: stat.unwrap_or_default(),
        })
    };
    // A path that is not UTF-8 cannot be noted, so the manifests are read every time.
    paths.map(input).collect::<Option<_>>().unwrap_or_default()
}

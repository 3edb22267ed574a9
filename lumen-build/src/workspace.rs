//! From the start folder to the workspace: by the state file if nothing that it depends on changed, else by `lumen-pkg`.

use crate::build::Keep;
use crate::files::Files;
use crate::options::BuildError;
use crate::outcome::Note;
use crate::package::PackageTable;
use crate::state::{Head, Input, InputKind, NotState, State};
use crate::surroundings::{Closed, Surroundings};
use lumen_pkg::sync::{KeptProofs, Request, Sources, SyncError, Synced, sync};
use lumen_pkg::{LOCK_FILE, Loaded, Lock, LockState, MANIFEST_FILE, Proofs, Severity, Workspace};
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
    /// The lock, if it was written.
    pub(crate) written_lock: Option<String>,
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

/// Reads the manifests, completes the package graph, and brings the lock up to date if it is to be kept. Nothing if there is no
/// manifest.
///
/// # Errors
/// If a manifest or the lock is wrong, or a package cannot be had.
pub(crate) fn load(
    files: &dyn Files,
    surroundings: &dyn Surroundings,
    start: &Path,
    request: &Request,
    keep: Keep,
) -> Result<Option<FoundWorkspace>, BuildError> {
    let looked_at = files.now();
    let Some(whole) = complete(files, surroundings, start, request)? else {
        return Ok(None);
    };
    let Whole { loaded, synced, lock } = whole;
    let mut notes: Vec<Note> = synced.notes.iter().cloned().map(Note::new).collect();
    notes.extend(lock.note());
    let is_written = match keep {
        Keep::Lock => lock.write(files, &synced, request),
        Keep::Nothing => Ok(false),
    };
    let written_lock = (is_written == Ok(true)).then(|| synced.lock.render());
    notes.extend(
        is_written
            .err()
            .map(|reason| Note::new(cannot_be_written(&reason))),
    );
    let quiet = !loaded
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Warning);
    let inputs = match quiet && notes.is_empty() {
        true => inputs(files, surroundings, &loaded, &synced.workspace, looked_at),
        false => Vec::new(),
    };
    let packages = PackageTable::of(&synced.workspace);
    Ok(Some(FoundWorkspace {
        root: synced.workspace.root,
        packages,
        inputs,
        notes,
        loaded: Some(loaded),
        written_lock,
    }))
}

/// A workspace with its whole package graph.
pub(crate) struct Whole {
    pub(crate) loaded: Loaded,
    pub(crate) synced: Synced,
    pub(crate) lock: LockOnDisk,
}

/// The lock as it was found.
pub(crate) struct LockOnDisk {
    text: Result<Option<String>, String>,
    /// What lies beside it.
    proofs: Result<Option<String>, String>,
}

/// Reads the manifests and the lock, and completes the package graph. Fetches what is missing, writes no lock. Nothing if there
/// is no manifest.
///
/// # Errors
/// As [`load`].
pub(crate) fn complete(
    files: &dyn Files,
    surroundings: &dyn Surroundings,
    start: &Path,
    request: &Request,
) -> Result<Option<Whole>, BuildError> {
    let loaded = lumen_pkg::load(files.manifests(), start);
    let Some(workspace) = &loaded.workspace else {
        return match loaded.root {
            None => Ok(None),
            Some(_) => Err(BuildError::Manifest(Box::new(loaded))),
        };
    };
    let lock = LockOnDisk {
        text: files.load_lock(&workspace.root),
        proofs: files.load_proofs(&workspace.root),
    };
    if let (Err(reason), false) = (&lock.text, loaded.outside.is_empty()) {
        return Err(BuildError::LockNotRead(reason.clone()));
    }
    let parsed = lock.parse(&workspace.root)?;
    let proofs = lock.parse_proofs();
    let kept = match &proofs {
        Ok(None) => KeptProofs::Absent,
        Ok(Some(proofs)) => KeptProofs::Whole(proofs),
        Err(reason) => KeptProofs::Damaged(reason),
    };
    let known = (parsed.as_ref(), kept);
    let synced = sync_all(files, surroundings, &loaded, workspace, known, request)?;
    Ok(Some(Whole { loaded, synced, lock }))
}

fn sync_all(
    files: &dyn Files,
    surroundings: &dyn Surroundings,
    loaded: &Loaded,
    workspace: &Workspace,
    (lock, proofs): (Option<&Lock>, KeptProofs<'_>),
    request: &Request,
) -> Result<Synced, BuildError> {
    let request = Request {
        now: u64::try_from(files.now() / 1_000_000_000).unwrap_or_default(),
        ..request.clone()
    };
    let outside = &loaded.outside;
    let user = match outside.is_empty() {
        true => None,
        false => Some(surroundings.configuration().map_err(BuildError::Configuration)?),
    };
    let registries = outside.registries(&workspace.root, user.as_ref());
    let opened = match outside.is_empty() && outside.patches.is_empty() {
        true => None,
        false => {
            let opened = surroundings.packages(workspace, &registries);
            Some(opened.map_err(|error| BuildError::Packages(SyncError::Fetch(error)))?)
        }
    };
    let sources = Sources {
        registries: &registries,
        packages: opened.as_deref().unwrap_or(&Closed),
        repositories: surroundings.repositories(),
        manifests: files.manifests(),
        proofs,
    };
    sync(loaded, lock, &sources, &request).map_err(|error| match error {
        SyncError::Manifests(problems) => BuildError::Manifest(Box::new(loaded.with_problems(problems))),
        error => BuildError::Packages(error),
    })
}

impl LockOnDisk {
    fn parse(&self, root: &Path) -> Result<Option<Lock>, BuildError> {
        let text = self.text.as_ref().ok().and_then(Option::as_ref);
        text.map(|text| Lock::parse(&root.join(LOCK_FILE), text))
            .transpose()
            .map_err(BuildError::Lock)
    }

    /// # Errors
    /// If they are damaged: why.
    fn parse_proofs(&self) -> Result<Option<Proofs>, String> {
        let text = self.proofs.as_ref().map_err(Clone::clone)?;
        let parsed = text.as_deref().map(Proofs::parse).transpose();
        parsed.map_err(|error| error.to_string())
    }

    fn note(&self) -> Option<Note> {
        let reason = self.text.as_ref().err()?;
        Some(Note::new(format!("`{LOCK_FILE}` cannot be read: {reason}")))
    }

    /// Replaces the lock, if it says something else. A lock that cannot be read is left alone. Whether it was replaced.
    ///
    /// # Errors
    /// If it cannot be written, in words.
    pub(crate) fn write(
        &self,
        files: &dyn Files,
        synced: &Synced,
        request: &Request,
    ) -> Result<bool, String> {
        let Ok(text) = &self.text else { return Ok(false) };
        let root = &synced.workspace.root;
        if !request.locked {
            self.write_proofs(files, synced)?;
        }
        match LockState::compare(root, &synced.lock, text.as_deref()) {
            LockState::Missing | LockState::Stale if !request.locked => {
                files.save_lock(root, &synced.lock.render()).map(|()| true)
            }
            _ => Ok(false),
        }
    }
}

impl LockOnDisk {
    /// Before the lock: proofs of what the lock does not have yet do no harm if the command is killed in between, and are replaced by the next one.
    fn write_proofs(&self, files: &dyn Files, synced: &Synced) -> Result<(), String> {
        let text = (synced.proofs != Proofs::default()).then(|| synced.proofs.render());
        match self.proofs.as_ref() == Ok(&text) {
            true => Ok(()),
            false => files.save_proofs(&synced.workspace.root, text.as_deref()),
        }
    }
}

fn cannot_be_written(reason: &str) -> String {
    format!("`{LOCK_FILE}` cannot be written: {reason}")
}

fn inputs(
    files: &dyn Files,
    surroundings: &dyn Surroundings,
    loaded: &Loaded,
    workspace: &Workspace,
    looked_at: i64,
) -> Vec<OwnedInput> {
    let lock = workspace.root.join(LOCK_FILE);
    let configuration = surroundings
        .configuration_file()
        .filter(|_| !loaded.outside.is_empty());
    // That its manifest is there stands for all files of a folder that never changes.
    let fixed = workspace
        .packages
        .iter()
        .filter(|package| package.content().is_some());
    let mut fixed: Vec<&PathBuf> = fixed.map(|package| &package.manifest_path).collect();
    fixed.sort();
    let paths = loaded
        .inputs
        .files
        .iter()
        .chain(&loaded.inputs.folders)
        .chain(&loaded.inputs.absent)
        .chain([&lock])
        .chain(&configuration)
        .chain(fixed.iter().copied());
    let is_fixed = |path: &PathBuf| fixed.binary_search(&path).is_ok();
    let input = |path: &PathBuf| {
        let stat = files.stat(path);
        Some(OwnedInput {
            path: path.to_str()?.to_owned(),
            kind: match stat {
                Some(_) => InputKind::Present,
                None => InputKind::Absent,
            },
            settled: is_fixed(path) || stat.is_none_or(|stat| stat.is_settled(looked_at)),
            stat: stat.unwrap_or_default(),
        })
    };
    // A path that is not UTF-8 cannot be noted, so the manifests are read every time.
    paths.map(input).collect::<Option<_>>().unwrap_or_default()
}

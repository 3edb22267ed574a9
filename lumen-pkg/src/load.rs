//! `load`: from a start folder to the package graph, or to everything that is wrong with it.

use crate::discover::{self, Found};
use crate::expand;
use crate::files::{Files, Slot};
use crate::graph::Workspace;
use crate::members::{self, Connected};
use crate::outside::Outside;
use crate::path::normalise;
use crate::problem::{Problem, Severity};
use crate::source::ManifestSource;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Finds the manifest nearest to `start` (a folder; absolute, or the search ends at its first component), the workspace
/// that it belongs to, and all packages of that workspace and those that they reach by path.
///
/// Each manifest is read once. Nothing is written.
pub fn load(source: &dyn ManifestSource, start: &Path) -> Loaded {
    load_as(source, start, Role::Root)
}

/// The same for a workspace that is not the one that is built: its `[patch]` does not count.
pub(crate) fn load_dependency(source: &dyn ManifestSource, start: &Path) -> Loaded {
    load_as(source, start, Role::Dependency)
}

/// Whose workspace is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one that is built.
    Root,
    /// One that packages are taken from.
    Dependency,
}

fn load_as(source: &dyn ManifestSource, start: &Path, role: Role) -> Loaded {
    let mut files = Files::new(source);
    let start = normalise(start);
    let Some(found) = discover::workspace_of(&mut files, &start) else {
        let inputs = files.inputs();
        return Loaded {
            workspace: None,
            outside: Outside::default(),
            root: None,
            problems: Vec::new(),
            inputs,
            texts: BTreeMap::new(),
        };
    };
    let mut report = Report::default();
    let connected = load_workspace(&mut files, &mut report, &found, role);
    let failed = report.has_errors();
    let problems = report.into_sorted();
    let inputs = files.inputs();
    let mut texts = files.into_texts();
    let shown = |file: &Path, outside: &Outside| {
        problems.iter().any(|problem| problem.mentions(file))
            || outside.wants.iter().any(|want| want.location.file == file)
    };
    let (workspace, outside) = match connected.filter(|_| !failed) {
        Some(Connected { workspace, outside }) => (Some(workspace), outside),
        None => (None, Outside::default()),
    };
    texts.retain(|file, _| shown(file, &outside));
    Loaded {
        workspace,
        outside,
        root: Some(found.root),
        problems,
        inputs,
        texts,
    }
}

/// What `load` found.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The packages of this disk and how they depend on each other; present exactly if there is a manifest and no problem is an error. It is
    /// the whole graph if nothing comes from elsewhere ([`Outside::is_empty`]), else [`crate::sync`] completes it.
    pub workspace: Option<Workspace>,
    /// What these packages need from registries and git repositories, and what the root says about that.
    pub outside: Outside,
    /// The folder of the workspace's manifest; `None` if there is no `lumen.toml` in the start folder or above it.
    pub root: Option<PathBuf>,
    /// Everything wrong, ordered by file, line and column. None is caused by another.
    pub problems: Vec<Problem>,
    /// What the answer depends on.
    pub inputs: Inputs,
    texts: BTreeMap<PathBuf, Arc<str>>,
}

impl Loaded {
    /// The same with other problems, of the same manifests: those that showed when the graph was completed.
    pub fn with_problems(&self, problems: Vec<Problem>) -> Self {
        Self {
            problems,
            ..self.clone()
        }
    }

    /// The text of a manifest that a problem mentions, for showing the lines. `None` if the file is not text.
    pub fn source_text(&self, file: &Path) -> Option<&str> {
        self.texts.get(file).map(AsRef::as_ref)
    }
}

/// Every path that was looked at. As long as the files have the same content, the folders the same subfolders, and the absent
/// paths are still absent, `load` returns the same. Each list is sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inputs {
    /// Manifests that exist, readable or not.
    pub files: Vec<PathBuf>,
    /// Folders that were listed to expand wildcards.
    pub folders: Vec<PathBuf>,
    /// Manifests and folders that were looked for and are not there.
    pub absent: Vec<PathBuf>,
}

/// Collects problems, at most `MAXIMUM_PROBLEMS`.
#[derive(Debug, Default)]
pub(crate) struct Report {
    problems: Vec<Problem>,
    dropped: usize,
}

/// Nobody reads more, and the place of each costs a pass over its file.
const MAXIMUM_PROBLEMS: usize = 200;

impl Report {
    /// Adds a problem, which is only made if there is still room for it.
    pub(crate) fn add(&mut self, problem: impl FnOnce() -> Problem) {
        match self.problems.len() < MAXIMUM_PROBLEMS {
            true => self.problems.push(problem()),
            false => self.dropped += 1,
        }
    }

    /// Adds the problems of a folder's own manifest, the first time.
    pub(crate) fn adopt(&mut self, files: &mut Files<'_>, folder: &Path) {
        files
            .take_problems(folder)
            .into_iter()
            .for_each(|problem| self.add(|| problem));
    }

    fn has_errors(&self) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    /// Equal problems can come from several packages that inherit the same entry; one is enough.
    fn into_sorted(mut self) -> Vec<Problem> {
        self.problems
            .sort_by(|left, right| (&left.location, &left.message).cmp(&(&right.location, &right.message)));
        self.problems.dedup();
        if let (Some(last), true) = (self.problems.last(), self.dropped > 0) {
            let message = format!("{} more problems are not shown", self.dropped);
            self.problems.push(Problem {
                severity: Severity::Error,
                code: None,
                message,
                labels: Vec::new(),
                help: None,
                ..last.clone()
            });
        }
        self.problems
    }
}

fn load_workspace(
    files: &mut Files<'_>,
    report: &mut Report,
    found: &Found,
    role: Role,
) -> Option<Connected> {
    report.adopt(files, &found.nearest);
    report.adopt(files, &found.root);
    if let Some(passed) = &found.passed {
        report.add(|| discover::not_a_member(passed, &found.nearest));
    }
    let Slot::Ready(root) = files.manifest(&found.root) else {
        return None;
    };
    let folders = expand::members(files, report, &root);
    if !folders.contains(&found.nearest) && found.nearest != root.folder && !report.has_errors() {
        report.add(|| discover::behind_a_link(&root, &found.nearest));
    }
    members::connect(files, report, &root, &folders, (&found.nearest, role))
}

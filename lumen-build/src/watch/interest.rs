//! What a build depends on: folders with their subfolders, and single paths.

use crate::files::document_stem;
use crate::options::Scope;
use lumen_compiler::document::Form;
use lumen_pkg::{LOCK_FILE, Loaded, MANIFEST_FILE, ManifestSource};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// What in a folder matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Documents, and manifests, which take a folder out of the package; subfolders too.
    Sources,
    /// Snapshots of tests; subfolders too.
    Snapshots,
    /// Examples that tests have failed on, which the tests write themselves; subfolders too.
    Regressions,
    /// Which subfolders there are: one of them may be a package.
    Packages,
}

impl Kind {
    /// Whether a file matters, by its name.
    pub(crate) fn has_file(self, name: &OsStr) -> bool {
        let bytes = name.as_encoded_bytes();
        match self {
            Kind::Sources => {
                let is_document = |form: &Form| bytes.ends_with(form.suffix().as_bytes());
                let hidden = bytes.starts_with(b".");
                name == MANIFEST_FILE || (!hidden && Form::ALL.iter().any(is_document))
            }
            Kind::Snapshots => bytes.ends_with(b".snap"),
            Kind::Regressions => bytes.ends_with(b".json"),
            Kind::Packages => false,
        }
    }

    /// Whether a subfolder matters, by its name.
    pub(crate) fn has_folder(self, name: &OsStr) -> bool {
        let hidden = name.as_encoded_bytes().starts_with(b".");
        !hidden && (self != Kind::Sources || name != "target")
    }

    /// Whether what is in subfolders matters too.
    pub(crate) fn is_deep(self) -> bool {
        self != Kind::Packages
    }
}

/// What to watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Interest {
    /// Folders and what of them matters.
    pub(crate) trees: BTreeMap<PathBuf, Kind>,
    /// Files, whether they are there or not: manifests, the lock, a document.
    pub(crate) points: BTreeSet<PathBuf>,
}

/// What a watch is about.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The folder to start from. Absolute.
    pub(crate) start: PathBuf,
    /// What is built.
    pub(crate) scope: Scope,
    /// Whether what only tests read matters too.
    pub(crate) tests: bool,
    /// The file of the user's configuration.
    pub(crate) configuration: Option<PathBuf>,
}

/// A path without `.` and `..`. Lexical: symbolic links are not followed.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(whole.pop()),
            other => whole.push(other),
        }
    }
    whole
}

impl Interest {
    /// What matters now, as the manifests say. Of what mattered `before`, documents stay while the manifests are wrong, and
    /// everything while there is no workspace: what is gone may come back.
    pub(crate) fn of(manifests: &dyn ManifestSource, subject: &Subject, before: &Interest) -> Interest {
        let start = match &subject.scope {
            Scope::Document(path) => path.parent().unwrap_or(path),
            Scope::Workspace | Scope::Package(_) => &subject.start,
        };
        let loaded = lumen_pkg::load(manifests, start);
        let mut interest = match &loaded.root {
            Some(root) => Interest::in_workspace(&loaded, root, subject),
            None => before.clone(),
        };
        if loaded.workspace.is_none() {
            interest.trees.extend(before.trees.clone());
        }
        if let Scope::Document(path) = &subject.scope {
            interest.points.insert(path.clone());
            if subject.tests {
                interest.add_tests_of_document(path);
            }
        }
        interest
    }

    fn in_workspace(loaded: &Loaded, root: &Path, subject: &Subject) -> Interest {
        let mut interest = Interest::default();
        let inputs = &loaded.inputs;
        // A manifest that appears above the workspace would make it part of another one. Nobody does that while watching, and the
        // folders up there are busy.
        let absent = inputs.absent.iter().filter(|path| path.starts_with(root));
        interest.points.extend(inputs.files.iter().chain(absent).cloned());
        interest.points.insert(root.join(LOCK_FILE));
        if !loaded.outside.is_empty() {
            interest.points.extend(subject.configuration.clone());
        }
        let globbed = inputs
            .folders
            .iter()
            .cloned()
            .map(|folder| (folder, Kind::Packages));
        interest.trees.extend(globbed);
        for package in loaded.workspace.iter().flat_map(|workspace| &workspace.packages) {
            if package.content().is_none() {
                interest.trees.insert(package.root.join("src"), Kind::Sources);
            }
            if subject.tests && package.is_member() {
                let tests = package.root.join("tests");
                interest.trees.insert(tests.join("snapshots"), Kind::Snapshots);
                interest
                    .trees
                    .insert(tests.join("regressions"), Kind::Regressions);
            }
        }
        interest
    }

    fn add_tests_of_document(&mut self, path: &Path) {
        let Some(stem) = path.file_name().and_then(OsStr::to_str).and_then(document_stem) else {
            return;
        };
        for (ending, kind) in [("snapshots", Kind::Snapshots), ("regressions", Kind::Regressions)] {
            self.trees
                .insert(path.with_file_name(format!("{stem}.{ending}")), kind);
        }
    }
}

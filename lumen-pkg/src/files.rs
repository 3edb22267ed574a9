//! Reads every manifest and lists every folder at most once, and remembers what was looked at for the build's stat cache.
//!
//! Decides nothing about workspaces; `discover`, `expand` and `members` ask it for folders.

use crate::load::Inputs;
use crate::manifest::{self, Manifest};
use crate::position::{Region, Span};
use crate::problem::{Location, Problem, Severity};
use crate::source::{EntryKind, ManifestSource, ReadError};
use crate::{MANIFEST_FILE, MAXIMUM_MANIFEST_BYTES};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// A manifest that is TOML.
#[derive(Debug)]
pub(crate) struct ManifestFile {
    /// The folder it lies in.
    pub(crate) folder: PathBuf,
    /// The file itself.
    pub(crate) path: PathBuf,
    pub(crate) text: Arc<str>,
    pub(crate) manifest: Manifest,
}

impl ManifestFile {
    pub(crate) fn location(&self, span: Span) -> Location {
        Location {
            file: self.path.clone(),
            region: Some(Region::of(&self.text, span)),
        }
    }

    /// Where the section `workspace` begins; the start of the file if there is none.
    pub(crate) fn workspace_header(&self) -> Span {
        let section = self.manifest.workspace.as_ref();
        section.map(|section| section.header).unwrap_or_default()
    }

    /// An error at a place of this file, to be completed with labels and help.
    pub(crate) fn error(&self, span: Span, message: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Error,
            code: None,
            message: message.into(),
            location: self.location(span),
            labels: Vec::new(),
            help: None,
        }
    }
}

/// What a folder has by way of a manifest.
#[derive(Debug, Clone)]
pub(crate) enum Slot {
    /// No `lumen.toml`.
    Absent,
    /// It cannot be opened; there is a problem that says so.
    Unreadable,
    /// It is no manifest at all; there is a problem that says so.
    Broken,
    /// TOML, perhaps with problems.
    Ready(Rc<ManifestFile>),
}

/// The subfolders of a folder, symbolic links not included.
#[derive(Debug, Default)]
pub(crate) struct Subfolders {
    /// Sorted.
    pub(crate) names: Vec<String>,
    /// How many more there are whose names are not UTF-8.
    pub(crate) unnameable: usize,
}

/// The files of one `load`.
pub(crate) struct Files<'s> {
    source: &'s dyn ManifestSource,
    slots: BTreeMap<PathBuf, (Slot, Vec<Problem>)>,
    listings: BTreeMap<PathBuf, Result<Rc<Subfolders>, ReadError>>,
    texts: BTreeMap<PathBuf, Arc<str>>,
}

impl<'s> Files<'s> {
    pub(crate) fn new(source: &'s dyn ManifestSource) -> Self {
        Self {
            source,
            slots: BTreeMap::new(),
            listings: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    /// The manifest of a folder, read and parsed the first time it is asked for.
    pub(crate) fn manifest(&mut self, folder: &Path) -> Slot {
        if let Some((slot, _)) = self.slots.get(folder) {
            return slot.clone();
        }
        let (slot, problems) = self.read(folder);
        self.slots.insert(folder.to_path_buf(), (slot.clone(), problems));
        slot
    }

    /// Hands out the problems of a folder's manifest, once. Not called for a manifest that turns out not to matter.
    pub(crate) fn take_problems(&mut self, folder: &Path) -> Vec<Problem> {
        self.slots
            .get_mut(folder)
            .map(|(_, problems)| std::mem::take(problems))
            .unwrap_or_default()
    }

    /// The subfolders of a folder, listed the first time they are asked for.
    pub(crate) fn subfolders(&mut self, folder: &Path) -> Result<Rc<Subfolders>, ReadError> {
        let source = self.source;
        self.listings
            .entry(folder.to_path_buf())
            .or_insert_with(|| subfolders(source, folder))
            .clone()
    }

    /// Everything that was looked at.
    pub(crate) fn inputs(&self) -> Inputs {
        let mut inputs = Inputs::default();
        for (folder, (slot, _)) in &self.slots {
            match slot {
                Slot::Absent => inputs.absent.push(folder.join(MANIFEST_FILE)),
                Slot::Unreadable | Slot::Broken | Slot::Ready(_) => {
                    inputs.files.push(folder.join(MANIFEST_FILE))
                }
            }
        }
        for (folder, listing) in &self.listings {
            match listing {
                Err(ReadError::Absent) => inputs.absent.push(folder.clone()),
                _ => inputs.folders.push(folder.clone()),
            }
        }
        inputs
    }

    /// The texts of all manifests that were read.
    pub(crate) fn into_texts(self) -> BTreeMap<PathBuf, Arc<str>> {
        self.texts
    }

    fn read(&mut self, folder: &Path) -> (Slot, Vec<Problem>) {
        let path = folder.join(MANIFEST_FILE);
        let bytes = match self.source.read(&path, MAXIMUM_MANIFEST_BYTES) {
            Ok(bytes) => bytes,
            Err(ReadError::Absent) => return (Slot::Absent, Vec::new()),
            Err(error) => {
                let slot = match error {
                    ReadError::Unreadable(_) => Slot::Unreadable,
                    _ => Slot::Broken,
                };
                return (
                    slot,
                    vec![whole_file(
                        path,
                        None,
                        format!("cannot read `{MANIFEST_FILE}`: {error}"),
                    )],
                );
            }
        };
        let text: Arc<str> = match std::str::from_utf8(&bytes) {
            Ok(text) => Arc::from(text.strip_prefix('\u{feff}').unwrap_or(text)),
            Err(error) => {
                let valid = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
                let region = Region::of(&valid, (valid.len()..valid.len()).into());
                return (
                    Slot::Broken,
                    vec![whole_file(
                        path,
                        Some(region),
                        "the file is not valid UTF-8".to_owned(),
                    )],
                );
            }
        };
        self.texts.insert(path.clone(), Arc::clone(&text));
        let (manifest, findings) = manifest::parse(&text);
        let problems = findings
            .into_iter()
            .map(|finding| finding.locate(&path, &text))
            .collect();
        match manifest {
            None => (Slot::Broken, problems),
            Some(manifest) => (
                Slot::Ready(Rc::new(ManifestFile {
                    folder: folder.to_path_buf(),
                    path,
                    text,
                    manifest,
                })),
                problems,
            ),
        }
    }
}

fn subfolders(source: &dyn ManifestSource, folder: &Path) -> Result<Rc<Subfolders>, ReadError> {
    let mut found = Subfolders::default();
    for entry in source
        .list(folder)?
        .into_iter()
        .filter(|entry| entry.kind == EntryKind::Folder)
    {
        match entry.name.into_string() {
            Ok(name) => found.names.push(name),
            Err(_) => found.unnameable += 1,
        }
    }
    found.names.sort();
    Ok(Rc::new(found))
}

fn whole_file(file: PathBuf, region: Option<Region>, message: String) -> Problem {
    let location = Location { file, region };
    Problem {
        severity: Severity::Error,
        code: None,
        message,
        location,
        labels: Vec::new(),
        help: None,
    }
}

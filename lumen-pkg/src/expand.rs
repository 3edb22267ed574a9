//! `[workspace] members`: patterns to folders that have a manifest.
//!
//! Wildcards enter folders only, never symbolic links, so the walk ends and gives the same result everywhere; a folder behind
//! a link can be named as it is. Folders without a manifest are passed over by wildcards and are errors when named.

use crate::MANIFEST_FILE;
use crate::files::{Files, ManifestFile, Slot};
use crate::glob::Component;
use crate::load::Report;
use crate::manifest::{MemberPattern, WorkspaceSection};
use crate::problem::{Problem, Severity};
use crate::source::ReadError;
use crate::suggest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A pattern that reaches more folders is refused.
const MAXIMUM_FOLDERS: usize = 100_000;

/// The folders of all members, sorted: the root's if it has a package, and those that patterns give. In a manifest without `[workspace]`
/// that is its own folder. What is wrong with patterns goes to `report`.
pub(crate) fn members(files: &mut Files<'_>, report: &mut Report, root: &ManifestFile) -> Vec<PathBuf> {
    let mut folders = BTreeSet::new();
    let Some(workspace) = &root.manifest.workspace else {
        return vec![root.folder.clone()];
    };
    if root.manifest.package.is_some() {
        folders.insert(root.folder.clone());
    }
    for member in &workspace.members {
        match member.pattern.literal() {
            Some(path) => folders.extend(named(files, report, root, member, &path)),
            None => folders.extend(Walk::new(files, report, root, workspace, member).run()),
        }
    }
    if workspace.members.is_empty() && workspace.complete && root.manifest.package.is_none() {
        report.add(|| Problem {
            help: Some("list their folders: `members = [\"packages/*\"]`".to_owned()),
            ..root.error(workspace.header, "the workspace has no members")
        });
    }
    folders.into_iter().collect()
}

/// A folder named without wildcards.
fn named(
    files: &mut Files<'_>,
    report: &mut Report,
    root: &ManifestFile,
    member: &MemberPattern,
    path: &str,
) -> Option<PathBuf> {
    let components: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if root
        .manifest
        .workspace
        .as_ref()
        .is_some_and(|workspace| workspace.excludes(&components))
    {
        return None;
    }
    let folder = match path {
        "" => root.folder.clone(),
        _ => root.folder.join(path),
    };
    match files.manifest(&folder) {
        Slot::Absent => {
            let near = near_folder(files, &folder);
            report.add(|| Problem {
                help: Some(match near {
                    Some(name) => format!("did you mean `{}`?", sibling(path, &name)),
                    None => "create the package or take it out of `members`".to_owned(),
                }),
                ..root.error(
                    member.span,
                    format!(
                        "unknown member `{}`: there is no `{path}/{MANIFEST_FILE}`",
                        member.text
                    ),
                )
            });
            None
        }
        Slot::Ready(_) if path.is_empty() && root.manifest.package.is_none() => {
            report.add(|| {
                root.error(
                    member.span,
                    format!(
                        "unknown member `{}`: this manifest has no `[package]`",
                        member.text
                    ),
                )
            });
            None
        }
        Slot::Unreadable | Slot::Broken | Slot::Ready(_) => Some(folder),
    }
}

/// A folder with a manifest beside `folder` whose name is nearly the same.
fn near_folder(files: &mut Files<'_>, folder: &Path) -> Option<String> {
    let parent = folder.parent()?;
    let name = folder.file_name()?.to_str()?;
    let siblings = files.subfolders(parent).ok()?;
    let near = suggest::nearest(
        name,
        siblings
            .names
            .iter()
            .map(String::as_str)
            .filter(|sibling| *sibling != name),
    )?;
    match files.manifest(&parent.join(near)) {
        Slot::Absent => None,
        _ => Some(near.to_owned()),
    }
}

fn sibling(path: &str, name: &str) -> String {
    match path.rsplit_once('/') {
        Some((parent, _)) => format!("{parent}/{name}"),
        None => name.to_owned(),
    }
}

/// The walk for one pattern with wildcards.
struct Walk<'w, 's> {
    files: &'w mut Files<'s>,
    report: &'w mut Report,
    root: &'w ManifestFile,
    workspace: &'w WorkspaceSection,
    member: &'w MemberPattern,
    /// Folders below the root (components of their paths) and how many components of the pattern have led there.
    pending: Vec<(Vec<String>, usize)>,
    seen: BTreeSet<(Vec<String>, usize)>,
    /// Whether every folder could be listed.
    complete: bool,
}

impl<'w, 's> Walk<'w, 's> {
    fn new(
        files: &'w mut Files<'s>,
        report: &'w mut Report,
        root: &'w ManifestFile,
        workspace: &'w WorkspaceSection,
        member: &'w MemberPattern,
    ) -> Self {
        let start = (Vec::new(), 0);
        Self {
            files,
            report,
            root,
            workspace,
            member,
            pending: vec![start.clone()],
            seen: BTreeSet::from([start]),
            complete: true,
        }
    }

    fn run(mut self) -> Vec<PathBuf> {
        let components = self.member.pattern.components();
        let mut matched = BTreeSet::new();
        while let Some((path, done)) = self.pending.pop() {
            match components.get(done) {
                None => drop(matched.insert(path)),
                Some(Component::Literal(name)) => self.enter(&path, name, done + 1),
                Some(wildcard @ Component::Wildcard(_)) => self.enter_matching(&path, wildcard, done + 1),
                Some(any @ Component::AnyDepth) => {
                    self.push(path.clone(), done + 1);
                    self.enter_matching(&path, any, done);
                }
            }
            if self.seen.len() > MAXIMUM_FOLDERS {
                let message = format!(
                    "`{}` reaches more than {MAXIMUM_FOLDERS} folders",
                    self.member.text
                );
                self.report.add(|| self.root.error(self.member.span, message));
                return Vec::new();
            }
        }
        let folders: Vec<PathBuf> = matched.iter().map(|path| self.folder(path)).collect();
        let with_manifest = |folder: &PathBuf| !matches!(self.files.manifest(folder), Slot::Absent);
        let mut packages: Vec<PathBuf> = folders.into_iter().filter(with_manifest).collect();
        packages.retain(|folder| *folder != self.root.folder || self.root.manifest.package.is_some());
        if packages.is_empty() && self.complete {
            let message = format!(
                "`{}` matches no folder with a `{MANIFEST_FILE}`",
                self.member.text
            );
            self.report.add(|| self.root.error(self.member.span, message));
        }
        packages
    }

    fn enter_matching(&mut self, path: &[String], component: &Component, done: usize) {
        let folder = self.folder(path);
        let listing = match self.files.subfolders(&folder) {
            Ok(listing) => listing,
            Err(ReadError::Absent | ReadError::WrongKind { .. }) => return,
            Err(error) => {
                let message = format!(
                    "cannot expand `{}`: listing `{}` failed: {error}",
                    self.member.text,
                    shown(path)
                );
                self.report.add(|| self.root.error(self.member.span, message));
                self.complete = false;
                return;
            }
        };
        if listing.unnameable > 0 {
            let message = format!(
                "`{}` passes over folders of `{}` whose names are not valid UTF-8",
                self.member.text,
                shown(path)
            );
            self.report.add(|| Problem {
                severity: Severity::Warning,
                ..self.root.error(self.member.span, message)
            });
        }
        for name in listing.names.iter().filter(|name| component.matches(name)) {
            self.enter(path, name, done);
        }
    }

    fn enter(&mut self, path: &[String], name: &str, done: usize) {
        let mut inner = path.to_vec();
        inner.push(name.to_owned());
        let components: Vec<&str> = inner.iter().map(String::as_str).collect();
        if !self.workspace.excludes(&components) {
            self.push(inner, done);
        }
    }

    fn push(&mut self, path: Vec<String>, done: usize) {
        let state = (path, done);
        if self.seen.insert(state.clone()) {
            self.pending.push(state);
        }
    }

    fn folder(&self, path: &[String]) -> PathBuf {
        let mut folder = self.root.folder.clone();
        folder.extend(path);
        folder
    }
}

fn shown(path: &[String]) -> String {
    match path.is_empty() {
        true => ".".to_owned(),
        false => path.join("/"),
    }
}

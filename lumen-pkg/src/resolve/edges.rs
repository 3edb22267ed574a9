//! Dependencies: from an entry of a manifest to the package it leads to, and the report of a cycle.

use super::candidate::{Candidate, Edge, shown};
use super::{CandidateIndex, Resolver};
use crate::MANIFEST_FILE;
use crate::files::{ManifestFile, Slot};
use crate::finding::NOT_SUPPORTED;
use crate::manifest::{Declaration, Origin, PathOrigin};
use crate::name::PackageName;
use crate::path::relative;
use crate::position::{Span, Spanned};
use crate::problem::{Label, Problem};
use crate::requirement::Requirement;
use crate::suggest;
use std::rc::Rc;

impl Resolver<'_, '_> {
    /// Finds the packages that a candidate depends on, adding those that are new.
    pub(super) fn connect(&mut self, owner: CandidateIndex) {
        let candidate = self.candidates.get(owner).expect("only candidates are connected");
        let file = Rc::clone(&candidate.file);
        let edges = self.edges(owner, &file, &file.manifest.dependencies);
        let dev_edges = match self
            .candidates
            .get(owner)
            .is_some_and(|candidate| candidate.member)
        {
            true => self.edges(owner, &file, &file.manifest.dev_dependencies),
            false => Vec::new(),
        };
        let candidate = self
            .candidates
            .get_mut(owner)
            .expect("only candidates are connected");
        candidate.edges = edges;
        candidate.dev_edges = dev_edges;
    }

    fn edges(
        &mut self,
        owner: CandidateIndex,
        file: &Rc<ManifestFile>,
        declarations: &[Declaration],
    ) -> Vec<Edge> {
        let mut edges = Vec::with_capacity(declarations.len());
        for declaration in declarations {
            let Some(name) = &declaration.name else { continue };
            let site = Site {
                owner,
                file,
                declaration,
                name,
            };
            if let Some(target) = self.target(&site) {
                edges.push(Edge {
                    name: name.clone(),
                    span: declaration.key_span,
                    target,
                });
            }
        }
        edges
    }

    fn target(&mut self, site: &Site<'_>) -> Option<CandidateIndex> {
        let owner = self.candidates.get(site.owner)?;
        if owner.name.as_ref().is_some_and(|own| own.value == *site.name) {
            self.report.add(|| {
                site.file.error(
                    site.declaration.key_span,
                    format!("`{}` depends on itself", site.name),
                )
            });
            return None;
        }
        match &site.declaration.origin {
            Origin::Workspace(_) => {
                let context = owner.context.clone();
                let (root, origin) = self.inherited(site, context)?;
                self.follow(site, &root, &origin)
            }
            origin => self.follow(site, site.file, origin),
        }
    }

    /// The entry of `[workspace.dependencies]` that a dependency stands for, and the manifest it is written in.
    fn inherited(
        &mut self,
        site: &Site<'_>,
        context: Option<Rc<ManifestFile>>,
    ) -> Option<(Rc<ManifestFile>, Origin)> {
        let Site {
            file,
            declaration,
            name,
            ..
        } = site;
        let Some(root) = context else {
            let message = format!("`{name}` is inherited, but this package is in no workspace");
            self.report.add(|| file.error(declaration.key_span, message));
            return None;
        };
        let shared = root
            .manifest
            .workspace
            .as_ref()
            .map(|workspace| workspace.dependencies.as_slice())
            .unwrap_or_default();
        if let Some(found) = shared.iter().find(|shared| shared.key == declaration.key) {
            let origin = found.origin.clone();
            return Some((root, origin));
        }
        let near = suggest::nearest(name.as_str(), shared.iter().map(|shared| shared.key.as_str()));
        let help = match (
            self.by_name
                .get(*name)
                .and_then(|index| self.candidates.get(*index)),
            near,
        ) {
            (Some(package), _) => {
                let path = relative(&root.folder, &package.file.folder);
                Some(format!("add `\"{name}\" = {{ path = \"{path}\" }}` to it"))
            }
            (None, near) => near.map(|near| format!("did you mean `{near}`?")),
        };
        let place = shown(&file.folder, &root.path);
        let message =
            format!("`{name}` is inherited, but `[workspace.dependencies]` of `{place}` does not have it");
        self.report.add(|| Problem {
            help,
            ..file.error(declaration.key_span, message)
        });
        None
    }

    /// Follows an origin written in `file`, which is the owner's manifest or that of its workspace.
    fn follow(
        &mut self,
        site: &Site<'_>,
        file: &Rc<ManifestFile>,
        origin: &Origin,
    ) -> Option<CandidateIndex> {
        match origin {
            Origin::Path(path) => self.follow_path(site, file, path),
            Origin::Registry(span) => {
                let help = self.local_alternative(site, file);
                let message = format!(
                    "`{}` comes from a registry, which is not supported yet",
                    site.name
                );
                self.report.add(|| Problem {
                    code: Some(NOT_SUPPORTED),
                    help,
                    ..file.error(*span, message)
                });
                None
            }
            Origin::Git(span) => {
                let help = self.local_alternative(site, file);
                let message = format!(
                    "`{}` comes from a git repository, which is not supported yet",
                    site.name
                );
                self.report.add(|| Problem {
                    code: Some(NOT_SUPPORTED),
                    help,
                    ..file.error(*span, message)
                });
                None
            }
            Origin::Broken => None,
            Origin::Workspace(_) => None,
        }
    }

    /// What to write instead, if the package is at hand.
    fn local_alternative(&self, site: &Site<'_>, file: &ManifestFile) -> Option<String> {
        let package = self
            .by_name
            .get(site.name)
            .and_then(|index| self.candidates.get(*index));
        let Some(package) = package else {
            return Some("until then, keep the package in a folder and name it with `path`".to_owned());
        };
        let path = relative(&file.folder, &package.file.folder);
        Some(format!(
            "`{}` is in this workspace: write `{{ path = \"{path}\" }}`",
            site.name
        ))
    }

    fn follow_path(
        &mut self,
        site: &Site<'_>,
        file: &Rc<ManifestFile>,
        origin: &PathOrigin,
    ) -> Option<CandidateIndex> {
        let path = origin.path.value.as_str();
        let folder = origin.path.value.resolve(&file.folder);
        let slot = self.files.manifest(&folder);
        if folder == site.file.folder {
            self.report.add(|| {
                file.error(
                    origin.path.span,
                    format!("`{path}` is the folder of this package itself"),
                )
            });
            return None;
        }
        if matches!(slot, Slot::Absent) {
            let names_file = path.ends_with(MANIFEST_FILE);
            let help = names_file.then(|| "`path` names the folder, without the file".to_owned());
            let message = format!("no package in `{path}`: there is no `{MANIFEST_FILE}`");
            self.report.add(|| Problem {
                help,
                ..file.error(origin.path.span, message)
            });
            return None;
        }
        self.report.adopt(self.files, &folder);
        let Slot::Ready(target) = slot else { return None };
        let Some(package) = &target.manifest.package else {
            if target.manifest.workspace.is_some() {
                self.report.add(|| Problem {
                    help: Some("name the folder of one of its members".to_owned()),
                    ..file.error(
                        origin.path.span,
                        format!("`{path}` is a workspace without a package of its own"),
                    )
                });
            }
            return None;
        };
        if let Some(actual) = package.name.as_ref().filter(|actual| actual.value != *site.name) {
            let label = Label {
                location: target.location(actual.span),
                message: "its name".to_owned(),
            };
            self.report.add(|| Problem {
                labels: vec![label],
                help: Some(format!("write `\"{}\" = {{ path = \"{path}\" }}`", actual.value)),
                ..file.error(
                    origin.path.span,
                    format!("`{path}` is the package `{}`, not `{}`", actual.value, site.name),
                )
            });
            return None;
        }
        let index = self.add_reached(target)?;
        self.check_requirement(site, file, origin.requirement.as_ref(), index);
        Some(index)
    }

    fn check_requirement(
        &mut self,
        site: &Site<'_>,
        file: &ManifestFile,
        requirement: Option<&Spanned<Requirement>>,
        index: CandidateIndex,
    ) {
        let Some(requirement) = requirement else { return };
        let Some(Candidate {
            version: Some(version),
            file: target,
            ..
        }) = self.candidates.get(index)
        else {
            return;
        };
        if !requirement.value.matches(version) {
            let span = target
                .manifest
                .package
                .as_ref()
                .map(|package| package.header)
                .unwrap_or_default();
            let label = Label {
                location: target.location(span),
                message: format!("this is version {version}"),
            };
            let message = format!(
                "`{}` has version {version}, which `{}` does not allow",
                site.name, requirement.value
            );
            self.report.add(|| Problem {
                labels: vec![label],
                ..file.error(requirement.span, message)
            });
        }
    }
}

/// One entry of a dependency table, and whose it is.
struct Site<'d> {
    owner: CandidateIndex,
    file: &'d Rc<ManifestFile>,
    declaration: &'d Declaration,
    name: &'d PackageName,
}

/// The report of a cycle: `chain` is its packages in order, `all` what edges point into.
pub(super) fn cycle_problem(chain: &[&Candidate], all: &[Candidate]) -> Problem {
    let name = |candidate: &Candidate| {
        candidate.name.as_ref().map_or_else(
            || candidate.file.path.display().to_string(),
            |name| name.value.to_string(),
        )
    };
    let next = chain.iter().cycle().skip(1);
    let steps: Vec<(&Candidate, &Candidate, Span)> = chain
        .iter()
        .zip(next)
        .map(|(from, to)| (*from, *to, edge_between(from, to, all)))
        .collect();
    let mut text: Vec<String> = chain
        .iter()
        .map(|candidate| format!("`{}`", name(candidate)))
        .collect();
    text.extend(text.first().cloned());
    let label = |(from, to, span): &(&Candidate, &Candidate, Span)| Label {
        location: from.file.location(*span),
        message: format!("`{}` depends on `{}`", name(from), name(to)),
    };
    let (first, _, span) = steps.first().expect("a cycle has at least one step");
    Problem {
        labels: steps.iter().map(label).collect(),
        help: Some("move what they share into a package that both can depend on".to_owned()),
        ..first.file.error(
            *span,
            format!("packages depend on each other: {}", text.join(" -> ")),
        )
    }
}

fn edge_between(from: &Candidate, to: &Candidate, all: &[Candidate]) -> Span {
    let leads_there = |edge: &&Edge| {
        all.get(edge.target)
            .is_some_and(|target| target.file.folder == to.file.folder)
    };
    from.edges
        .iter()
        .find(leads_there)
        .map(|edge| edge.span)
        .unwrap_or_default()
}

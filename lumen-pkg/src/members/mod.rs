//! From member folders to the package graph: inheritance, path dependencies, names, cycles.
//!
//! Packages are explored breadth first: the members, then what they reach by path. A package outside of the workspace inherits from
//! its own workspace, and its dev-dependencies do not matter here.

mod candidate;
mod cycle;
mod edges;
mod paths;

use crate::discover;
use crate::files::{Files, ManifestFile, Slot};
use crate::graph::{PackageIndex, PackageNode, Workspace, topological_order};
use crate::load::{Report, Role};
use crate::name::PackageName;
use crate::outside::{Outside, Patched};
use crate::position::Span;
use crate::problem::{Label, Problem, Severity};
use candidate::Candidate;
use edges::Patch;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Builds the graph of the packages in `members` (sorted folders that have a manifest). `None`, with problems in `report`, if a
/// package has no usable name or version or there is a cycle; other errors are only reported.
pub(crate) fn connect(
    files: &mut Files<'_>,
    report: &mut Report,
    root: &Rc<ManifestFile>,
    members: &[PathBuf],
    (nearest, role): (&Path, Role),
) -> Option<Connected> {
    let mut resolver = Resolver {
        files,
        report,
        root,
        candidates: Vec::new(),
        by_folder: BTreeMap::new(),
        by_name: BTreeMap::new(),
        patches: BTreeMap::new(),
    };
    for folder in members {
        resolver.add_member(folder);
    }
    if role == Role::Root {
        resolver.read_patches();
    }
    let mut next = 0;
    while next < resolver.candidates.len() {
        resolver.connect(next);
        next += 1;
    }
    resolver.finish(nearest)
}

/// Position in `Resolver::candidates`.
type CandidateIndex = usize;

struct Resolver<'r, 's> {
    files: &'r mut Files<'s>,
    report: &'r mut Report,
    root: &'r Rc<ManifestFile>,
    candidates: Vec<Candidate>,
    by_folder: BTreeMap<PathBuf, CandidateIndex>,
    by_name: BTreeMap<PackageName, CandidateIndex>,
    /// `None` for a patch that leads nowhere, which is reported.
    patches: BTreeMap<PackageName, Option<Patch>>,
}

/// The packages of this disk, and what they need besides.
pub(crate) struct Connected {
    pub(crate) workspace: Workspace,
    pub(crate) outside: Outside,
}

impl Resolver<'_, '_> {
    fn add_member(&mut self, folder: &Path) {
        let slot = self.files.manifest(folder);
        self.report.adopt(self.files, folder);
        let Slot::Ready(file) = slot else { return };
        if file.folder != self.root.folder {
            for (section, span) in &file.manifest.root_only {
                self.report.add(|| no_effect(&file, self.root, section, *span));
            }
        }
        let own_workspace = file
            .manifest
            .workspace
            .as_ref()
            .filter(|_| file.folder != self.root.folder);
        if let Some(workspace) = own_workspace {
            let label = Label {
                location: self.root.location(
                    self.root
                        .manifest
                        .workspace
                        .as_ref()
                        .map(|outer| outer.header)
                        .unwrap_or_default(),
                ),
                message: "the outer workspace".to_owned(),
            };
            self.report.add(|| Problem {
                labels: vec![label],
                help: Some(
                    "remove its `[workspace]`, or add its folder to `exclude` of the outer one".to_owned(),
                ),
                ..file.error(
                    workspace.header,
                    "a member of a workspace has a `[workspace]` of its own",
                )
            });
            return;
        }
        let context = self
            .root
            .manifest
            .workspace
            .is_some()
            .then(|| Rc::clone(self.root));
        self.add(file, context, Membership::Member);
    }

    /// Adds a package that is reached by path; `None` if it cannot be used, which has been reported.
    fn add_reached(&mut self, file: Rc<ManifestFile>) -> Option<CandidateIndex> {
        if let Some(index) = self.by_folder.get(&file.folder) {
            return Some(*index);
        }
        let context = match candidate::inherits(&file.manifest) {
            false => None,
            true => self.workspace_of(&file),
        };
        self.add(file, context, Membership::Reached)
    }

    /// The workspace that a package outside of ours inherits from.
    fn workspace_of(&mut self, file: &ManifestFile) -> Option<Rc<ManifestFile>> {
        let found = discover::workspace_of(self.files, &file.folder)?;
        self.report.adopt(self.files, &found.root);
        match self.files.manifest(&found.root) {
            Slot::Ready(root) if root.manifest.workspace.is_some() => Some(root),
            _ => None,
        }
    }

    /// Registers a package by folder and name. Of two with one name the second is an error; a member is explored all the same.
    fn add(
        &mut self,
        file: Rc<ManifestFile>,
        context: Option<Rc<ManifestFile>>,
        membership: Membership,
    ) -> Option<CandidateIndex> {
        let candidate = Candidate::new(file, context, membership == Membership::Member, self.report)?;
        let index = self.candidates.len();
        if let Some(name) = &candidate.name {
            match self.by_name.get(&name.value) {
                None => drop(self.by_name.insert(name.value.clone(), index)),
                Some(first) => {
                    let first = self.candidates.get(*first).expect("names lead to candidates");
                    self.report.add(|| two_with_one_name(first, &candidate));
                    if membership == Membership::Reached {
                        return None;
                    }
                }
            }
        }
        self.by_folder.insert(candidate.file.folder.clone(), index);
        self.candidates.push(candidate);
        Some(index)
    }

    /// Puts the candidates into the order of their names; edges and folders follow.
    fn sort_by_name(&mut self) {
        let mut sorted: Vec<(CandidateIndex, Candidate)> = self.candidates.drain(..).enumerate().collect();
        sorted.sort_by(|(_, left), (_, right)| left.sort_key().cmp(&right.sort_key()));
        let mut moved_to = vec![0; sorted.len()];
        for (position, (index, _)) in sorted.iter().enumerate() {
            *moved_to.get_mut(*index).expect("every candidate is sorted") = position;
        }
        let moved = |index: CandidateIndex| moved_to.get(index).copied().expect("indices lead to candidates");
        self.candidates = sorted.into_iter().map(|(_, candidate)| candidate).collect();
        for candidate in &mut self.candidates {
            let edges = candidate.edges.iter_mut().chain(&mut candidate.dev_edges);
            edges.for_each(|edge| edge.target = moved(edge.target));
        }
        self.by_folder
            .values_mut()
            .chain(self.by_name.values_mut())
            .for_each(|index| *index = moved(*index));
        for patch in self.patches.values_mut() {
            if let Some(Patch::Here(index)) = patch {
                *index = moved(*index);
            }
        }
    }

    fn finish(mut self, nearest: &Path) -> Option<Connected> {
        self.sort_by_name();
        let targets = |candidate: &Candidate| candidate.edges.iter().map(|edge| edge.target).collect();
        let edges: Vec<Vec<CandidateIndex>> = self.candidates.iter().map(targets).collect();
        let order = match topological_order(&edges) {
            Ok(order) => order.into_iter().map(PackageIndex::new).collect(),
            Err(cycles) => {
                for cycle in cycles {
                    let chain: Vec<&Candidate> = cycle
                        .iter()
                        .filter_map(|index| self.candidates.get(*index))
                        .collect();
                    self.report.add(|| cycle::cycle_problem(&chain, &self.candidates));
                }
                return None;
            }
        };
        let current = self.by_folder.get(nearest).map(|index| PackageIndex::new(*index));
        let mut outside = self.outside();
        for (index, candidate) in self.candidates.iter_mut().enumerate() {
            outside
                .wants
                .extend(candidate.take_wants(PackageIndex::new(index)));
        }
        let packages: Option<Vec<PackageNode>> =
            self.candidates.into_iter().map(Candidate::into_node).collect();
        let workspace = Workspace {
            root: self.root.folder.clone(),
            packages: packages?,
            order,
            current,
        };
        Some(Connected { workspace, outside })
    }

    /// What the root's manifest says about packages from elsewhere.
    fn outside(&self) -> Outside {
        let manifest = &self.root.manifest;
        let patch = |(name, patch): (&PackageName, &Option<Patch>)| {
            let patched = match patch.as_ref()? {
                Patch::Here(index) => Patched::Here(PackageIndex::new(*index)),
                Patch::Git { url, reference } => Patched::Git {
                    url: url.clone(),
                    reference: reference.clone(),
                },
            };
            Some((name.clone(), patched))
        };
        Outside {
            wants: Vec::new(),
            patches: self.patches.iter().filter_map(patch).collect(),
            consent: manifest.grants.clone(),
            registries: manifest.registries.clone(),
        }
    }
}

/// How a package came into the graph.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Membership {
    Member,
    Reached,
}

/// A section of the root's manifest in that of a member.
fn no_effect(file: &ManifestFile, root: &ManifestFile, section: &str, span: Span) -> Problem {
    let place = candidate::shown(&file.folder, &root.path);
    Problem {
        severity: Severity::Warning,
        help: Some(format!("write it in `{place}`")),
        ..file.error(
            span,
            format!("`[{section}]` counts in the workspace's manifest only, here it has no effect"),
        )
    }
}

fn two_with_one_name(first: &Candidate, second: &Candidate) -> Problem {
    let span = |candidate: &Candidate| candidate.name.as_ref().map(|name| name.span).unwrap_or_default();
    let name = second
        .name
        .as_ref()
        .map(|name| name.value.to_string())
        .unwrap_or_default();
    Problem {
        labels: vec![Label {
            location: first.file.location(span(first)),
            message: "the other one".to_owned(),
        }],
        help: Some("names are unique in a workspace; rename one of them".to_owned()),
        ..second
            .file
            .error(span(second), format!("two packages are named `{name}`"))
    }
}

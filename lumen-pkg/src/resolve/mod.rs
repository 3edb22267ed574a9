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
use crate::graph::{Dependency, PackageIndex, PackageNode, Workspace, topological_order};
use crate::load::Report;
use crate::name::PackageName;
use crate::problem::{Label, Problem};
use candidate::{Candidate, Edge};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Builds the graph of the packages in `members` (sorted folders that have a manifest). `None`, with problems in `report`, if a
/// package has no usable name or version or there is a cycle; other errors are only reported.
pub(crate) fn resolve(
    files: &mut Files<'_>,
    report: &mut Report,
    root: &Rc<ManifestFile>,
    members: &[PathBuf],
    nearest: &Path,
) -> Option<Workspace> {
    let mut resolver = Resolver {
        files,
        report,
        root,
        candidates: Vec::new(),
        by_folder: BTreeMap::new(),
        by_name: BTreeMap::new(),
    };
    for folder in members {
        resolver.add_member(folder);
    }
    let mut next = 0;
    while next < resolver.candidates.len() {
        resolver.connect(next);
        next += 1;
    }
    resolver.check_shared();
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
}

impl Resolver<'_, '_> {
    fn add_member(&mut self, folder: &Path) {
        let slot = self.files.manifest(folder);
        self.report.adopt(self.files, folder);
        let Slot::Ready(file) = slot else { return };
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

    fn finish(self, nearest: &Path) -> Option<Workspace> {
        let mut sorted: Vec<CandidateIndex> = (0..self.candidates.len()).collect();
        let key = |index: &CandidateIndex| {
            self.candidates
                .get(*index)
                .map(|one| (one.name.as_ref().map(|name| &name.value), &one.file.folder))
        };
        sorted.sort_by(|left, right| key(left).cmp(&key(right)));
        let mut rank = vec![0; sorted.len()];
        for (position, index) in sorted.iter().enumerate() {
            *rank.get_mut(*index).expect("ranks are indexed by candidates") = position;
        }
        let candidates: Vec<&Candidate> = sorted
            .iter()
            .filter_map(|index| self.candidates.get(*index))
            .collect();
        let ranked = |edge: &Edge| rank.get(edge.target).copied().expect("edges lead to candidates");
        let edges: Vec<Vec<usize>> = candidates
            .iter()
            .map(|one| one.edges.iter().map(ranked).collect())
            .collect();
        let order = match topological_order(&edges) {
            Ok(order) => order.into_iter().map(PackageIndex::new).collect(),
            Err(cycles) => {
                for cycle in cycles {
                    let chain: Vec<&Candidate> = cycle
                        .iter()
                        .filter_map(|rank| candidates.get(*rank).copied())
                        .collect();
                    self.report.add(|| cycle::cycle_problem(&chain, &self.candidates));
                }
                return None;
            }
        };
        let node = |candidate: &&Candidate| {
            let dependency = |edge: &Edge| Dependency {
                name: edge.name.clone(),
                package: PackageIndex::new(ranked(edge)),
            };
            Some(PackageNode {
                name: candidate.name.as_ref()?.value.clone(),
                version: candidate.version.clone()?,
                root: candidate.file.folder.clone(),
                manifest_path: candidate.file.path.clone(),
                member: candidate.member,
                dependencies: candidate.edges.iter().map(dependency).collect(),
                dev_dependencies: candidate.dev_edges.iter().map(dependency).collect(),
                metadata: candidate.metadata.clone(),
            })
        };
        let packages: Vec<PackageNode> = candidates.iter().map(node).collect::<Option<_>>()?;
        let current = self
            .by_folder
            .get(nearest)
            .and_then(|index| rank.get(*index))
            .map(|rank| PackageIndex::new(*rank));
        Some(Workspace {
            root: self.root.folder.clone(),
            packages,
            order,
            current,
        })
    }
}

/// How a package came into the graph.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Membership {
    Member,
    Reached,
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

//! The package graph: what `load` returns when nothing is wrong, its topological order, and the search for cycles.
//!
//! Pure data and index arithmetic; names, files and messages are dealt with in `members` and `sync`. Nothing here recurses.

use crate::grant::Grant;
use crate::name::PackageName;
use crate::path;
use semver::Version;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::path::PathBuf;

/// A workspace, or a single package as a workspace of one. Names are unique among members and packages reached by path; of a fetched
/// package there may be several versions, each in a compatible range of its own. The graph of `dependencies` has no cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// The folder of the root manifest; `lumen.lock` lies in it.
    pub root: PathBuf,
    /// All packages, members and the others that dependencies reach, ordered by name and version.
    pub packages: Vec<PackageNode>,
    /// Every package once, each after all of its `dependencies`; among those that are free at the same time, by name.
    pub order: Vec<PackageIndex>,
    /// The package whose manifest is the nearest one above the start folder; `None` in a workspace's own folder without `[package]`.
    pub current: Option<PackageIndex>,
}

impl Workspace {
    /// The package at `index`.
    ///
    /// # Panics
    /// If `index` comes from another workspace with more packages.
    pub fn package(&self, index: PackageIndex) -> &PackageNode {
        self.packages
            .get(index.as_usize())
            .expect("a package index belongs to its workspace")
    }

    /// The packages with this name, by version. Logarithmic.
    pub fn named(&self, name: &str) -> impl Iterator<Item = PackageIndex> + use<> {
        let start = self
            .packages
            .partition_point(|package| package.name.as_str() < name);
        let end = self
            .packages
            .partition_point(|package| package.name.as_str() <= name);
        (start..end).map(PackageIndex::new)
    }

    /// The members, by name.
    pub fn members(&self) -> impl Iterator<Item = (PackageIndex, &PackageNode)> {
        self.packages
            .iter()
            .enumerate()
            .filter(|(_, package)| package.is_member())
            .map(|(index, package)| (PackageIndex::new(index), package))
    }

    /// The package's folder as seen from the workspace root, with `/`: `packages/money`, `.`, `../other`.
    pub fn relative_root(&self, package: &PackageNode) -> String {
        path::relative(&self.root, &package.root)
    }
}

/// Position of a package in [`Workspace::packages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageIndex(u32);

impl PackageIndex {
    pub(crate) fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("a workspace has fewer than 2^32 packages"))
    }

    /// For indexing tables that run parallel to [`Workspace::packages`].
    pub fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// One package of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageNode {
    /// Unique in the workspace together with the version.
    pub name: PackageName,
    /// Inherited versions are filled in.
    pub version: Version,
    /// The folder of its manifest.
    pub root: PathBuf,
    /// Its `lumen.toml`.
    pub manifest_path: PathBuf,
    /// Where it comes from.
    pub source: PackageSource,
    /// What its modules may import, by name.
    pub dependencies: Vec<Dependency>,
    /// What only its tests may import, by name. Always empty for non-members. These edges may form cycles.
    pub dev_dependencies: Vec<Dependency>,
    /// What it asks for, sorted: `[tools]`.
    pub grants: Vec<Grant>,
    /// The rest of `[package]`.
    pub metadata: Metadata,
}

/// Where a package of the graph comes from, as far as building it is concerned. The lock knows more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackageSource {
    /// It belongs to the workspace.
    Member,
    /// A folder outside of the workspace that somebody may edit.
    Path,
    /// A folder that something was fetched into.
    Fetched {
        /// What the folder holds, which never changes: `sha256:HEX` of an archive, `git:REVISION` of a checkout.
        content: String,
    },
}

impl PackageNode {
    /// Whether the package belongs to the workspace.
    pub fn is_member(&self) -> bool {
        self.source == PackageSource::Member
    }

    /// What its folder holds, if that never changes.
    pub fn content(&self) -> Option<&str> {
        match &self.source {
            PackageSource::Member | PackageSource::Path => None,
            PackageSource::Fetched { content } => Some(content),
        }
    }
}

/// An edge of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The name of the package at the other end.
    pub name: PackageName,
    /// The package at the other end.
    pub package: PackageIndex,
}

/// The descriptive keys of `[package]`, with inherited ones filled in. Absent keys are `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// One sentence.
    pub description: Option<String>,
    /// An SPDX expression; not checked.
    pub license: Option<String>,
    /// In the order of the manifest.
    pub authors: Vec<String>,
    /// A URL; not checked.
    pub repository: Option<String>,
    /// In the order of the manifest.
    pub keywords: Vec<String>,
    /// Relative to the package's folder, with `/`.
    pub readme: Option<String>,
    /// Patterns of files to publish, as written.
    pub include: Vec<String>,
    /// Patterns of files not to publish, as written.
    pub exclude: Vec<String>,
    /// Whether the package may be published; not written means yes.
    pub publish: Option<bool>,
}

/// At most this many cycles are reported at once.
const MAXIMUM_CYCLES: usize = 20;

/// Orders nodes so that each comes after everything it points to; of the free ones the smallest comes first.
///
/// # Errors
/// If there are cycles: some of them, so that each node on a cycle is on a returned one (up to 20 cycles). A cycle is a list
/// of nodes, each pointing to the next and the last to the first; it is a shortest one through its first, smallest unreported, node.
pub(crate) fn topological_order(edges: &[Vec<usize>]) -> Result<Vec<usize>, Vec<Vec<usize>>> {
    let mut missing: Vec<usize> = edges.iter().map(Vec::len).collect();
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (node, targets) in edges.iter().enumerate() {
        for target in targets {
            dependents
                .get_mut(*target)
                .expect("edges point to nodes")
                .push(node);
        }
    }
    let free = missing
        .iter()
        .enumerate()
        .filter(|(_, count)| **count == 0)
        .map(|(node, _)| Reverse(node));
    let mut ready: BinaryHeap<Reverse<usize>> = free.collect();
    let mut order = Vec::with_capacity(edges.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for dependent in dependents.get(node).into_iter().flatten() {
            let count = missing.get_mut(*dependent).expect("edges point to nodes");
            *count -= 1;
            if *count == 0 {
                ready.push(Reverse(*dependent));
            }
        }
    }
    match order.len() == edges.len() {
        true => Ok(order),
        false => Err(cycles(edges, &missing)),
    }
}

/// `missing` is non-zero exactly for the nodes on a cycle and those that depend on one.
fn cycles(edges: &[Vec<usize>], missing: &[usize]) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    let mut reported = vec![false; edges.len()];
    for (node, count) in missing.iter().enumerate() {
        let done = reported.get(node).copied().unwrap_or(true);
        if *count == 0 || done || found.len() == MAXIMUM_CYCLES {
            continue;
        }
        if let Some(cycle) = shortest_cycle(edges, node) {
            for member in &cycle {
                *reported.get_mut(*member).expect("a cycle consists of nodes") = true;
            }
            found.push(cycle);
        }
    }
    found
}

/// Breadth-first search from `start` back to `start`.
fn shortest_cycle(edges: &[Vec<usize>], start: usize) -> Option<Vec<usize>> {
    let mut reached_from: Vec<Option<usize>> = vec![None; edges.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for target in edges.get(node).into_iter().flatten() {
            if *target == start {
                return Some(walk_back(&reached_from, start, node));
            }
            let slot = reached_from.get_mut(*target).expect("edges point to nodes");
            if slot.is_none() {
                *slot = Some(node);
                queue.push_back(*target);
            }
        }
    }
    None
}

fn walk_back(reached_from: &[Option<usize>], start: usize, last: usize) -> Vec<usize> {
    let step = |node: &usize| match *node == start {
        true => None,
        false => reached_from.get(*node).copied().flatten(),
    };
    let mut cycle: Vec<usize> = std::iter::successors(Some(last), step).collect();
    cycle.reverse();
    cycle
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_node_on_a_cycle_is_on_a_reported_one() {
        // 0 -> 1 -> 0, 1 -> 2 -> 1, 3 -> 0 (not on a cycle), 4 -> 4
        let edges = vec![vec![1], vec![0, 2], vec![1], vec![0], vec![4]];
        assert_eq!(
            topological_order(&edges),
            Err(vec![vec![0, 1], vec![2, 1], vec![4]])
        );
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let length = 200_000;
        let edges: Vec<Vec<usize>> = (0..length)
            .map(|node| if node + 1 < length { vec![node + 1] } else { vec![] })
            .collect();
        let order = topological_order(&edges).expect("a chain has no cycle");
        assert_eq!(order.first(), Some(&(length - 1)));
    }

    /// Oracle: the transitive closure by Floyd and Warshall.
    fn closure(edges: &[Vec<usize>]) -> Vec<Vec<bool>> {
        let count = edges.len();
        let mut reach = vec![vec![false; count]; count];
        for (node, targets) in edges.iter().enumerate() {
            targets.iter().for_each(|target| reach[node][*target] = true);
        }
        for middle in 0..count {
            for from in 0..count {
                for to in 0..count {
                    reach[from][to] |= reach[from][middle] && reach[middle][to];
                }
            }
        }
        reach
    }

    proptest! {
        #[test]
        fn order_or_cycles_agree_with_the_closure(raw in proptest::collection::vec(proptest::collection::btree_set(0usize..9, 0..3), 9)) {
            let edges: Vec<Vec<usize>> = raw.into_iter().map(|targets| targets.into_iter().collect()).collect();
            let reach = closure(&edges);
            match topological_order(&edges) {
                Ok(order) => {
                    prop_assert!((0..9).all(|node| !reach[node][node]));
                    let place = |node: usize| order.iter().position(|other| *other == node).expect("every node is ordered");
                    for (node, targets) in edges.iter().enumerate() {
                        prop_assert!(targets.iter().all(|target| place(*target) < place(node)));
                    }
                }
                Err(cycles) => {
                    for cycle in &cycles {
                        let next = cycle.iter().cycle().skip(1);
                        prop_assert!(cycle.iter().zip(next).all(|(node, next)| edges[*node].contains(next)));
                    }
                    for (node, reached) in reach.iter().enumerate() {
                        prop_assert_eq!(reached[node], cycles.iter().any(|cycle| cycle.contains(&node)));
                    }
                }
            }
        }
    }
}

//! The answer: which version of which package, and which of them each one uses.

use super::bucket::Bucket;
use super::error::{Claim, SolveError};
use super::model::{Preference, Source, SourcedName};
use super::node::{Node, NodeKind, PackageId};
use super::universe::{Target, Universe};
use crate::graph::topological_order;
use crate::name::PackageName;
use pubgrub::{SelectedDependencies, VersionSet as _};
use semver::Version;
use std::collections::BTreeMap;
use std::fmt;

/// A version of a package that a resolution chose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chosen {
    /// The name.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// Where it comes from.
    pub source: Source,
}

impl fmt::Display for Chosen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.name, self.version)
    }
}

/// A chosen package and what it uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Which version.
    pub chosen: Chosen,
    /// Places in [`Solution::packages`], ascending, each once.
    pub dependencies: Vec<usize>,
    /// Likewise, for its tests; only members of the workspace have any. One that is also in `dependencies` is not repeated here.
    pub dev_dependencies: Vec<usize>,
}

/// A choice of versions that meets every need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// Sorted by name, version and source. Everything in it is reached from a root.
    pub packages: Vec<Resolved>,
    /// Places in `packages` of what meets the roots, in their order.
    pub roots: Vec<usize>,
    /// Places in `packages` so that everything comes after its dependencies (dev-dependencies aside).
    pub order: Vec<usize>,
}

type Key = (PackageId, u32);

/// What a package uses, and what its tests use besides.
type Ends = (Vec<Key>, Vec<Key>);

/// Makes the answer of what the search has selected.
///
/// A need that several chosen versions of its package would meet uses the newest of them (the oldest under [`Preference::Oldest`]), so
/// that the same lock gives the same edges again; what nothing uses then is left out.
///
/// # Errors
/// [`SolveError::Cycle`] and [`SolveError::TwoSources`].
pub(super) fn extract(
    universe: &mut Universe<'_>,
    selected: &SelectedDependencies<Node, u32>,
) -> Result<Solution, SolveError> {
    let mut positions: BTreeMap<PackageId, Vec<u32>> = BTreeMap::new();
    for (node, position) in selected.iter() {
        if let NodeKind::Versions { package, .. } = universe.kind(*node) {
            positions.entry(*package).or_default().push(*position);
        }
    }
    positions.values_mut().for_each(|list| list.sort_unstable());
    let mut edges = Edges { universe, positions };
    let problem = edges.universe.problem;
    let targets = problem.roots.iter().map(|root| edges.universe.target(root));
    let targets: Vec<_> = targets.collect();
    let roots: Vec<Key> = targets.iter().map(|target| edges.end(target)).collect();
    let mut reached: BTreeMap<Key, Ends> = BTreeMap::new();
    let mut open = roots.clone();
    while let Some(key) = open.pop() {
        if reached.contains_key(&key) {
            continue;
        }
        let (normal, dev) = edges.of(key);
        open.extend(normal.iter().chain(&dev));
        reached.insert(key, (normal, dev));
    }
    arrange(edges.universe, &roots, reached)
}

struct Edges<'e, 'p> {
    universe: &'e mut Universe<'p>,
    /// What was selected; ascending.
    positions: BTreeMap<PackageId, Vec<u32>>,
}

impl Edges<'_, '_> {
    fn of(&mut self, (package, position): Key) -> Ends {
        // First what it needs itself, then what its tests need.
        let targets = self.universe.targets_of(package, position);
        let candidate = self.universe.package(package).candidate(position).get();
        let (normal, dev) = targets.split_at(candidate.needs.len());
        let normal: Vec<Key> = normal.iter().map(|target| self.end(target)).collect();
        let ends = dev.iter().map(|target| self.end(target));
        let dev = ends.filter(|key| !normal.contains(key)).collect();
        (normal, dev)
    }

    fn end(&self, target: &Target) -> Key {
        let Target { package, fitting, .. } = target;
        let list = self.positions.get(package).map(Vec::as_slice).unwrap_or_default();
        let mut fits = list.iter().copied().filter(|at| fitting.contains(at));
        let position = match self.universe.problem.policy.preference {
            Preference::Newest => fits.next_back(),
            Preference::Oldest => fits.next(),
        };
        (*package, position.expect("a solution meets every need"))
    }
}

fn arrange(
    universe: &Universe<'_>,
    roots: &[Key],
    reached: BTreeMap<Key, Ends>,
) -> Result<Solution, SolveError> {
    let mut listed: Vec<(Chosen, Key, Ends)> = reached
        .into_iter()
        .map(|(key, edges)| (chosen(universe, key), key, edges))
        .collect();
    listed.sort_by(|left, right| left.0.cmp(&right.0));
    let places: BTreeMap<Key, usize> = listed
        .iter()
        .enumerate()
        .map(|(at, (_, key, _))| (*key, at))
        .collect();
    let place = |key: &Key| *places.get(key).expect("everything used is listed");
    let sorted = |keys: &[Key]| {
        let mut list: Vec<usize> = keys.iter().map(place).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    let packages: Vec<Resolved> = listed
        .iter()
        .map(|(chosen, _, (normal, dev))| Resolved {
            chosen: chosen.clone(),
            dependencies: sorted(normal),
            dev_dependencies: sorted(dev),
        })
        .collect();
    one_source_each(&packages)?;
    let edges: Vec<Vec<usize>> = packages
        .iter()
        .map(|package| package.dependencies.clone())
        .collect();
    let name = |at: &usize| packages.get(*at).map(|package| package.chosen.clone());
    let order = topological_order(&edges).map_err(|cycles| {
        let shortest = cycles.iter().min_by_key(|cycle| cycle.len());
        SolveError::Cycle(shortest.into_iter().flatten().filter_map(name).collect())
    })?;
    Ok(Solution {
        roots: roots.iter().map(place).collect(),
        packages,
        order,
    })
}

fn chosen(universe: &Universe<'_>, (package, position): Key) -> Chosen {
    let known = universe.package(package);
    let SourcedName { name, source } = known.name.clone();
    Chosen {
        name,
        version: known.candidate(position).get().version.clone(),
        source,
    }
}

/// A compatible range of a name must not come from two places: its modules would exist twice under one name.
fn one_source_each(packages: &[Resolved]) -> Result<(), SolveError> {
    let mut seen: BTreeMap<(&PackageName, Bucket), &Chosen> = BTreeMap::new();
    for Resolved { chosen, .. } in packages {
        let key = (&chosen.name, Bucket::of(&chosen.version));
        if let Some(first) = seen.insert(key, chosen)
            && first.source != chosen.source
        {
            let claim = |chosen: &Chosen| Claim {
                chosen: chosen.clone(),
                by: dependents(packages, chosen),
            };
            return Err(SolveError::TwoSources(Box::new([claim(first), claim(chosen)])));
        }
    }
    Ok(())
}

/// Those whose edges lead to a package.
fn dependents(packages: &[Resolved], chosen: &Chosen) -> Vec<Chosen> {
    let leads_there = |at: &usize| packages.get(*at).is_some_and(|end| end.chosen == *chosen);
    let needs_it = |package: &&Resolved| {
        let mut edges = package.dependencies.iter().chain(&package.dev_dependencies);
        edges.any(leads_there)
    };
    packages
        .iter()
        .filter(needs_it)
        .map(|package| package.chosen.clone())
        .collect()
}

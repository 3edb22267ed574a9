//! The search: PubGrub over the nodes of a universe.

use super::error::SolveError;
use super::model::{Need, SourcedName};
use super::node::{Node, NodeKind};
use super::positions::Positions;
use super::provider::{Provider, ProviderError};
use super::universe::{Target, Universe};
use pubgrub::{
    Dependencies, DependencyProvider, DerivationTree, PackageResolutionStatistics, PubGrubError,
    SelectedDependencies, VersionSet as _,
};
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::convert::Infallible;
use std::rc::Rc;

/// How a search ended that did not fail.
pub(super) enum Outcome {
    /// Everything fits.
    Found(SelectedDependencies<Node, u32>),
    /// Nothing does, and why.
    Impossible(DerivationTree<Node, Positions, Never>),
}

/// A reason that is never given: what may not be chosen is in no set of positions.
pub(super) type Never = Infallible;

/// Searches.
///
/// # Errors
/// All but [`SolveError::Conflict`].
pub(super) fn search(
    universe: &RefCell<Universe<'_>>,
    provider: &dyn Provider,
) -> Result<Outcome, SolveError> {
    let search = Search {
        universe,
        provider,
        steps: Cell::new(0),
    };
    match pubgrub::resolve(&search, Node::ROOT, 0u32) {
        Ok(selected) => Ok(Outcome::Found(selected)),
        Err(PubGrubError::NoSolution(tree)) => Ok(Outcome::Impossible(tree)),
        Err(
            PubGrubError::ErrorRetrievingDependencies { source, .. }
            | PubGrubError::ErrorChoosingVersion { source, .. }
            | PubGrubError::ErrorInShouldCancel(source),
        ) => Err(source.into()),
    }
}

struct Search<'s, 'p> {
    universe: &'s RefCell<Universe<'p>>,
    provider: &'s dyn Provider,
    steps: Cell<u64>,
}

/// Why the search stops early.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error("cancelled")]
    Cancelled,
    #[error("too many steps")]
    TooHard(u64),
    #[error("{0:?}: {1}")]
    Provider(SourcedName, ProviderError),
}

impl From<Stop> for SolveError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Cancelled => Self::Cancelled,
            Stop::TooHard(steps) => Self::TooHard { steps },
            Stop::Provider(package, error) => Self::Provider {
                package,
                source: error,
            },
        }
    }
}

impl DependencyProvider for Search<'_, '_> {
    type P = Node;
    type V = u32;
    type VS = Positions;
    type M = Never;
    type Err = Stop;
    /// What conflicts most, then what leaves least to decide; PubGrub takes the one first mentioned of several.
    type Priority = (u32, Reverse<u32>);

    fn prioritize(
        &self,
        _: &Node,
        range: &Positions,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        (statistics.conflict_count(), Reverse(range.width()))
    }

    fn choose_version(&self, node: &Node, range: &Positions) -> Result<Option<u32>, Stop> {
        let universe = self.universe.borrow();
        let preference = universe.problem.policy.preference;
        Ok(match universe.kind(*node) {
            NodeKind::Root => range.first(),
            NodeKind::Missing { .. } => None,
            NodeKind::Versions { package, .. } => universe.package(*package).preferred(range, preference),
            NodeKind::Choice { package, fitting } => {
                let known = universe.package(*package);
                let buckets = (0u32..).zip(&known.buckets);
                let open = buckets.filter(|(at, _)| range.contains(at));
                let positions = Positions::from_sorted(open.flat_map(|(_, (_, part))| part.clone()));
                let preferred = known.preferred(&positions.intersection(fitting), preference);
                preferred.map(|at| known.bucket_at(at))
            }
        })
    }

    fn get_dependencies(
        &self,
        node: &Node,
        version: &u32,
    ) -> Result<Dependencies<Node, Positions, Never>, Stop> {
        let mut universe = self.universe.borrow_mut();
        let failed = |(package, error)| Stop::Provider(package, error);
        let problem = universe.problem;
        match *universe.kind(*node) {
            NodeKind::Root => {
                let targets = universe.explore_roots().map_err(failed)?;
                Ok(edges(
                    &mut universe,
                    problem.roots.iter(),
                    &targets,
                    (*node, *version),
                ))
            }
            NodeKind::Versions { package, .. } => {
                let targets = universe.explore_version(package, *version).map_err(failed)?;
                let candidate = universe.package(package).candidate(*version).share();
                let needs = universe.needs_of(package, &candidate);
                Ok(edges(&mut universe, needs, &targets, (*node, *version)))
            }
            NodeKind::Choice { package, ref fitting } => {
                let part = universe.part(package, fitting, *version);
                let node = universe.versions_node(package, *version);
                Ok(Dependencies::Available([(node, part)].into_iter().collect()))
            }
            NodeKind::Missing { .. } => Ok(Dependencies::Available([].into_iter().collect())),
        }
    }

    fn should_cancel(&self) -> Result<(), Stop> {
        if self.provider.cancelled() {
            return Err(Stop::Cancelled);
        }
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        let maximum = self.universe.borrow().problem.policy.maximum_steps;
        match steps > maximum {
            true => Err(Stop::TooHard(maximum)),
            false => Ok(()),
        }
    }
}

/// What a version of a node needs, as PubGrub wants it.
fn edges<'n>(
    universe: &mut Universe<'_>,
    needs: impl Iterator<Item = &'n Need>,
    targets: &[Rc<Target>],
    (node, version): (Node, u32),
) -> Dependencies<Node, Positions, Never> {
    let edges = needs.zip(targets).filter_map(|(need, target)| {
        match target.node == node {
            // PubGrub knows no version that needs itself. A circle is found in the solution.
            true if target.set.contains(&version) => None,
            true => Some((universe.missing_node(target.package, need), Positions::empty())),
            false => Some((target.node, target.set.clone())),
        }
    });
    Dependencies::Available(edges.collect())
}

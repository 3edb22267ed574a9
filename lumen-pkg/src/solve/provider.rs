//! Where the solver learns which versions exist. It knows no transport: the client, the workspace graph and git implement this, and
//! [`MemoryProvider`] is the twin for tests.

use super::model::{Candidate, SourcedName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Answers with the versions of packages. An answer must not change during a resolution; each package is asked for once.
pub trait Provider {
    /// All versions of a package, in any order, each once. Exactly one for everything that is not from a registry.
    ///
    /// # Errors
    /// See [`ProviderError`].
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError>;

    /// Packages that [`Self::candidates`] is about to be called for: a chance to fetch them in parallel. Failures are to be kept for
    /// that call.
    fn prefetch(&self, _packages: &[SourcedName]) {}

    /// Whether to give up; asked at every step.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Why there are no candidates.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// There is no such package there. A version that needs it is not chosen; other sources are not asked.
    #[error("there is no such package")]
    NotFound,
    /// It could not be found out. Ends the resolution.
    #[error(transparent)]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// A provider that holds everything in memory.
#[derive(Debug, Default)]
pub struct MemoryProvider {
    packages: BTreeMap<SourcedName, Arc<[Candidate]>>,
}

impl MemoryProvider {
    /// Adds a package, or replaces it.
    pub fn insert(&mut self, package: SourcedName, candidates: impl Into<Arc<[Candidate]>>) {
        self.packages.insert(package, candidates.into());
    }
}

impl Provider for MemoryProvider {
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
        let found = self.packages.get(package);
        found.map(Arc::clone).ok_or(ProviderError::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Need, Problem, SolveError, Source, solve};
    use super::*;
    use crate::name::PackageName;
    use crate::requirement::Requirement;
    use semver::Version;
    use std::cell::{Cell, RefCell};

    fn package(name: &str) -> SourcedName {
        SourcedName {
            name: PackageName::parse(&format!("@p/{name}")).expect("a name"),
            source: Source::Registry("main".into()),
        }
    }

    fn need(name: &str) -> Need {
        Need {
            package: package(name),
            requirement: Some(Requirement::parse("^1").expect("a requirement")),
        }
    }

    /// Notes what it is asked, and gives up at the step of this number.
    struct Noting {
        inner: MemoryProvider,
        rounds: RefCell<Vec<Vec<String>>>,
        asked: RefCell<Vec<String>>,
        steps: Cell<u64>,
        last: u64,
    }

    impl Provider for Noting {
        fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
            self.asked.borrow_mut().push(package.name.base().to_owned());
            self.inner.candidates(package)
        }

        fn prefetch(&self, packages: &[SourcedName]) {
            let names = packages.iter().map(|package| package.name.base().to_owned());
            self.rounds.borrow_mut().push(names.collect());
        }

        fn cancelled(&self) -> bool {
            self.steps.set(self.steps.get() + 1);
            self.steps.get() > self.last
        }
    }

    /// `a` and `b` need `c`, which needs `d` and `e`; 1.0.0 of `a`, which is not chosen, also needs `f`.
    fn noting(last: u64) -> Noting {
        let mut inner = MemoryProvider::default();
        let candidate = |minor, needs: &[&str]| {
            let mut candidate = Candidate::new(Version::new(1, minor, 0));
            candidate.needs = needs.iter().map(|name| need(name)).collect();
            candidate
        };
        inner.insert(
            package("a"),
            vec![candidate(0, &["c", "f"]), candidate(1, &["c"])],
        );
        inner.insert(package("b"), vec![candidate(0, &["c"])]);
        inner.insert(package("c"), vec![candidate(0, &["d", "e"])]);
        inner.insert(package("d"), vec![candidate(0, &[])]);
        inner.insert(package("e"), vec![candidate(0, &["d"])]);
        inner.insert(package("f"), vec![candidate(0, &[])]);
        Noting {
            inner,
            rounds: RefCell::default(),
            asked: RefCell::default(),
            steps: Cell::new(0),
            last,
        }
    }

    fn problem() -> Problem {
        Problem {
            roots: vec![need("a"), need("b")],
            ..Problem::default()
        }
    }

    #[test]
    fn packages_are_fetched_in_one_batch_a_level_and_each_once() {
        let provider = noting(u64::MAX);
        let solution = solve(&problem(), &provider).expect("it can be solved");
        assert_eq!(solution.packages.len(), 5);
        assert_eq!(
            provider.rounds.into_inner(),
            [vec!["a", "b"], vec!["c"], vec!["d", "e"]]
        );
        assert_eq!(provider.asked.into_inner(), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn a_resolution_ends_at_the_step_at_which_it_is_cancelled() {
        let whole = noting(u64::MAX);
        solve(&problem(), &whole).expect("it can be solved");
        for last in 0..whole.steps.get() {
            let provider = noting(last);
            let ended = solve(&problem(), &provider);
            assert!(matches!(ended, Err(SolveError::Cancelled)), "{last}: {ended:?}");
            assert_eq!(provider.steps.get(), last + 1);
        }
    }
}

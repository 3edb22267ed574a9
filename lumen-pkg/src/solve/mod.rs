//! Resolution: which version of every package is used. Specified in `docs/spec/resolution-v1.md`.
//!
//! ```text
//! Problem (roots, lock, policy) + Provider (which versions exist)
//!   universe   packages as they become known, fetched in rounds; needs -> sets of positions
//!   search     PubGrub (`pubgrub`) over nodes: a package within a compatible range, or a choice of ranges
//!   solution   what was selected, as a graph: edges, one source a name, no circles
//!   conflict   or why nothing could be: the derivation, in sentences, and what to do about it
//! ```
//!
//! Pure: no files, clock, network or threads, and no type of any of them in the signatures. What is fetched, and how, is the business of
//! the [`Provider`]. It does not write locks either: callers turn a [`Solution`] into one.

mod advice;
mod bucket;
mod conflict;
mod derivation;
mod error;
mod exclusion;
mod model;
mod node;
mod positions;
mod provider;
mod published;
mod search;
mod sentence;
mod solution;
mod universe;

pub use bucket::Bucket;
pub use conflict::Conflict;
pub use error::{Claim, SolveError};
pub use exclusion::Exclusion;
pub use model::{Candidate, Locked, Need, Policy, Preference, Problem, Source, SourcedName};
pub use provider::{MemoryProvider, Provider, ProviderError};
pub use published::PublishedError;
pub use solution::{Chosen, Resolved, Solution};

use std::cell::RefCell;

/// Resolves a problem: the same problem and answers always give the same solution.
///
/// # Errors
/// See [`SolveError`].
pub fn solve(problem: &Problem, provider: &dyn Provider) -> Result<Solution, SolveError> {
    let universe = RefCell::new(universe::Universe::new(problem, provider));
    let outcome = search::search(&universe, provider)?;
    let mut universe = universe.into_inner();
    match outcome {
        search::Outcome::Found(selected) => solution::extract(&mut universe, &selected),
        search::Outcome::Impossible(tree) => {
            let conflict = Conflict::explain(&mut universe, tree);
            Err(SolveError::Conflict(Box::new(conflict)))
        }
    }
}

//! Why a resolution has no solution, by what the caller can do about it.

use super::conflict::Conflict;
use super::model::SourcedName;
use super::provider::ProviderError;
use super::solution::Chosen;

/// Why nothing was resolved. Shown to people as it is; may have many lines.
#[derive(Debug, thiserror::Error)]
pub enum SolveError {
    /// Requirements exclude each other, or ask for what does not exist.
    #[error("{0}")]
    Conflict(Box<Conflict>),
    /// Packages need each other in a circle, so that none can be compiled first.
    #[error("{}", circle(.0))]
    Cycle(Vec<Chosen>),
    /// One compatible range of a package would come from two places.
    #[error(
        "{} is needed from two places, {} and {}\n  help: say in `[patch]` which of them counts, or use only one",
        .0[0].name, .0[0].source, .0[1].source
    )]
    TwoSources(Box<[Chosen; 2]>),
    /// The provider failed.
    #[error("the versions of {} ({}) cannot be read: {source}", .package.name, .package.source)]
    Provider {
        /// The package that it was asked for.
        package: SourcedName,
        /// What it said.
        source: ProviderError,
    },
    /// The provider asked to stop.
    #[error("resolution was cancelled")]
    Cancelled,
    /// The search made as many decisions as the policy allows.
    #[error(
        "no solution was found in {steps} steps\n  help: narrow the requirements of the workspace, so that there is less to try"
    )]
    TooHard {
        /// The bound, [`super::Policy::maximum_steps`].
        steps: u64,
    },
}

fn circle(packages: &[Chosen]) -> String {
    let names: Vec<String> = packages
        .iter()
        .chain(packages.first())
        .map(Chosen::to_string)
        .collect();
    format!(
        "packages need each other in a circle: {}\n  help: a package can only be compiled after what it needs; choose versions without the circle, or move what both need into a package of its own",
        names.join(" -> ")
    )
}

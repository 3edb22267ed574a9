//! Why a resolution has no solution, by what the caller can do about it.

use super::conflict::Conflict;
use super::model::{Source, SourcedName};
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
    #[error("{}", two_sources(.0))]
    TwoSources(Box<[Claim; 2]>),
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

/// A place from which a package would come, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The package.
    pub chosen: Chosen,
    /// Those who need it from there.
    pub by: Vec<Chosen>,
}

fn two_sources(claims: &[Claim; 2]) -> String {
    let name = &claims[0].chosen.name;
    let mut text = format!("{name} is needed from two places");
    for Claim { chosen, by } in claims {
        let by: Vec<String> = by.iter().map(|one| format!(" by {one}")).collect();
        text += &match chosen.source {
            Source::Workspace => format!("\n  {} of this workspace{}", chosen.version, by.join(" and")),
            _ => format!("\n  {} of {}{}", chosen.version, chosen.source, by.join(" and")),
        };
    }
    let is_member = claims
        .iter()
        .any(|claim| claim.chosen.source == Source::Workspace);
    text + &match is_member {
        true => format!(
            "\n  help: put `\"{name}\" = {{ path = \"...\" }}` into `[patch]`, with the folder of the member: it is then used wherever {name} is needed"
        ),
        false => "\n  help: say in `[patch]` which of them counts, or use only one".to_owned(),
    }
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

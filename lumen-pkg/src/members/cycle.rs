//! The report of a dependency cycle: every edge with its place.

use super::candidate::{Candidate, Edge};
use crate::problem::{Label, Problem};

/// The error for a cycle. `chain` is its packages in order, the last depends on the first; edges point into `all`.
pub(super) fn cycle_problem(chain: &[&Candidate], all: &[Candidate]) -> Problem {
    let next = chain.iter().cycle().skip(1);
    let steps: Vec<(&Candidate, &Edge)> = chain
        .iter()
        .zip(next)
        .filter_map(|(from, to)| Some((*from, edge_between(from, to, all)?)))
        .collect();
    // A package is called what the one before it calls it: its own name may be missing.
    let mut names: Vec<String> = steps.iter().map(|(_, edge)| format!("`{}`", edge.name)).collect();
    names.rotate_right(1);
    let label = |((from, edge), name): (&(&Candidate, &Edge), &String)| Label {
        location: from.file.location(edge.span),
        message: format!("{name} depends on `{}`", edge.name),
    };
    let labels = steps.iter().zip(&names).skip(1).map(label).collect();
    names.extend(names.first().cloned());
    let (first, edge) = steps.first().expect("a cycle has at least one step");
    Problem {
        labels,
        help: Some("move what they share into a package that both can depend on".to_owned()),
        ..first.file.error(
            edge.span,
            format!("packages depend on each other: {}", names.join(" -> ")),
        )
    }
}

fn edge_between<'c>(from: &'c Candidate, to: &Candidate, all: &[Candidate]) -> Option<&'c Edge> {
    let leads_there = |edge: &&Edge| {
        all.get(edge.target)
            .is_some_and(|target| target.file.folder == to.file.folder)
    };
    from.edges.iter().find(leads_there)
}

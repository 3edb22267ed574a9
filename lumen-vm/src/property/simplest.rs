//! The simplest case that fails as one does, by runs of the cell.

use super::case::{Ended, Ran, Runner, Source};
use super::check::{Counterexample, PropertyFailure};
use super::shrink::{Trial, shrink};
use crate::exec::{Limits, Output};
use crate::failure::{Failure, FailureKind, FrameInfo};

/// Most runs of the cell.
const RUNS: u32 = 3000;
/// Most calls and jumps backwards of all those runs.
const FUEL: u64 = 300_000_000;
/// Calls and jumps backwards that a simpler case may take in any case; else eight times those of the failing one.
const LEAST_FUEL: u64 = 100_000;

/// A failing case.
pub(super) struct Found<'s, O> {
    pub(super) source: Source<'s>,
    pub(super) failure: PropertyFailure,
    pub(super) output: O,
    pub(super) choices: Vec<u64>,
    pub(super) fuel: u64,
    pub(super) case: u32,
}

/// Makes a failing case as simple as it gets, or as there is time for.
pub(super) fn simplest<O: Output>(runner: &mut Runner<'_, '_, O>, found: Found<'_, O>) -> Counterexample<O> {
    let limits = runner.property.limits;
    let enough = found.fuel.saturating_mul(8).max(LEAST_FUEL);
    let mut shrinking = Shrinking {
        limits: Limits {
            fuel: Some(limits.fuel.map_or(enough, |fuel| fuel.min(enough))),
            ..limits
        },
        failure: &found.failure,
        runs: RUNS,
        fuel: FUEL,
        best: None,
        runner,
    };
    let steps = match shrinking.fails(&found.choices) {
        Some(made) => shrink(&mut shrinking, made).1,
        None => 0,
    };
    let best = shrinking.best.take();
    let is_interrupted = runner.property.is_interrupted();
    let (noted, failure, output) = match best {
        Some(best) => (
            runner.noted(&Source::Given(&best.choices)),
            best.failure,
            best.output,
        ),
        None => (runner.noted(&found.source), found.failure, found.output),
    };
    Counterexample {
        arguments: noted.arguments,
        failure,
        output,
        kept: noted.kept,
        case: found.case,
        steps,
        is_known: false,
        is_interrupted,
    }
}

/// A simpler case.
struct Best<O> {
    failure: PropertyFailure,
    output: O,
    choices: Vec<u64>,
}

/// Tries simpler cases.
struct Shrinking<'s, 'r, 'p, 'o, O> {
    runner: &'s mut Runner<'r, 'p, O>,
    limits: Limits,
    failure: &'o PropertyFailure,
    runs: u32,
    fuel: u64,
    /// The last one that failed, which is the simplest.
    best: Option<Best<O>>,
}

impl<O: Output> Trial for Shrinking<'_, '_, '_, '_, O> {
    fn fails(&mut self, choices: &[u64]) -> Option<Vec<u64>> {
        if !self.goes_on() {
            return None;
        }
        let Ran {
            ended,
            output,
            choices,
            fuel,
        } = self.runner.run(&Source::Given(choices), self.limits);
        self.runs -= 1;
        self.fuel = self.fuel.saturating_sub(fuel);
        match ended {
            Ended::Failed(failure) if is_alike(&failure, self.failure) => {
                self.best = Some(Best {
                    failure,
                    output,
                    choices: choices.clone(),
                });
                Some(choices)
            }
            _ => None,
        }
    }

    fn goes_on(&self) -> bool {
        self.runs > 0 && self.fuel > 0 && !self.runner.property.is_interrupted()
    }
}

/// Whether two failures are of one sort, at one place, so that one explains the other.
fn is_alike(left: &PropertyFailure, right: &PropertyFailure) -> bool {
    match (left, right) {
        (PropertyFailure::Failed(left), PropertyFailure::Failed(right)) => place(left) == place(right),
        (PropertyFailure::Returned(left), PropertyFailure::Returned(right)) => {
            (left == "false") == (right == "false")
        }
        _ => false,
    }
}

/// What failures that are alike have in common: the place, or the budget that is exhausted, since where it ends is a matter of
/// chance.
fn place(failure: &Failure) -> (FailureKind, Option<&str>, Option<&FrameInfo>) {
    match failure.exhausted {
        true => (failure.kind, Some(&failure.message), None),
        false => (failure.kind, None, failure.stack.first()),
    }
}

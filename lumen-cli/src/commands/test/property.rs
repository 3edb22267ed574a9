//! Tests with parameters: run as properties, with the failing cases of former runs first.

use super::names::Named;
use super::regressions::Regressions;
use super::verdict::{Falsified, Outcome};
use super::watchdog::Watch;
use anyhow::{Context, Result};
use lumen_vm::property::{Property, PropertyFailure, PropertyOutcome};
use lumen_vm::{CellRef, Limits, MemoryOutput, Output, Program};
use std::path::Path;

/// How many cases a property is run with, unless `--cases` says otherwise.
pub(super) const CASES: u32 = 100;

/// What is the same for all properties of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Properties<'r> {
    /// The seed of the run.
    pub(super) seed: u64,
    /// How many cases each is run with.
    pub(super) cases: u32,
    /// The workspace's folder.
    pub(super) root: &'r Path,
}

/// A seed that nobody has chosen. It is short, for people type it.
pub(super) fn any_seed() -> Result<u64> {
    let mut octets = [0; 4];
    getrandom::fill(&mut octets).context("the operating system has no random numbers: choose a `--seed`")?;
    Ok(u64::from(u32::from_le_bytes(octets)))
}

/// How a property ended.
pub(super) struct Checked {
    pub(super) outcome: Outcome,
    /// What the failing case printed.
    pub(super) output: MemoryOutput,
    /// What else is to be said, in whole lines.
    pub(super) notes: Vec<String>,
}

impl Checked {
    fn without_output(outcome: Outcome, notes: Vec<String>) -> Checked {
        Checked {
            outcome,
            output: MemoryOutput::default(),
            notes,
        }
    }
}

/// Runs a property, until it fails or its time is over.
pub(super) fn run_property(
    program: &Program,
    cell: CellRef,
    test: &Named,
    limits: Limits,
    properties: Properties<'_>,
    watch: &Watch<'_>,
) -> Checked {
    let regressions = Regressions::of(properties.root, &test.case);
    let kept = match regressions.read() {
        Ok(kept) => kept,
        Err(problem) => return Checked::without_output(Outcome::Refused(problem), Vec::new()),
    };
    let property = Property {
        program,
        cell,
        limits,
        seed: properties.seed,
        name: &test.name,
        cases: properties.cases,
        kept: &kept,
        interrupt: Some(watch.flag()),
    };
    let found = match property.check(CaseOutput::default) {
        PropertyOutcome::Passed { stale: 0 } => {
            return Checked::without_output(Outcome::Passed, Vec::new());
        }
        PropertyOutcome::Passed { stale } => {
            let note = format!(
                "{}: {stale} of {} cases do not fit the parameters of the test any more; take them out of that file",
                regressions.name(),
                kept.len()
            );
            return Checked::without_output(Outcome::Passed, vec![note]);
        }
        PropertyOutcome::GaveUp { reason } => {
            return Checked::without_output(Outcome::Refused(reason), Vec::new());
        }
        PropertyOutcome::Interrupted => {
            return Checked::without_output(Outcome::TimedOut(watch.limit()), Vec::new());
        }
        PropertyOutcome::Failed(found) => *found,
    };
    let mut notes = Vec::new();
    if !found.is_known {
        let mut all = kept;
        all.push(found.kept);
        notes.push(match regressions.write(&all) {
            Ok(()) => format!("kept in {}, and run first from now on", regressions.name()),
            Err(error) => format!("could not be kept in {}: {error}", regressions.name()),
        });
    }
    let falsified = Falsified {
        arguments: found.arguments,
        case: found.case,
        steps: found.steps,
        out_of_time: found.is_interrupted.then(|| watch.limit()),
        known: found.is_known.then(|| regressions.name().to_owned()),
    };
    let outcome = match found.failure {
        PropertyFailure::Failed(failure) => Outcome::Failed(Box::new(failure), Some(falsified)),
        PropertyFailure::Returned(value) => {
            Outcome::Falsified(format!("the property returned {value}"), falsified)
        }
    };
    Checked {
        outcome,
        output: found.output.0,
        notes,
    }
}

/// What a case prints. There is nothing to compare a snapshot with.
#[derive(Default)]
struct CaseOutput(MemoryOutput);

impl Output for CaseOutput {
    fn print_line(&mut self, line: &str) {
        self.0.print_line(line);
    }

    fn debug_line(&mut self, line: &str) {
        self.0.debug_line(line);
    }

    fn snapshot(&mut self, _: Option<&str>, _: &str) -> Result<(), String> {
        Err(
            "a test with parameters has no snapshots, since its arguments differ from case to case"
                .to_owned(),
        )
    }
}

//! `lumen test`: runs `@test` cells and `test` fences, each in a machine of its own, on all cores; those that passed and reach
//! nothing that has changed since are not run again.
//!
//! ```text
//! selection   what the command line asks for          names, keys   tests, and what decides about each
//! known       answers without looking at modules      affected      what differs from a commit
//! property, regressions   tests with parameters, and the cases that they failed with
//! execute     threads, retries, fail-fast             machine, watchdog   one attempt; deadlines
//! snapshots   compared while a test runs              difference, review, unreferenced   afterwards
//! report, junit, coverage   what is said                     memory        what is kept for the next run
//! ```

mod affected;
mod broken;
mod coverage;
mod difference;
mod execute;
mod junit;
mod keys;
mod known;
mod machine;
mod memory;
mod names;
mod property;
mod regressions;
mod report;
mod review;
mod run;
mod selection;
mod snapshots;
mod unreferenced;
mod verdict;
mod watchdog;

use super::Session;
use super::builder::Builder;
use crate::arguments::TestArguments;
use crate::exit::Exit;
use anyhow::Result;
pub(crate) use coverage::CoverageArguments;
use names::{Named, named_tests};
use selection::Selection;

/// Builds with snippets, runs what is asked for, and reports.
pub(crate) fn test(session: &Session, arguments: &TestArguments) -> Result<Exit> {
    let selection = match Selection::of(session, arguments) {
        Ok(selection) => selection,
        Err(problem) => {
            session.output.error(&problem);
            return Ok(Exit::Usage);
        }
    };
    let builder = Builder::with_snippets(session, selection.target(session), &arguments.options);
    let enough = selection.clone();
    let builder = builder.unless_known(move |memory| enough.is_answered_by(memory));
    let mut built = match builder.run() {
        Ok(built) => built,
        Err(exit) => return Ok(exit),
    };
    if !built.outcome.succeeded() {
        session.output.ended(&built.outcome);
        return Ok(built.exit());
    }
    session.output.notes(&built.outcome.notes);
    if let Some(memory) = built.outcome.known_tests.take() {
        return known::answer(session, arguments, &selection, &memory);
    }
    let all = named_tests(built.build(), &built.outcome);
    if let Some(problem) = selection.unmatched(all.iter().map(|test| test.name.as_str())) {
        session.output.error(&problem);
        return Ok(Exit::Usage);
    }
    let tests: Vec<&Named> = all.iter().filter(|test| selection.wants(&test.name)).collect();
    run::run(session, arguments, &selection, &mut built, &all, tests)
}

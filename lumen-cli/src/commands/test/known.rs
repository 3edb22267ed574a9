//! Answers from what the last run left, when nothing has changed since: no module is loaded, no list of tests is read.

use super::junit::Junit;
use super::report::{Summary, test_event};
use super::selection::Selection;
use super::verdict::{Outcome, Verdict};
use crate::arguments::TestArguments;
use crate::commands::Session;
use crate::exit::Exit;
use crate::output::MessageFormat;
use anyhow::Result;
use lumen_build::{KnownTest, TestMemory};
use serde_json::json;
use std::time::Duration;

/// Lists the tests that are asked for, or says that they passed.
pub(super) fn answer(
    session: &Session,
    arguments: &TestArguments,
    selection: &Selection,
    memory: &TestMemory,
) -> Result<Exit> {
    let names = selection.known_of_package(memory);
    if let Some(problem) = selection.unmatched(names.map(|test| test.name.as_str())) {
        session.output.error(&problem);
        return Ok(Exit::Usage);
    }
    let known: Vec<&KnownTest> = selection.known(memory).collect();
    let weights: Vec<(&str, Duration)> = match selection.shard {
        Some(_) => known
            .iter()
            .map(|test| (test.name.as_str(), test.weight))
            .collect(),
        None => Vec::new(),
    };
    let chosen = selection.in_shard(session, &weights);
    let tests = known.iter().enumerate();
    let tests = tests.filter(|(position, _)| chosen.get(*position).copied().unwrap_or(true));
    if selection.list {
        tests.for_each(|(_, test)| list_test(session, &test.name));
        return Ok(Exit::Done);
    }
    let mut summary = Summary::default();
    let mut junit = Junit::default();
    for (_, test) in tests {
        let verdict = Verdict::without_run(Outcome::Cached, test.duration);
        summary.add(&verdict);
        if session.output.format == MessageFormat::Json {
            test_event(session, &test.name, &verdict, None);
        }
        if arguments.junit.is_some() {
            junit.add(&test.name, &verdict, &[]);
        }
    }
    let exit = summary.print(session, selection);
    if let Some(file) = &arguments.junit {
        junit.write(session, file)?;
    }
    Ok(exit)
}

/// A line of `--list`.
pub(super) fn list_test(session: &Session, name: &str) {
    session
        .output
        .item(name, &json!({"event": "listed-test", "version": 1, "name": name}));
}

//! `lumen test`: runs `@test` cells and `test` fences, each in a machine of its own, on all cores.

mod broken;
mod execute;
mod machine;
mod names;
mod property;
mod regressions;
mod report;
mod verdict;

use super::Session;
use super::builder::{Builder, Target};
use super::run::limits;
use crate::arguments::TestArguments;
use crate::exit::Exit;
use anyhow::Result;
use broken::broken_snippets;
use execute::run_tests;
use lumen_build::document_stem;
use names::{Named, named_tests};
use property::{CASES, Properties, any_seed};
use report::summary;
use serde_json::json;
use std::path::PathBuf;

/// Builds with snippets, runs what the filters name, and reports.
pub(crate) fn test(session: &Session, arguments: &TestArguments) -> Result<Exit> {
    // Documents are told from filters by how they end.
    let (documents, filters): (Vec<_>, Vec<_>) = arguments
        .filters
        .iter()
        .partition(|filter| document_stem(filter).is_some());
    if documents.len() > 1 {
        session
            .output
            .error("one document at a time: `lumen test notes.lm.md`");
        return Ok(Exit::Usage);
    }
    if !documents.is_empty() && arguments.package.is_some() {
        session
            .output
            .error("a document or a package (`-p`): leave one out");
        return Ok(Exit::Usage);
    }
    let document = documents.first().map(PathBuf::from);
    let target = Target::of(session, document.as_deref(), arguments.package.as_deref());
    let mut built = match Builder::with_snippets(session, target, &arguments.options).run()? {
        Ok(built) => built,
        Err(exit) => return Ok(exit),
    };
    if !built.outcome.succeeded() {
        session.output.build(&built.outcome, &session.environment.folder);
        return Ok(built.exit());
    }
    session
        .output
        .findings(&built.outcome, &session.environment.folder);
    let wanted =
        |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    let tests: Vec<Named> = named_tests(&built)
        .into_iter()
        .filter(|test| wanted(&test.name))
        .collect();
    if arguments.list {
        for test in &tests {
            session.output.item(
                &test.name,
                &json!({"event": "listed-test", "version": 1, "name": test.name}),
            );
        }
        return Ok(Exit::Done);
    }
    let broken = broken_snippets(session, &built);
    let root = built.outcome.root.clone();
    let properties = Properties {
        seed: arguments.seed.map_or_else(any_seed, Ok)?,
        cases: arguments.cases.unwrap_or(CASES),
        root: &root,
    };
    let limits = limits(&arguments.limits);
    let Some(ran) = run_tests(session, &mut built, &tests, limits, properties, arguments)? else {
        return Ok(Exit::Security);
    };
    Ok(summary(
        session,
        &tests,
        &ran,
        broken,
        filters.len(),
        properties.seed,
    ))
}

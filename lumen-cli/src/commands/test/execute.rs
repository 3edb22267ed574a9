//! Runs tests on all cores.

use super::machine::run_test;
use super::names::Named;
use super::property::Properties;
use super::report::{Again, print_verdict};
use super::verdict::Verdict;
use crate::arguments::TestArguments;
use crate::commands::Session;
use crate::commands::builder::{Built, cores};
use crate::commands::program::link_built;
use crate::output::FailureReport;
use anyhow::Result;
use lumen_vm::Limits;
use lumen_vm::lir::ModuleId;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs tests in parallel and prints each as it ends. One verdict a test, in order.
pub(super) fn run_tests(
    session: &Session,
    built: &mut Built<'_>,
    tests: &[Named],
    limits: Limits,
    properties: Properties<'_>,
    arguments: &TestArguments,
) -> Result<Option<Vec<Verdict>>> {
    if tests.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let entries: BTreeSet<ModuleId> = tests.iter().map(|test| test.case.module.clone()).collect();
    let modules = built.program(&entries.into_iter().collect::<Vec<_>>())?;
    let program = match link_built(&modules) {
        Ok(program) => program,
        Err(error) => {
            session.output.error(&format!("{error:#}"));
            return Ok(None);
        }
    };
    let report = FailureReport {
        program: Some(&modules),
        root: &built.outcome.root,
        folder: &session.environment.folder,
    };
    let again = Again::new(arguments, properties);
    let threads = arguments
        .options
        .jobs
        .map_or_else(cores, usize::from)
        .min(tests.len());
    let next = AtomicUsize::new(0);
    let verdicts: Mutex<Vec<Option<Verdict>>> = Mutex::new(tests.iter().map(|_| None).collect());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(test) = tests.get(index) else { return };
            let verdict = run_test(&program, test, limits, properties);
            print_verdict(session, &report, test, &verdict, &again);
            if let Ok(mut verdicts) = verdicts.lock() {
                verdicts[index] = Some(verdict);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let verdicts = verdicts.into_inner().unwrap_or_default();
    Ok(Some(verdicts.into_iter().flatten().collect()))
}

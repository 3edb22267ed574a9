//! A run of tests from their names to the last line.

use super::affected::Base;
use super::broken::broken_snippets;
use super::coverage::report_coverage;
use super::execute::Execution;
use super::junit::Junit;
use super::keys::Keyed;
use super::known::list_test;
use super::memory::remember;
use super::names::Named;
use super::property::{CASES, Properties, any_seed};
use super::report::{Summary, test_event};
use super::review::{is_waiting, review};
use super::selection::Selection;
use super::snapshots::{Difference, Mode};
use super::unreferenced::{deal_with, unreferenced};
use super::verdict::{Outcome, Verdict};
use crate::arguments::TestArguments;
use crate::commands::Session;
use crate::commands::builder::Built;
use crate::commands::program::link;
use crate::exit::Exit;
use crate::output::FailureReport;
use anyhow::Result;
use lumen_build::{Program, TestMemory};
use lumen_vm::Program as LinkedProgram;
use lumen_vm::lir::ModuleId;
use std::collections::BTreeSet;
use std::time::Duration;

/// Runs those of `tests` that have to be, and says how all of them ended. `all` are those of the scope.
pub(super) fn run(
    session: &Session,
    arguments: &TestArguments,
    selection: &Selection,
    built: &mut Built<'_>,
    all: &[Named],
    tests: Vec<&Named>,
) -> Result<Exit> {
    let memory = built.build().test_memory(&built.outcome.root);
    if selection.list && selection.affected.is_none() {
        list(session, in_shard(session, selection, memory.as_ref(), tests));
        return Ok(Exit::Done);
    }
    let modules = built.program(&modules_of(&tests))?;
    let (build, outcome) = (built.build(), &built.outcome);
    let limits = selection.test_limits();
    let tests = match &selection.affected {
        None => tests,
        Some(base) => match Base::of(session, arguments, selection, &outcome.root, base) {
            Ok(base) => {
                let keyed = Keyed::of(build, outcome, &modules, all, &tests, limits);
                let keys = keyed.keys.iter().map(|key| key.as_ref().map(|key| key.digest()));
                let tests = tests.into_iter().zip(keys);
                let affected = tests.filter(|(test, key)| base.differs(test, *key));
                affected.map(|(test, _)| test).collect()
            }
            Err(problem) => {
                session.output.error(&problem);
                return Ok(Exit::Usage);
            }
        },
    };
    let tests = in_shard(session, selection, memory.as_ref(), tests);
    if selection.list {
        list(session, tests);
        return Ok(Exit::Done);
    }
    let broken = broken_snippets(session, built);
    let keyed = Keyed::of(built.build(), &built.outcome, &modules, all, &tests, limits);
    let cached = |position: usize, test: &Named| match selection.no_cache {
        true => None,
        false => keyed.passed(built.build(), memory.as_ref(), position, test),
    };
    let mut verdicts: Vec<Option<Verdict>> = tests
        .iter()
        .enumerate()
        .map(|(position, test)| {
            let duration = cached(position, test)?;
            Some(Verdict::without_run(Outcome::Cached, duration))
        })
        .collect();
    say_cached(session, &tests, &verdicts);
    let fresh: Vec<&Named> = tests
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_none())
        .map(|(test, _)| *test)
        .collect();
    let seed = arguments.seed.map_or_else(any_seed, Ok)?;
    let Some(ran) = execute(session, arguments, selection, built, &modules, &fresh, seed)? else {
        return Ok(Exit::Security);
    };
    let (ran, program) = ran;
    let mut ran = ran.into_iter();
    for slot in verdicts.iter_mut().filter(|slot| slot.is_none()) {
        *slot = ran.next();
    }
    let not_run = || Verdict::without_run(Outcome::NotRun, Duration::ZERO);
    let verdicts: Vec<Verdict> = verdicts
        .into_iter()
        .map(|verdict| verdict.unwrap_or_else(not_run))
        .collect();
    let ended = Ended {
        session,
        selection,
        tests: &tests,
        verdicts: &verdicts,
    };
    let mut summary = ended.summary();
    summary.broken = broken.len();
    summary.seed = verdicts.iter().any(|verdict| verdict.is_property).then_some(seed);
    let orphans = unreferenced(selection, &keyed, all, &ended.pairs());
    summary.unreferenced = deal_with(session, &built.outcome.root, selection.unreferenced, &orphans);
    if arguments.junit.is_some() {
        let mut junit = Junit::default();
        for (test, verdict) in ended.pairs() {
            junit.add(&test.name, verdict);
        }
        junit.add_broken(&broken);
        junit.write(session, arguments.junit.as_deref())?;
    }
    let sound = broken.is_empty() && orphans.is_empty();
    remember(
        selection,
        built,
        all,
        &keyed,
        memory.as_ref(),
        &ended.pairs(),
        sound,
    );
    for note in &built.outcome.notes {
        session.output.note(&format!("note: {}", note.text));
    }
    ended.review(built)?;
    let exit = summary.print(session, selection);
    if arguments.coverage.is_wanted() {
        let covered = report_coverage(session, built, program.as_ref(), &arguments.coverage)?;
        return Ok(covered.unwrap_or(exit));
    }
    Ok(exit)
}

/// Tells programs of the tests that are not run, by name, as when the last run answers.
fn say_cached(session: &Session, tests: &[&Named], verdicts: &[Option<Verdict>]) {
    let known = tests.iter().zip(verdicts);
    let known = known.filter_map(|(test, verdict)| Some((&test.name, verdict.as_ref()?)));
    let mut known: Vec<(&String, &Verdict)> = known.collect();
    known.sort_by_key(|(name, _)| *name);
    for (name, verdict) in known {
        test_event(session, name, verdict, None);
    }
}

/// By name, as when the last run answers.
fn list(session: &Session, mut tests: Vec<&Named>) {
    tests.sort_by(|left, right| left.name.cmp(&right.name));
    tests.iter().for_each(|test| list_test(session, &test.name));
}

fn modules_of(tests: &[&Named]) -> Vec<ModuleId> {
    let modules: BTreeSet<ModuleId> = tests.iter().map(|test| test.case.module.clone()).collect();
    modules.into_iter().collect()
}

fn in_shard<'t>(
    session: &Session,
    selection: &Selection,
    memory: Option<&TestMemory>,
    tests: Vec<&'t Named>,
) -> Vec<&'t Named> {
    let weight = |test: &&'t Named| {
        let known = memory.and_then(|memory| memory.test(&test.name));
        (
            test.name.as_str(),
            known.map_or(Duration::ZERO, |known| known.weight),
        )
    };
    let weights: Vec<(&str, Duration)> = tests.iter().map(weight).collect();
    let chosen = selection.in_shard(session, &weights);
    let tests = tests.iter().zip(chosen);
    tests
        .filter(|(_, chosen)| *chosen)
        .map(|(test, _)| *test)
        .collect()
}

/// Links what these tests reach, and runs them; yields verdicts and the program, which has counted if coverage is wanted.
/// Nothing if something does not verify, which is said.
fn execute(
    session: &Session,
    arguments: &TestArguments,
    selection: &Selection,
    built: &Built<'_>,
    modules: &Program,
    tests: &[&Named],
    seed: u64,
) -> Result<Option<(Vec<Verdict>, Option<LinkedProgram>)>> {
    if tests.is_empty() {
        return Ok(Some((Vec::new(), None)));
    }
    let reached = modules.reachable(&modules_of(tests));
    let program = match link(reached.iter().map(|module| &module.module)) {
        Ok(program) if arguments.coverage.is_wanted() => program.counting(),
        Ok(program) => program,
        Err(error) => {
            session.output.error(&format!("{error:#}"));
            return Ok(None);
        }
    };
    let root = &built.outcome.root;
    let properties = Properties {
        seed,
        cases: arguments.cases.unwrap_or(CASES),
        root,
    };
    let execution = Execution {
        session,
        program: &program,
        report: FailureReport {
            program: Some(modules),
            root,
            folder: &session.environment.folder,
        },
        root,
        limits: selection.limits,
        mode: selection.mode,
        arguments,
        properties,
    };
    let verdicts = execution.run(tests);
    Ok(Some((verdicts, Some(program))))
}

/// A run that ended.
struct Ended<'r> {
    session: &'r Session,
    selection: &'r Selection,
    tests: &'r [&'r Named],
    verdicts: &'r [Verdict],
}

impl<'r> Ended<'r> {
    fn pairs(&self) -> Vec<(&'r Named, &'r Verdict)> {
        self.tests.iter().copied().zip(self.verdicts).collect()
    }

    fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        self.verdicts.iter().for_each(|verdict| summary.add(verdict));
        summary
    }

    /// Asks about the snapshots that wait, if that is asked for.
    fn review(&self, built: &Built<'_>) -> Result<()> {
        let root = &built.outcome.root;
        let differences: Vec<&Difference> = self
            .verdicts
            .iter()
            .flat_map(|verdict| &verdict.differences)
            .filter(|difference| self.selection.mode == Mode::Review && is_waiting(root, difference))
            .collect();
        if differences.is_empty() {
            return Ok(());
        }
        let mut input = std::io::stdin().lock();
        let mut output = std::io::stderr().lock();
        let reviewed = review(root, &differences, &mut input, &mut output).map_err(anyhow::Error::msg)?;
        drop(output);
        self.session.output.status(
            "Reviewed",
            &format!(
                "{} accepted, {} rejected, {} left waiting; `lumen test` compares again",
                reviewed.accepted, reviewed.rejected, reviewed.skipped
            ),
        );
        Ok(())
    }
}

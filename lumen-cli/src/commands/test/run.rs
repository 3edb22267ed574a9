//! A run of tests from their names to the last line.

use super::affected::Base;
use super::broken::{Broken, broken_snippets};
use super::coverage::report_coverage;
use super::execute::Execution;
use super::junit::Junit;
use super::keys::{Keyed, KeyedTest};
use super::known::list_test;
use super::memory::remember;
use super::names::Named;
use super::property::{CASES, Properties, any_seed};
use super::report::{Again, Reporter, Summary, print_unlucky, test_event};
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
use lumen_build::{Build, TestMemory};
use lumen_vm::Program as LinkedProgram;
use lumen_vm::lir::ModuleId;
use std::collections::BTreeSet;
use std::path::Path;
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
        let chosen = in_shard(session, selection, memory.as_ref(), &tests);
        list(session, only(tests, &chosen));
        return Ok(Exit::Done);
    }
    let modules = built.program(&modules_of(&tests))?;
    let (build, outcome) = (built.build(), &built.outcome);
    let mut keyed = Keyed::of(build, outcome, &modules, all, tests, selection.test_limits());
    if let Some(base) = &selection.affected {
        match Base::of(session, arguments, selection, &outcome.root, base) {
            Ok(base) => keyed.tests.retain(|test| base.differs(test)),
            Err(problem) => {
                session.output.error(&problem);
                return Ok(Exit::Usage);
            }
        }
    }
    let chosen = in_shard(session, selection, memory.as_ref(), &keyed.named());
    keyed.tests = only(keyed.tests, &chosen);
    if selection.list {
        list(session, keyed.named());
        return Ok(Exit::Done);
    }
    let broken = broken_snippets(session, built);
    let cached = cached(selection, built.build(), memory.as_ref(), &keyed);
    say_cached(session, &keyed, &cached);
    let fresh = keyed.tests.iter().zip(&cached);
    let fresh: Vec<&Named> = fresh
        .filter(|(_, cached)| cached.is_none())
        .map(|(keyed, _)| keyed.test)
        .collect();
    let root = built.outcome.root.clone();
    let properties = Properties {
        seed: arguments.seed.map_or_else(any_seed, Ok)?,
        cases: arguments.cases.unwrap_or(CASES),
        root: &root,
    };
    let report = Reporter {
        failures: FailureReport {
            program: Some(&modules),
            root: &root,
            folder: &session.environment.folder,
        },
        again: Again::new(arguments, properties),
    };
    let Some(ran) = execute(session, arguments, selection, &report, properties, &fresh)? else {
        return Ok(Exit::Security);
    };
    let ended = Ended {
        session,
        arguments,
        selection,
        keyed: &keyed,
        verdicts: in_order(cached, ran.verdicts),
        time: ran.time,
        seed: properties.seed,
        report: &report,
    };
    let exit = ended.finish(built, all, memory.as_ref(), &broken)?;
    if arguments.coverage.is_wanted() {
        let covered = report_coverage(session, built, ran.program.as_ref(), &arguments.coverage)?;
        return Ok(covered.unwrap_or(exit));
    }
    Ok(exit)
}

/// The verdicts of tests that need no run.
fn cached(
    selection: &Selection,
    build: &Build,
    memory: Option<&TestMemory>,
    keyed: &Keyed<'_>,
) -> Vec<Option<Verdict>> {
    let known = |test: &KeyedTest<'_>| match selection.no_cache {
        true => None,
        false => test.passed(build, memory),
    };
    let verdict = |test| Some(Verdict::without_run(Outcome::Cached, known(test)?));
    keyed.tests.iter().map(verdict).collect()
}

/// All verdicts: those that were known, and those of the tests that ran in the order of the others.
fn in_order(known: Vec<Option<Verdict>>, ran: Vec<Verdict>) -> Vec<Verdict> {
    let mut ran = ran.into_iter();
    let verdicts = known.into_iter().map(|known| known.or_else(|| ran.next()));
    let not_run = || Verdict::without_run(Outcome::NotRun, Duration::ZERO);
    verdicts.map(|verdict| verdict.unwrap_or_else(not_run)).collect()
}

/// Those that were chosen.
fn only<T>(all: Vec<T>, chosen: &[bool]) -> Vec<T> {
    let all = all.into_iter().zip(chosen);
    all.filter(|(_, chosen)| **chosen).map(|(one, _)| one).collect()
}

/// Tells programs of the tests that are not run, by name, as when the last run answers.
fn say_cached(session: &Session, keyed: &Keyed<'_>, cached: &[Option<Verdict>]) {
    let known = keyed.tests.iter().zip(cached);
    let known = known.filter_map(|(keyed, verdict)| Some((&keyed.test.name, verdict.as_ref()?)));
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

/// Which of the tests are in the shard that is asked for.
fn in_shard(
    session: &Session,
    selection: &Selection,
    memory: Option<&TestMemory>,
    tests: &[&Named],
) -> Vec<bool> {
    let weight = |test: &&Named| {
        memory
            .and_then(|memory| memory.test(&test.name))
            .map(|known| known.weight)
    };
    let weights: Vec<(&str, Duration)> = tests
        .iter()
        .map(|test| (test.name.as_str(), weight(test).unwrap_or_default()))
        .collect();
    selection.in_shard(session, &weights)
}

/// What a run of tests yields.
#[derive(Default)]
struct Run {
    verdicts: Vec<Verdict>,
    /// From the start of the first test to the end of the last one.
    time: Duration,
    /// What has counted, if coverage is wanted.
    program: Option<LinkedProgram>,
}

/// Links what these tests reach, and runs them. Nothing if something does not verify, which is said.
fn execute(
    session: &Session,
    arguments: &TestArguments,
    selection: &Selection,
    report: &Reporter<'_>,
    properties: Properties<'_>,
    tests: &[&Named],
) -> Result<Option<Run>> {
    let Some(modules) = report.failures.program.filter(|_| !tests.is_empty()) else {
        return Ok(Some(Run::default()));
    };
    let reached = modules.reachable(&modules_of(tests));
    let program = match link(reached.iter().map(|module| &module.module)) {
        Ok(program) if arguments.coverage.is_wanted() => program.counting(),
        Ok(program) => program,
        Err(error) => {
            session.output.error(&format!("{error:#}"));
            return Ok(None);
        }
    };
    let execution = Execution {
        session,
        program: &program,
        report,
        limits: selection.limits,
        mode: selection.mode,
        arguments,
        properties,
    };
    #[expect(clippy::disallowed_methods, reason = "people are told how long it took")]
    let started = std::time::Instant::now();
    let verdicts = execution.run(tests);
    Ok(Some(Run {
        verdicts,
        time: started.elapsed(),
        program: Some(program),
    }))
}

/// A run that ended.
struct Ended<'r> {
    session: &'r Session,
    arguments: &'r TestArguments,
    selection: &'r Selection,
    keyed: &'r Keyed<'r>,
    /// One for each of the tests.
    verdicts: Vec<Verdict>,
    time: Duration,
    seed: u64,
    report: &'r Reporter<'r>,
}

impl Ended<'_> {
    /// Says how it went, and keeps it for the next run.
    fn finish(
        &self,
        built: &mut Built<'_>,
        all: &[Named],
        memory: Option<&TestMemory>,
        broken: &[Broken],
    ) -> Result<Exit> {
        let (session, selection) = (self.session, self.selection);
        let orphans = unreferenced(selection, self.keyed, all, &self.verdicts);
        let mut summary = Summary::default();
        summary.broken = broken.len();
        summary.unreferenced = deal_with(session, &built.outcome.root, selection.unreferenced, &orphans);
        summary.time = self.time;
        self.verdicts.iter().for_each(|verdict| summary.add(verdict));
        let with_seed = self.verdicts.iter().any(|verdict| verdict.is_property);
        summary.seed = with_seed.then_some(self.seed);
        let sound = broken.is_empty() && orphans.is_empty();
        remember(selection, built, all, self.keyed, memory, &self.verdicts, sound);
        for note in &built.outcome.notes {
            session.output.note(&format!("note: {}", note.text));
        }
        self.review(&built.outcome.root)?;
        print_unlucky(session, &self.keyed.named(), &self.verdicts);
        let exit = summary.print(session, selection);
        self.write_junit(broken)?;
        Ok(exit)
    }

    fn write_junit(&self, broken: &[Broken]) -> Result<()> {
        let Some(file) = &self.arguments.junit else {
            return Ok(());
        };
        let mut junit = Junit::default();
        for (KeyedTest { test, .. }, verdict) in self.keyed.tests.iter().zip(&self.verdicts) {
            junit.add(&test.name, verdict, &self.report.explanation(test, verdict));
        }
        junit.add_broken(broken);
        junit.write(self.session, file)
    }

    /// Asks about the snapshots that wait, if that is asked for.
    fn review(&self, root: &Path) -> Result<()> {
        let differences = self.verdicts.iter().flat_map(|verdict| &verdict.differences);
        let differences: Vec<&Difference> = differences
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

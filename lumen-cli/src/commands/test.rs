//! `lumen test`: runs `@test` cells and `test` fences, each in a machine of its own, on all cores.

use super::Session;
use super::builder::{Builder, Built, Target, cores};
use super::program::link_built;
use super::run::limits;
use crate::arguments::TestArguments;
use crate::exit::Exit;
use crate::output::{FailureReport, MessageFormat, plural, seconds};
use crate::paths::shown;
use anyhow::Result;
use lumen_build::{Report, SnippetResult, TestCase, document_stem};
use lumen_compiler::document::Form;
use lumen_vm::lir::ModuleId;
use lumen_vm::{Failure, Limits, MemoryOutput, Program, Vm};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How a test ended.
struct Verdict {
    outcome: Outcome,
    duration: Duration,
    output: MemoryOutput,
}

enum Outcome {
    Passed,
    /// It halted, or failed at run time.
    Failed(Failure),
    /// It returned `false` or an `err`, shown here.
    Refused(String),
}

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
    let Some(ran) = run_tests(session, &mut built, &tests, limits(&arguments.limits), arguments)? else {
        return Ok(Exit::Security);
    };
    Ok(summary(session, &tests, &ran, broken, filters.len()))
}

/// A test and its full name, `@acme/money fx: adds_up` or `notes: line 12`.
struct Named {
    name: String,
    case: TestCase,
}

fn named_tests(built: &Built<'_>) -> Vec<Named> {
    let mut tests = Vec::new();
    let mut lines = SnippetLines::new(built.outcome.root.clone());
    for case in built.build().tests(&built.outcome) {
        let host = case.module.as_str().split('#').next().unwrap_or_default();
        let host = ModuleId::parse(host);
        let place = match host.package() {
            Some(package) => format!("{package} {}", host.path()),
            None => host.path().to_owned(),
        };
        let what = match case.snippet {
            Some(number) => format!("line {}", lines.line(&case.path, number)),
            None => case.test.name.clone(),
        };
        tests.push(Named {
            name: format!("{place}: {what}"),
            case,
        });
    }
    tests
}

/// Lines at which snippets begin, each document read once.
struct SnippetLines {
    root: PathBuf,
    current: Option<(String, Vec<u32>)>,
}

impl SnippetLines {
    fn new(root: PathBuf) -> SnippetLines {
        SnippetLines { root, current: None }
    }

    /// The line of the first code of a snippet; 0 if its document has changed meanwhile.
    fn line(&mut self, path: &str, number: usize) -> u32 {
        if self.current.as_ref().is_none_or(|(known, _)| known != path) {
            #[expect(clippy::disallowed_methods, reason = "test names hold line numbers")]
            let text = std::fs::read_to_string(self.root.join(path)).unwrap_or_default();
            let lines = Form::of_path(path)
                .positions(&text)
                .snippets
                .iter()
                .map(|map| map.start(Default::default()).line)
                .collect();
            self.current = Some((path.to_owned(), lines));
        }
        self.current
            .as_ref()
            .and_then(|(_, lines)| lines.get(number).copied())
            .unwrap_or_default()
    }
}

/// Snippets that should compile and do not, or should fail and do not: printed, and counted.
fn broken_snippets(session: &Session, built: &Built<'_>) -> usize {
    let folder = &session.environment.folder;
    let mut broken = 0;
    for snippet in &built.outcome.snippets {
        let file = shown(&built.outcome.root.join(&snippet.path), folder);
        let (report, problem) = match &snippet.result {
            SnippetResult::Compiled(_) | SnippetResult::Checked | SnippetResult::FailedAsAnnounced => {
                continue;
            }
            SnippetResult::Failed(report) if report.diagnostics.is_empty() => {
                (report, Some("imports a module that has errors".to_owned()))
            }
            SnippetResult::Failed(report) => (report, None),
            SnippetResult::NotAsAnnounced { announced, report } => {
                let code = announced.info().name;
                (
                    report,
                    Some(format!("announces {code}, and does not fail with that alone")),
                )
            }
        };
        session.output.document(report, &built.outcome.root, folder);
        if let Some(problem) = problem {
            let line = opening_line(report, snippet.number);
            session
                .output
                .error(&format!("the fence at {file}:{line} {problem}"));
        }
        broken += 1;
    }
    broken
}

/// The line on which a snippet's fence begins, from 1.
fn opening_line(report: &Report, number: usize) -> usize {
    let text = &*report.text;
    let snippets = Form::of_path(&report.path).positions(text).snippets;
    let fence = snippets.get(number).and_then(|map| map.fences().first());
    let before = fence
        .and_then(|fence| text.get(..fence.range.start))
        .unwrap_or_default();
    before.matches('\n').count() + 1
}

/// Runs tests in parallel and prints each as it ends. One verdict a test, in order.
fn run_tests(
    session: &Session,
    built: &mut Built<'_>,
    tests: &[Named],
    limits: Limits,
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
            let verdict = run_test(&program, &test.case, limits);
            print_verdict(session, &report, test, &verdict);
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

fn run_test(program: &Program, case: &TestCase, limits: Limits) -> Verdict {
    #[expect(clippy::disallowed_methods, reason = "tests show how long they took")]
    let started = std::time::Instant::now();
    let mut output = MemoryOutput::default();
    let outcome = match program.find_cell(&case.module, &case.test.cell) {
        None => Outcome::Refused("the test is not in its module".to_owned()),
        Some(cell) => {
            let mut vm = Vm::new(program, limits, &mut output);
            match vm.run(cell, Vec::new()) {
                Err(failure) => Outcome::Failed(failure),
                Ok(value) => {
                    let refused = vm.is_false(&value) || vm.is_err(&value);
                    let text = vm.show(&value).unwrap_or_default();
                    vm.release(value);
                    if refused {
                        Outcome::Refused(format!("the test returned {text}"))
                    } else {
                        Outcome::Passed
                    }
                }
            }
        }
    };
    Verdict {
        outcome,
        duration: started.elapsed(),
        output,
    }
}

/// One line a test; failures with what they printed, and where.
fn print_verdict(session: &Session, report: &FailureReport<'_>, test: &Named, verdict: &Verdict) {
    let output = &session.output;
    let passed = matches!(verdict.outcome, Outcome::Passed);
    let _one_at_a_time = output.lock();
    output.event(&json!({
        "event": "test",
        "version": 1,
        "name": test.name,
        "passed": passed,
        "milliseconds": verdict.duration.as_secs_f64() * 1e3,
    }));
    if passed {
        output.status("ok", &format!("{} ({})", test.name, seconds(verdict.duration)));
        return;
    }
    output.failure_line(&format!(
        "{:>10} {} ({})",
        "FAILED",
        test.name,
        seconds(verdict.duration)
    ));
    match &verdict.outcome {
        Outcome::Passed => {}
        Outcome::Failed(failure) => report.print(output, failure),
        Outcome::Refused(why) => report.print_refused(output, &test.case, why),
    }
    for (what, text) in [
        ("print", &verdict.output.printed),
        ("debug", &verdict.output.debugged),
    ] {
        for line in text.lines() {
            output.failure_line(&format!("  {what}: {line}"));
        }
    }
}

fn summary(session: &Session, tests: &[Named], ran: &[Verdict], broken: usize, filters: usize) -> Exit {
    let output = &session.output;
    let passed = ran
        .iter()
        .filter(|verdict| matches!(verdict.outcome, Outcome::Passed))
        .count();
    let failed = ran.len() - passed;
    let time: Duration = ran.iter().map(|verdict| verdict.duration).sum();
    output.event(&json!({
        "event": "tests-finished",
        "version": 1,
        "passed": passed,
        "failed": failed,
        "broken_snippets": broken,
    }));
    let mut parts = vec![format!("{passed} passed"), format!("{failed} failed")];
    if broken > 0 {
        parts.push(format!("{} of the documentation broken", plural(broken, "fence")));
    }
    output.status("Tested", &format!("{} in {}", parts.join(", "), seconds(time)));
    if tests.is_empty() && broken == 0 {
        let why = if filters > 0 {
            "no test has a name that matches"
        } else {
            "there are no tests"
        };
        output.note(&format!("{:>10} {why}", ""));
    }
    if output.format == MessageFormat::Text && output.quiet && failed > 0 {
        output.error(&format!("{failed} of {} failed", plural(ran.len(), "test")));
    }
    if failed + broken > 0 {
        Exit::Failed
    } else {
        Exit::Done
    }
}

//! What is said about tests: a line each, failures with what they printed, and a summary.

use super::difference::difference_lines;
use super::names::Named;
use super::property::{CASES, Properties};
use super::selection::Selection;
use super::verdict::{Falsified, Outcome, Verdict};
use crate::arguments::TestArguments;
use crate::commands::Session;
use crate::exit::Exit;
use crate::output::{FailureReport, MessageFormat, Output, milliseconds, plural, seconds};
use lumen_build::document_stem;
use serde_json::json;
use std::time::Duration;

/// Says how tests ended.
pub(super) struct Reporter<'r> {
    pub(super) failures: FailureReport<'r>,
    pub(super) again: Again,
}

impl Reporter<'_> {
    /// One line a test; failures with what they printed, and where.
    pub(super) fn print(&self, session: &Session, test: &Named, verdict: &Verdict) {
        let output = &session.output;
        let _one_at_a_time = output.lock();
        let property = verdict.outcome.falsified();
        let property = property.map(|falsified| self.again.event(falsified));
        test_event(session, &test.name, verdict, property);
        let took = format!("{} ({})", test.name, seconds(verdict.duration));
        match &verdict.outcome {
            Outcome::Cached | Outcome::NotRun => {}
            Outcome::Passed => print_passed(output, &took, verdict),
            Outcome::Flaky => {
                let failed = plural(verdict.attempts as usize - 1, "failed attempt");
                output.status("FLAKY", &format!("{took}, after {failed}"));
            }
            failed => {
                output.failure_status(failed.label(), &took);
                self.print_failure(output, test, verdict);
            }
        }
    }

    fn print_failure(&self, output: &Output, test: &Named, verdict: &Verdict) {
        match &verdict.outcome {
            Outcome::Failed(failure, _) => self.failures.print(output, failure),
            outcome => {
                let why = outcome.why().unwrap_or_default();
                self.failures.print_refused(output, &test.case, &why);
            }
        }
        for line in self.particulars(test, verdict) {
            output.failure_line(&line);
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

    /// Where and with what a test failed, in whole lines: all that is printed below the message but its output. Nothing of one that
    /// passed.
    pub(super) fn explanation(&self, test: &Named, verdict: &Verdict) -> Vec<String> {
        let mut lines = match &verdict.outcome {
            _ if !verdict.has_failed() => return Vec::new(),
            Outcome::Failed(failure, _) => self.failures.lines(failure),
            _ => vec![self.failures.line_of(&test.case)],
        };
        lines.extend(self.particulars(test, verdict));
        lines
    }

    /// What is known of a failed test besides its failure: arguments, notes, snapshots.
    fn particulars(&self, test: &Named, verdict: &Verdict) -> Vec<String> {
        let falsified = verdict.outcome.falsified();
        let mut lines = falsified.map_or_else(Vec::new, |falsified| self.again.lines(test, falsified));
        lines.extend(verdict.notes.iter().map(|note| format!("  {note}")));
        let differences = verdict.differences.iter().flat_map(difference_lines);
        lines.extend(differences.map(|line| format!("  {line}")));
        lines
    }
}

fn print_passed(output: &Output, took: &str, verdict: &Verdict) {
    output.status("ok", took);
    if verdict.wrote {
        for difference in &verdict.differences {
            output.status("Accepted", &difference.path);
        }
    }
    for note in &verdict.notes {
        output.note(&format!("{:>10} {note}", ""));
    }
}

/// The tests that failed or were flaky once more, in the order in which they stand in documents: where many run, each was printed
/// somewhere above, in the order in which they ended.
pub(super) fn print_unlucky(session: &Session, tests: &[&Named], verdicts: &[Verdict]) {
    if verdicts.iter().filter(|verdict| verdict.attempts > 0).count() < 2 {
        return;
    }
    for (test, verdict) in tests.iter().zip(verdicts) {
        match verdict.outcome {
            Outcome::Flaky => session.output.status(verdict.outcome.label(), &test.name),
            _ if verdict.has_failed() => session.output.failure_status(verdict.outcome.label(), &test.name),
            _ => {}
        }
    }
}

/// What programs are told about a test.
pub(super) fn test_event(
    session: &Session,
    name: &str,
    verdict: &Verdict,
    property: Option<serde_json::Value>,
) {
    let mut event = json!({
        "event": "test",
        "version": 1,
        "name": name,
        "passed": !verdict.has_failed(),
        "outcome": verdict.word(),
        "cached": matches!(verdict.outcome, Outcome::Cached),
        "attempts": verdict.attempts,
        "milliseconds": milliseconds(verdict.duration),
    });
    if let Some(property) = property {
        event["property"] = property;
    }
    session.output.event(&event);
}

/// How to run a failing property once more.
pub(super) struct Again {
    seed: u64,
    cases: u32,
    fuel: Option<u64>,
    /// The document that is tested alone.
    document: Option<String>,
}

impl Again {
    pub(super) fn new(arguments: &TestArguments, properties: Properties<'_>) -> Again {
        let mut filters = arguments.filters.iter();
        Again {
            seed: properties.seed,
            cases: properties.cases,
            fuel: arguments.limits.fuel,
            document: filters.find(|filter| document_stem(filter).is_some()).cloned(),
        }
    }

    fn command(&self, test: &Named, falsified: &Falsified) -> String {
        let mut command = "lumen test".to_owned();
        if let Some(document) = &self.document {
            command += &format!(" '{document}'");
        }
        command += &format!(" '{}'", test.name);
        if let Some(fuel) = self.fuel {
            command += &format!(" --fuel {fuel}");
        }
        if falsified.known.is_some() {
            return command;
        }
        command += &format!(" --seed {}", self.seed);
        if self.cases != CASES {
            command += &format!(" --cases {}", self.cases);
        }
        command
    }

    fn event(&self, falsified: &Falsified) -> serde_json::Value {
        let arguments: serde_json::Map<_, _> = (falsified.arguments.iter())
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        json!({
            "seed": self.seed,
            "arguments": arguments,
            "case": falsified.case,
            "steps": falsified.steps,
            "known": falsified.known.is_some(),
            "out_of_time": falsified.out_of_time.is_some(),
        })
    }

    fn lines(&self, test: &Named, falsified: &Falsified) -> Vec<String> {
        let Falsified {
            case,
            steps,
            out_of_time,
            ..
        } = falsified;
        let mut lines = vec!["  with the arguments".to_owned()];
        let arguments = falsified.arguments.iter();
        lines.extend(arguments.map(|(name, value)| format!("    {name} = {value}")));
        lines.push(match &falsified.known {
            Some(file) => format!("  which have failed before, see {file}"),
            None => format!(
                "  found as case {case}, and made simpler in {}{}",
                plural(*steps as usize, "step"),
                out_of_time.map_or_else(String::new, |limit| format!(
                    " until {} were over: with a longer `--timeout` it may get simpler",
                    seconds(limit)
                ))
            ),
        });
        lines.push(format!("  run it again with: {}", self.command(test, falsified)));
        lines
    }
}

/// How a run ended, in numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Summary {
    passed: usize,
    cached: usize,
    flaky: usize,
    failed: usize,
    timed_out: usize,
    not_run: usize,
    /// Fences of the documentation that do not do what they announce.
    pub(super) broken: usize,
    /// Snapshots that no test asks for, if that is an error.
    pub(super) unreferenced: usize,
    /// The seed of the properties that ran.
    pub(super) seed: Option<u64>,
    /// From the start of the first test to the end of the last one.
    pub(super) time: Duration,
}

impl Summary {
    /// Adds a test.
    pub(super) fn add(&mut self, verdict: &Verdict) {
        let number = match verdict.outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Flaky => &mut self.flaky,
            Outcome::Failed(..) | Outcome::Falsified(..) | Outcome::Refused(_) => &mut self.failed,
            Outcome::TimedOut(_) => &mut self.timed_out,
            Outcome::NotRun => &mut self.not_run,
            Outcome::Cached => &mut self.cached,
        };
        *number += 1;
    }

    fn tests(&self) -> usize {
        self.passed + self.cached + self.flaky + self.failed + self.timed_out + self.not_run
    }

    /// The last line, and how the command ends.
    pub(super) fn print(&self, session: &Session, selection: &Selection) -> Exit {
        let output = &session.output;
        let mut event = json!({
            "event": "tests-finished",
            "version": 1,
            "passed": self.passed + self.cached + self.flaky,
            "cached": self.cached,
            "flaky": self.flaky,
            "failed": self.failed + self.timed_out,
            "timed_out": self.timed_out,
            "not_run": self.not_run,
            "broken_snippets": self.broken,
            "unreferenced": self.unreferenced,
        });
        if let Some(seed) = self.seed {
            event["seed"] = json!(seed);
        }
        output.event(&event);
        let seed = self
            .seed
            .map_or_else(String::new, |seed| format!(", seed {seed}"));
        output.status(
            "Tested",
            &format!("{} in {}{seed}", self.in_words(), seconds(self.time)),
        );
        if self.tests() == 0 && self.broken == 0 {
            output.note(&format!("{:>10} {}", "", selection.why_none()));
        }
        let failed = self.failed + self.timed_out;
        if output.format == MessageFormat::Text && output.quiet && failed > 0 {
            output.error(&format!("{failed} of {} failed", plural(self.tests(), "test")));
        }
        match failed + self.broken + self.unreferenced {
            0 => Exit::Done,
            _ => Exit::Failed,
        }
    }

    fn in_words(&self) -> String {
        let passed = self.passed + self.cached + self.flaky;
        let mut parts = vec![match self.cached {
            0 => format!("{passed} passed"),
            cached => format!("{passed} passed ({cached} from the cache)"),
        }];
        if self.flaky > 0 {
            parts.push(format!("{} of them flaky", self.flaky));
        }
        parts.push(format!("{} failed", self.failed));
        if self.timed_out > 0 {
            parts.push(format!("{} timed out", self.timed_out));
        }
        if self.not_run > 0 {
            parts.push(format!("{} not run", self.not_run));
        }
        if self.broken > 0 {
            parts.push(format!(
                "{} of the documentation broken",
                plural(self.broken, "fence")
            ));
        }
        parts.join(", ")
    }
}

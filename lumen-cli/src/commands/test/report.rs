//! What is said about tests: a line each, failures with what they printed, and a summary.

use super::names::Named;
use super::property::{CASES, Properties};
use super::verdict::{Falsified, Outcome, Verdict};
use crate::arguments::TestArguments;
use crate::commands::Session;
use crate::exit::Exit;
use crate::output::{FailureReport, MessageFormat, Output, plural, seconds};
use lumen_build::document_stem;
use serde_json::json;
use std::time::Duration;

/// One line a test; failures with what they printed, and where.
pub(super) fn print_verdict(
    session: &Session,
    report: &FailureReport<'_>,
    test: &Named,
    verdict: &Verdict,
    again: &Again,
) {
    let output = &session.output;
    let passed = matches!(verdict.outcome, Outcome::Passed);
    let _one_at_a_time = output.lock();
    let mut event = json!({
        "event": "test",
        "version": 1,
        "name": test.name,
        "passed": passed,
        "milliseconds": verdict.duration.as_secs_f64() * 1e3,
    });
    if let Some(falsified) = verdict.outcome.falsified() {
        event["property"] = again.event(falsified);
    }
    output.event(&event);
    if passed {
        output.status("ok", &format!("{} ({})", test.name, seconds(verdict.duration)));
        for note in &verdict.notes {
            output.note(&format!("{:>10} {note}", ""));
        }
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
        Outcome::Failed(failure, _) => report.print(output, failure),
        Outcome::Falsified(why, _) | Outcome::Refused(why) => {
            report.print_refused(output, &test.case, why);
        }
    }
    if let Some(falsified) = verdict.outcome.falsified() {
        again.print(output, test, falsified);
    }
    for note in &verdict.notes {
        output.failure_line(&format!("  {note}"));
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
        })
    }

    fn print(&self, output: &Output, test: &Named, falsified: &Falsified) {
        let Falsified { case, steps, .. } = falsified;
        output.failure_line("  with the arguments");
        for (name, value) in &falsified.arguments {
            output.failure_line(&format!("    {name} = {value}"));
        }
        output.failure_line(&match &falsified.known {
            Some(file) => format!("  which have failed before, see {file}"),
            None => format!(
                "  found as case {case}, and made simpler in {}",
                plural(*steps as usize, "step")
            ),
        });
        output.failure_line(&format!("  run it again with: {}", self.command(test, falsified)));
    }
}

/// The last line, and how the command ends.
pub(super) fn summary(
    session: &Session,
    tests: &[Named],
    ran: &[Verdict],
    broken: usize,
    filters: usize,
    seed: u64,
) -> Exit {
    let output = &session.output;
    let passed = ran
        .iter()
        .filter(|verdict| matches!(verdict.outcome, Outcome::Passed))
        .count();
    let failed = ran.len() - passed;
    let seed = ran.iter().any(|verdict| verdict.is_property).then_some(seed);
    let time: Duration = ran.iter().map(|verdict| verdict.duration).sum();
    let mut event = json!({
        "event": "tests-finished",
        "version": 1,
        "passed": passed,
        "failed": failed,
        "broken_snippets": broken,
    });
    if let Some(seed) = seed {
        event["seed"] = json!(seed);
    }
    output.event(&event);
    let mut parts = vec![format!("{passed} passed"), format!("{failed} failed")];
    if broken > 0 {
        parts.push(format!("{} of the documentation broken", plural(broken, "fence")));
    }
    let seed = seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    let parts = parts.join(", ");
    output.status("Tested", &format!("{parts} in {}{seed}", seconds(time)));
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

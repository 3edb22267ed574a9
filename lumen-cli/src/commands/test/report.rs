//! What is said about tests: a line each, failures with what they printed, and a summary.

use super::names::Named;
use super::verdict::{Outcome, Verdict};
use crate::commands::Session;
use crate::exit::Exit;
use crate::output::{FailureReport, MessageFormat, plural, seconds};
use serde_json::json;
use std::time::Duration;

/// One line a test; failures with what they printed, and where.
pub(super) fn print_verdict(session: &Session, report: &FailureReport<'_>, test: &Named, verdict: &Verdict) {
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

/// The last line, and how the command ends.
pub(super) fn summary(
    session: &Session,
    tests: &[Named],
    ran: &[Verdict],
    broken: usize,
    filters: usize,
) -> Exit {
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

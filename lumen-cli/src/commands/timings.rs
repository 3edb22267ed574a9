//! `lumen build --timings`: a page that shows where the time of a build went.

use super::Session;
use super::log::{count, unasked};
use super::modules::spoken;
use super::reasons::reason;
use crate::pages::{self, Place};
use crate::paths::{absolute, shown};
use anyhow::{Result, bail};
use lumen_build::{Build, BuildLog, Decision, ModuleEvent, Outcome, Setting, Work};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Writes the page of a build that ended; if that had nothing to do, of the last one that had.
///
/// # Errors
/// If the page cannot be written, or there is no build that it could show.
pub(crate) fn write(session: &Session, build: &Build, outcome: &Outcome, file: Option<&Path>) -> Result<()> {
    let folder = &session.environment.folder;
    let is_kept = build.last().is_some_and(|(root, _)| root == outcome.root);
    let place = match file {
        Some(file) => Place::Named(absolute(folder, file)),
        None if is_kept => Place::Usual(outcome.root.join(".lumen").join("timings.html")),
        None => bail!(
            "nothing is kept beside a document without a package: say where the page goes, `--timings=FILE`"
        ),
    };
    let earlier;
    let log = match &outcome.log {
        Some(log) => log,
        None => {
            let newest = build.logs(&outcome.root).into_iter().next().flatten();
            let Some(newest) = newest else {
                bail!(
                    "this build had nothing to do, and no log of an earlier one is kept: there are no times to show"
                );
            };
            session
                .output
                .note("note: this build had nothing to do: the page shows the last one that had");
            earlier = newest;
            &earlier
        }
    };
    pages::write(&place, &pages::TIMINGS.render("Build times", &data(log)))?;
    let file = shown(place.file(), folder);
    session
        .output
        .event(&json!({"event": "timings-written", "version": 1, "file": file}));
    session.output.status("Wrote", &file);
    Ok(())
}

/// What the page reads. Times are microseconds since the build began.
fn data(log: &BuildLog) -> Value {
    let path = log.critical_path();
    let critical: BTreeSet<usize> = path.iter().map(|step| step.event).collect();
    let shown: Vec<usize> = (0..log.events.len())
        .filter(|position| {
            log.events
                .get(*position)
                .is_some_and(|event| event.duration() > 0)
        })
        .collect();
    let place = |event: usize| shown.binary_search(&event).ok();
    let modules: Vec<Value> = shown
        .iter()
        .filter_map(|position| Some((*position, log.events.get(*position)?)))
        .map(|(position, event)| module(event, critical.contains(&position)))
        .collect();
    let steps: Vec<Value> = path
        .iter()
        .filter_map(|step| {
            Some(json!({"module": place(step.event)?, "duration": step.duration, "until": step.until}))
        })
        .collect();
    let phases: Vec<Value> = log
        .phases
        .iter()
        .map(|phase| json!([phase.kind.name(), phase.start, phase.end]))
        .collect();
    json!({
        "time": log.time / 1_000_000,
        "profile": log.setting(Setting::Profile),
        "jobs": log.jobs,
        "duration": log.duration,
        "phases": phases,
        "modules": modules,
        "path": steps,
        "counts": {
            "modules": log.modules,
            "compiled": count(log, |decision| *decision == Decision::Compiled),
            "cached": count(log, |decision| *decision == Decision::Cached),
            "failed": count(log, |decision| *decision == Decision::Failed),
            "unasked": unasked(log),
            "hits": log.hits(),
            "misses": log.misses(),
        },
    })
}

fn module(event: &ModuleEvent, critical: bool) -> Value {
    let span = |work: Option<Work>| work.map(|work| json!([work.lane, work.start, work.end]));
    json!({
        "name": spoken(&event.module),
        "path": event.module.path(),
        "decision": event.decision.name(),
        "reason": reason(&event.reason),
        "read": span(event.read),
        "build": span(event.build),
        "critical": critical,
    })
}

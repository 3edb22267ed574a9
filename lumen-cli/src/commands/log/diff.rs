//! `lumen log diff`: two builds side by side.

use super::super::Session;
use super::super::modules::spoken;
use super::super::reasons::{event_fields, reason, versioned};
use super::builds::{build_fields, choose, count, logs, time};
use crate::exit::Exit;
use crate::output::MessageFormat;
use anyhow::Result;
use lumen_build::{BuildLog, Decision, ModuleDifference, ModuleEvent, PhaseKind, difference};
use serde_json::{Map, Value};

/// Compares the build `old` builds before the last with the one `new` builds before it.
pub(super) fn diff(session: &Session, old: usize, new: usize) -> Result<Exit> {
    let Some(logs) = logs(session) else {
        return Ok(Exit::Usage);
    };
    let Some(older) = choose(session, logs.clone(), old) else {
        return Ok(Exit::Usage);
    };
    let Some(newer) = choose(session, logs, new) else {
        return Ok(Exit::Usage);
    };
    let modules = difference(&older, &newer);
    if session.output.format == MessageFormat::Json {
        print_json(session, (&older, old), (&newer, new), &modules);
        return Ok(Exit::Done);
    }
    for line in totals(&older, &newer) {
        session.output.data(&line);
    }
    for module in &modules {
        session.output.data(&line(module));
    }
    Ok(Exit::Done)
}

/// Whether a decision is one of those that are counted together.
type IsDecision = fn(&Decision) -> bool;

fn totals(old: &BuildLog, new: &BuildLog) -> Vec<String> {
    let mut lines = vec![change("time", time(old.duration), time(new.duration))];
    for (before, after) in old.settings.iter().zip(&new.settings) {
        if before != after {
            lines.push(change("settings", before.clone(), after.clone()));
        }
    }
    let decisions: [(&str, IsDecision); 4] = [
        ("compiled", |decision| *decision == Decision::Compiled),
        ("from the cache", |decision| *decision == Decision::Cached),
        ("with errors", |decision| *decision == Decision::Failed),
        ("skipped", |decision| matches!(decision, Decision::Skipped(_))),
    ];
    for (what, is) in decisions {
        let (before, after) = (count(old, is), count(new, is));
        if before + after > 0 {
            lines.push(change(what, before.to_string(), after.to_string()));
        }
    }
    let misses = (old.misses(), new.misses());
    lines.push(change("cache misses", misses.0.to_string(), misses.1.to_string()));
    for (kind, before, after) in phases(old, new) {
        lines.push(change(
            &format!("phase {}", kind.name()),
            time(before),
            time(after),
        ));
    }
    lines
}

fn change(what: &str, old: String, new: String) -> String {
    format!("{what}: {old} -> {new}")
}

/// How long each phase took that one of the builds had.
fn phases(old: &BuildLog, new: &BuildLog) -> Vec<(PhaseKind, u64, u64)> {
    let length = |log: &BuildLog, kind: PhaseKind| {
        let phases = log.phases.iter().filter(|phase| phase.kind == kind);
        phases.map(|phase| phase.end.saturating_sub(phase.start)).sum()
    };
    let mut kinds: Vec<PhaseKind> = new.phases.iter().map(|phase| phase.kind).collect();
    let others = old.phases.iter().map(|phase| phase.kind);
    kinds.extend(others.filter(|kind| !new.phases.iter().any(|phase| phase.kind == *kind)));
    kinds
        .into_iter()
        .map(|kind| (kind, length(old, kind), length(new, kind)))
        .collect()
}

fn line(module: &ModuleDifference<'_>) -> String {
    let name = spoken(module.module);
    let said = |event: &ModuleEvent| {
        format!(
            "{} in {}: {}",
            event.decision.name(),
            time(event.duration()),
            reason(&event.reason)
        )
    };
    match (module.old, module.new) {
        (Some(old), Some(new)) => format!(
            "both   {name}: {} in {} -> {}",
            old.decision.name(),
            time(old.duration()),
            said(new)
        ),
        (Some(old), None) => format!("older  {name}: {}", said(old)),
        (None, Some(new)) => format!("newer  {name}: {}", said(new)),
        (None, None) => name,
    }
}

fn print_json(
    session: &Session,
    (old, old_ago): (&BuildLog, usize),
    (new, new_ago): (&BuildLog, usize),
    modules: &[ModuleDifference<'_>],
) {
    session
        .output
        .event(&versioned("build-log", 1, build_fields(old, old_ago)));
    session
        .output
        .event(&versioned("build-log", 1, build_fields(new, new_ago)));
    for module in modules {
        let fields = |event: Option<&ModuleEvent>| event.map(|event| Value::Object(event_fields(event)));
        let mut object = Map::new();
        object.insert("module".to_owned(), spoken(module.module).into());
        object.insert("old".to_owned(), fields(module.old).into());
        object.insert("new".to_owned(), fields(module.new).into());
        object.insert("longer".to_owned(), module.longer().into());
        session.output.event(&versioned("module-difference", 1, object));
    }
}

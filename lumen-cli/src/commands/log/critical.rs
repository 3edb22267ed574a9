//! `lumen log critical-path`: the chain of modules that a build had to wait for.

use super::super::Session;
use super::super::modules::spoken;
use super::super::reasons::versioned;
use super::builds::{choose, logs, time};
use super::ran::work_line;
use crate::arguments::BuildChoice;
use crate::exit::Exit;
use crate::output::plural;
use anyhow::Result;
use serde_json::{Map, Value, json};

/// Prints the chain, what comes first at the top.
pub(super) fn critical_path(session: &Session, build: BuildChoice) -> Result<Exit> {
    let Some(log) = logs(session).and_then(|logs| choose(session, logs, build.ago)) else {
        return Ok(Exit::Usage);
    };
    let path = log.critical_path();
    let length = path.last().map_or(0, |step| step.until);
    let mut steps: Vec<Value> = Vec::new();
    for step in &path {
        let Some(event) = log.events.get(step.event) else {
            continue;
        };
        let module = spoken(&event.module);
        if session.output.format == crate::output::MessageFormat::Text {
            session.output.data(&format!(
                "{}, {} of work along imports",
                work_line(event),
                time(step.until)
            ));
        }
        steps.push(json!({
            "module": module,
            "decision": event.decision.name(),
            "duration": step.duration,
            "start": event.build.or(event.read).map(|work| work.start),
            "until": step.until,
        }));
    }
    let mut fields = Map::new();
    fields.insert("builds_ago".to_owned(), build.ago.into());
    fields.insert("length".to_owned(), length.into());
    fields.insert("duration".to_owned(), log.duration.into());
    fields.insert("steps".to_owned(), steps.into());
    session.output.event(&versioned("critical-path", 1, fields));
    session.output.status(
        "Path",
        &format!(
            "{} and {} of a build of {}: more threads make it no shorter than that",
            plural(path.len(), "module"),
            time(length),
            time(log.duration)
        ),
    );
    Ok(Exit::Done)
}

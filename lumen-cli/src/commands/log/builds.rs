//! Finding the log of a build, and what is said of a build as a whole.

use super::super::Session;
use super::super::builder::{Builder, Target};
use crate::arguments::BuildOptions;
use crate::output::{plural, seconds};
use lumen_build::{BuildLog, Decision, ModuleEvent, Setting};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The logs of the workspace around the current folder, the newest first. Nothing after a printed error.
pub(super) fn logs(session: &Session) -> Option<Vec<Option<BuildLog>>> {
    let builder = Builder::new(session, Target::of(session, None, None), &BuildOptions::default());
    let Some((root, _)) = builder.build().last() else {
        session
            .output
            .error("nothing has been built here yet: `lumen build` does it");
        return None;
    };
    Some(builder.build().logs(&root))
}

/// The log of the build that is `ago` builds before the last. Nothing after a printed error.
pub(super) fn choose(session: &Session, logs: Vec<Option<BuildLog>>, ago: usize) -> Option<BuildLog> {
    let kept = logs.len();
    match logs.into_iter().nth(ago) {
        Some(Some(log)) => Some(log),
        Some(None) => {
            session
                .output
                .error("the log of that build is of another version of Lumen, or damaged");
            None
        }
        None => {
            let text = match (kept, ago) {
                (0, _) => "no log of a build is kept here: the next one that has something to do writes one"
                    .to_owned(),
                (_, ago) => format!(
                    "there is no log of {} before the last: {} kept, of builds that had something to do",
                    plural(ago, "build"),
                    are(kept)
                ),
            };
            session.output.error(&text);
            None
        }
    }
}

fn are(kept: usize) -> String {
    match kept {
        1 => "1 is".to_owned(),
        kept => format!("{kept} are"),
    }
}

/// Microseconds for people.
pub(super) fn time(microseconds: u64) -> String {
    seconds(Duration::from_micros(microseconds))
}

/// How many events end in a way.
pub(in crate::commands) fn count(log: &BuildLog, is: impl Fn(&Decision) -> bool) -> usize {
    log.events.iter().filter(|event| is(&event.decision)).count()
}

/// Bytes that a build put in the cache.
pub(super) fn stored(log: &BuildLog) -> u64 {
    log.events.iter().map(|event| event.bytes).sum()
}

/// Modules that needed nothing.
pub(in crate::commands) fn unasked(log: &BuildLog) -> u64 {
    let worked = |event: &&ModuleEvent| {
        matches!(
            event.decision,
            Decision::Compiled | Decision::Cached | Decision::Failed | Decision::Skipped(_)
        )
    };
    log.modules
        .saturating_sub(log.events.iter().filter(worked).count() as u64)
}

/// What is to be said of a build as a whole.
pub(super) fn build_fields(log: &BuildLog, ago: usize) -> Map<String, Value> {
    let phases: Vec<Value> = log
        .phases
        .iter()
        .map(|phase| json!({"phase": phase.kind.name(), "start": phase.start, "end": phase.end}))
        .collect();
    let fields = json!({
        "builds_ago": ago,
        "time": log.time,
        "compiler": log.setting(Setting::Compiler),
        "lir": log.setting(Setting::Lir),
        "profile": log.setting(Setting::Profile),
        "jobs": log.jobs,
        "modules": log.modules,
        "duration": log.duration,
        "compiled": count(log, |decision| *decision == Decision::Compiled),
        "cached": count(log, |decision| *decision == Decision::Cached),
        "failed": count(log, |decision| *decision == Decision::Failed),
        "skipped": count(log, |decision| matches!(decision, Decision::Skipped(_))),
        "hits": log.hits(),
        "misses": log.misses(),
        "bytes": stored(log),
        "phases": phases,
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

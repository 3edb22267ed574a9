//! `lumen log what-ran` and `slowest`: the modules of one build, in the order of time or by time.

use super::super::Session;
use super::super::modules::spoken;
use super::super::reasons::{decision, event_fields, reason, versioned};
use super::builds::{build_fields, choose, logs, time};
use crate::arguments::BuildChoice;
use crate::exit::Exit;
use crate::output::plural;
use anyhow::Result;
use lumen_build::{BuildLog, ModuleEvent};

/// Everything that a build did, in the order in which it began with it.
pub(super) fn what_ran(session: &Session, build: BuildChoice) -> Result<Exit> {
    let Some(log) = logs(session).and_then(|logs| choose(session, logs, build.ago)) else {
        return Ok(Exit::Usage);
    };
    let mut events: Vec<&ModuleEvent> = log.events.iter().collect();
    events.sort_by_key(|event| {
        let begin = event.build.or(event.read).map_or(u64::MAX, |work| work.start);
        (begin, &event.module)
    });
    print(session, &log, build.ago, &events)
}

/// The modules on which most time was spent.
pub(super) fn slowest(session: &Session, build: BuildChoice, number: usize) -> Result<Exit> {
    let Some(log) = logs(session).and_then(|logs| choose(session, logs, build.ago)) else {
        return Ok(Exit::Usage);
    };
    let events: Vec<&ModuleEvent> = log
        .slowest()
        .into_iter()
        .filter_map(|position| log.events.get(position))
        .filter(|event| event.duration() > 0)
        .take(number)
        .collect();
    print(session, &log, build.ago, &events)
}

fn print(session: &Session, log: &BuildLog, ago: usize, events: &[&ModuleEvent]) -> Result<Exit> {
    session
        .output
        .event(&versioned("build-log", 1, build_fields(log, ago)));
    for event in events {
        session
            .output
            .item(&line(event), &versioned("ran", 1, event_fields(event)));
    }
    let shown = events.len();
    let (ran, spent) = (
        log.events.len(),
        log.events.iter().map(ModuleEvent::duration).sum(),
    );
    let some = match shown == ran {
        true => plural(ran, "module"),
        false => format!("{shown} of {}", plural(ran, "module")),
    };
    session.output.status(
        "Listed",
        &format!(
            "{some}; threads worked {} in a build of {}",
            time(spent),
            time(log.duration)
        ),
    );
    Ok(Exit::Done)
}

fn line(event: &ModuleEvent) -> String {
    format!("{}: {}", work_line(event), reason(&event.reason))
}

/// What was done with a module, how long that took, and when and where.
pub(super) fn work_line(event: &ModuleEvent) -> String {
    let place = match event.build.or(event.read) {
        Some(work) => format!(
            " in {} (thread {}, after {})",
            time(event.duration()),
            work.lane,
            time(work.start)
        ),
        None => String::new(),
    };
    format!("{}: {}{place}", spoken(&event.module), decision(&event.decision))
}

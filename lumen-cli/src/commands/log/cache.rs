//! `lumen log cache`: what a build found in the cache, and what not.

use super::super::Session;
use super::super::modules::spoken;
use super::super::reasons::{event_fields, reason, versioned};
use super::builds::{build_fields, choose, logs, stored, unasked};
use crate::arguments::BuildChoice;
use crate::exit::Exit;
use anyhow::Result;
use lumen_build::{Lookup, Miss, ModuleEvent, Reason, readable_bytes};

/// One line for each module that the cache was asked for, misses first, then the sum.
pub(super) fn cache(session: &Session, build: BuildChoice) -> Result<Exit> {
    let Some(log) = logs(session).and_then(|logs| choose(session, logs, build.ago)) else {
        return Ok(Exit::Usage);
    };
    session
        .output
        .event(&versioned("build-log", 1, build_fields(&log, build.ago)));
    let asked = log.events.iter();
    let mut asked: Vec<(&ModuleEvent, &Lookup)> = asked
        .filter_map(|event| Some((event, event.lookup.as_ref()?)))
        .collect();
    asked.sort_by_key(|(event, lookup)| (**lookup == Lookup::Hit, &event.module));
    for (event, lookup) in asked {
        let line = format!(
            "{:<4}  {}: {}",
            lookup.name(),
            spoken(&event.module),
            answer(lookup, &event.reason)
        );
        session
            .output
            .item(&line, &versioned("ran", 1, event_fields(event)));
    }
    let (hits, misses) = (log.hits(), log.misses());
    session.output.status(
        "Cache",
        &format!(
            "{hits} hit, {misses} missed, {} not asked since they were up to date; {} stored",
            unasked(&log),
            readable_bytes(stored(&log))
        ),
    );
    Ok(Exit::Done)
}

/// What the cache said of a module that was built for this reason, without a full stop.
fn answer(lookup: &Lookup, why: &Reason) -> String {
    match lookup {
        Lookup::Hit => "it has a result of this code with these answers of its imports".to_owned(),
        Lookup::Miss(Miss::ResultGone) => "it has lost the result of this code".to_owned(),
        Lookup::Miss(Miss::OtherAnswer(difference)) => {
            format!("it has a result of this code, but {}", reason(difference))
        }
        Lookup::Miss(Miss::NoResult) => match why.component() {
            Some(_) => format!("it has no result of this code: {}", reason(why)),
            // There is nothing to compare with.
            None => "it has no result of this code, nor is an earlier one of the module known".to_owned(),
        },
    }
}

//! `lumen log cache`: what a build found in the cache, and what not.

use super::super::Session;
use super::super::modules::spoken;
use super::super::reasons::{event_fields, versioned};
use super::builds::{build_fields, choose, logs, stored, unasked};
use crate::arguments::BuildChoice;
use crate::exit::Exit;
use anyhow::Result;
use lumen_build::{Lookup, readable_bytes};

/// One line for each module that the cache was asked for, misses first, then the sum.
pub(super) fn cache(session: &Session, build: BuildChoice) -> Result<Exit> {
    let Some(log) = logs(session).and_then(|logs| choose(session, logs, build.ago)) else {
        return Ok(Exit::Usage);
    };
    session
        .output
        .event(&versioned("build-log", 1, build_fields(&log, build.ago)));
    for lookup in [Lookup::Miss, Lookup::Hit] {
        let mut asked: Vec<_> = log
            .events
            .iter()
            .filter(|event| event.lookup == Some(lookup))
            .collect();
        asked.sort_by_key(|event| &event.module);
        // Why the module was built is another question: `what-ran` answers that.
        let answer = match lookup {
            Lookup::Miss => "no result of this code with these answers of its imports",
            Lookup::Hit => "found a result of this code with these answers of its imports",
        };
        for event in asked {
            let line = format!("{:<4}  {}: {answer}", lookup.name(), spoken(&event.module));
            session
                .output
                .item(&line, &versioned("ran", 1, event_fields(event)));
        }
    }
    let (hits, misses) = (log.count(Lookup::Hit), log.count(Lookup::Miss));
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

//! `lumen search`. What is found is the registry's word, a hint where to look; `lumen info` and `lumen add` prove what they show.

use super::Session;
use super::registry::Access;
use crate::arguments::SearchArguments;
use crate::exit::Exit;
use crate::output::plural;
use anyhow::Result;
use lumen_pkg::client::{Freshness, search as ask};
use serde_json::json;

/// Prints what the registry finds, best first.
pub(crate) fn search(session: &Session, arguments: &SearchArguments) -> Result<Exit> {
    let access = Access::new(session, Freshness::Now)?;
    let registry = access.choose(&arguments.registry, None)?;
    let transport = access.connector().transport(registry.url.as_str())?;
    let answer = ask(transport.as_ref(), &arguments.words.join(" "), arguments.limit)?;
    for hit in &answer.hits {
        let line = match &hit.description {
            Some(description) => format!("{} {}  {description}", hit.package, hit.version),
            None => format!("{} {}", hit.package, hit.version),
        };
        let event = json!({
            "event": "hit", "version": 1, "package": hit.package, "release": hit.version, "description": hit.description,
        });
        session.output.item(&line, &event);
    }
    let found = plural(usize::try_from(answer.total).unwrap_or(usize::MAX), "package");
    session
        .output
        .status("Found", &format!("{found} in {}", registry.url));
    Ok(Exit::Done)
}

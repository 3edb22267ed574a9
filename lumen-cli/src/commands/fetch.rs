//! `lumen fetch`: everything that a build needs is brought to this disk, and the lock up to date.

use super::Session;
use super::packages::{graph, print_changes};
use crate::arguments::FetchArguments;
use crate::exit::Exit;
use crate::output::plural;
use anyhow::Result;
use lumen_build::Keep;
use lumen_pkg::sync::Update;

/// Fetches.
pub(crate) fn fetch(session: &Session, arguments: &FetchArguments) -> Result<Exit> {
    let graph = match graph(session, arguments.options, Update::Nothing, Keep::Lock) {
        Ok(graph) => graph,
        Err(exit) => return Ok(exit),
    };
    print_changes(session, &graph);
    let packages = &graph.synced.workspace.packages;
    let fetched = packages.iter().filter(|package| package.content().is_some());
    let count = plural(fetched.count(), "package");
    session.output.status(
        "Fetched",
        &format!("{count} from elsewhere, all of them on this disk"),
    );
    Ok(Exit::Done)
}

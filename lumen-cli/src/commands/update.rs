//! `lumen update`: newer versions into the lock. It is written when everything that it names has been fetched and proved.

use super::Session;
use super::packages::{graph, package_name, print_changes};
use crate::arguments::{PackageOptions, UpdateArguments};
use crate::exit::Exit;
use anyhow::Result;
use lumen_build::Keep;
use lumen_pkg::Version;
use lumen_pkg::sync::Update;
use serde_json::json;

/// Updates the lock.
pub(crate) fn update(session: &Session, arguments: &UpdateArguments) -> Result<Exit> {
    let wanted = match wanted(session, arguments) {
        Ok(wanted) => wanted,
        Err(exit) => return Ok(exit),
    };
    let options = PackageOptions {
        offline: arguments.offline,
        accept_grants: arguments.accept_grants,
        minimal: arguments.minimal,
        ..PackageOptions::default()
    };
    let keep = match arguments.dry_run {
        true => Keep::Nothing,
        false => Keep::Lock,
    };
    let graph = match graph(session, options, wanted, keep) {
        Ok(graph) => graph,
        Err(exit) => return Ok(exit),
    };
    print_changes(session, &graph);
    let outcome = match (graph.synced.changes.is_empty(), arguments.dry_run) {
        (true, _) => "all packages are at the versions that fit best",
        (false, true) => "nothing was changed (`--dry-run`)",
        (false, false) => "`lumen.lock` was written",
    };
    session.output.status("Done", outcome);
    session.output.event(&json!({
        "event": "update", "version": 1, "changes": graph.synced.changes.len(), "dry_run": arguments.dry_run,
    }));
    Ok(Exit::Done)
}

/// What the command line asks for.
fn wanted(session: &Session, arguments: &UpdateArguments) -> Result<Update, Exit> {
    let names = arguments.named.iter().chain(&arguments.packages);
    let names: Vec<_> = names
        .map(|name| package_name(session, name))
        .collect::<Result<_, Exit>>()?;
    let usage = |message: &str| {
        session.output.error(message);
        Exit::Usage
    };
    match (&arguments.precise, names.as_slice()) {
        (None, []) => Ok(Update::Everything),
        (None, _) => Ok(Update::Packages(names)),
        (Some(text), [name]) => match Version::parse(text) {
            Ok(version) => Ok(Update::Precise(name.clone(), version)),
            Err(error) => Err(usage(&format!("`{text}` is not a version: {error}"))),
        },
        (Some(_), _) => Err(usage(
            "`--precise` goes with one package: `lumen update @scope/name --precise 1.2.0`",
        )),
    }
}

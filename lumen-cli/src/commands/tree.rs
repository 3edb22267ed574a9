//! `lumen tree`: the package graph, as lines with guides.

use super::Session;
use super::packages::graph;
use crate::arguments::TreeArguments;
use crate::exit::Exit;
use anyhow::Result;
use lumen_build::Keep;
use lumen_pkg::sync::Update;
use lumen_pkg::{TreeOptions, tree as lines};
use serde_json::json;

/// Prints the tree.
pub(crate) fn tree(session: &Session, arguments: &TreeArguments) -> Result<Exit> {
    let graph = match graph(session, arguments.options, Update::Nothing, Keep::Nothing) {
        Ok(graph) => graph,
        Err(exit) => return Ok(exit),
    };
    let workspace = &graph.synced.workspace;
    let mut options = TreeOptions {
        invert: arguments.invert.is_some(),
        duplicates: arguments.duplicates,
        depth: arguments.depth,
        ..TreeOptions::default()
    };
    if let Some(name) = arguments.package.as_ref().or(arguments.invert.as_ref()) {
        options.roots = workspace.named(name).collect();
        if options.roots.is_empty() {
            session.output.error(&format!(
                "nothing in this workspace is or needs a package `{name}`"
            ));
            return Ok(Exit::Usage);
        }
    }
    for line in lines(workspace, &options) {
        let package = workspace.package(line.package);
        let event = json!({
            "event": "tree",
            "version": 1,
            "level": line.level,
            "package": package.name.as_str(),
            "package_version": package.version.to_string(),
            "dev": line.dev,
            "repeated": line.repeated,
        });
        session.output.item(&line.text(workspace), &event);
    }
    Ok(Exit::Done)
}

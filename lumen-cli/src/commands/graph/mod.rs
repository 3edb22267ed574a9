//! `lumen graph`: which module imports which, for graphviz, for programs, or as a page. Builds nothing and reads documents as
//! they are now.

mod data;
mod dot;

use super::Session;
use super::builder::{Builder, Target};
use super::modules::{Naming, spoken};
use crate::arguments::{BuildOptions, GraphArguments, GraphFormat};
use crate::exit::Exit;
use crate::output::{MessageFormat, plural};
use crate::pages;
use crate::paths::{absolute, shown};
use anyhow::Result;
use lumen_build::ModuleGraph;
use lumen_vm::lir::ModuleId;
use serde_json::json;
use std::path::{Path, PathBuf};

/// How far around a module, unless it is said.
const DEPTH: usize = 2;

/// Writes the graph.
pub(crate) fn graph(session: &Session, arguments: &GraphArguments) -> Result<Exit> {
    let target = Target::of(session, None, arguments.package.as_deref());
    let graph = match Builder::asking(session, target, &BuildOptions::default()).graph() {
        Ok(graph) => graph,
        Err(exit) => return Ok(exit),
    };
    let folder = &session.environment.folder;
    session
        .output
        .remarks(graph.manifests.as_ref(), &graph.notes, folder);
    let whole = match arguments.focus.as_slice() {
        [] => graph,
        words => match focus(session, &graph, words) {
            Some(module) => graph.around(module, arguments.depth.unwrap_or(DEPTH)),
            None => return Ok(Exit::Usage),
        },
    };
    let format = format(session, arguments);
    let text = match format {
        GraphFormat::Dot => dot::dot(&whole),
        GraphFormat::Json => data::json(&whole).to_string() + "\n",
        GraphFormat::Html => pages::GRAPH.render("Modules", &data::page(&whole)),
    };
    match file(arguments, format, &whole, folder) {
        None => session.output.data(text.trim_end_matches('\n')),
        Some(file) => {
            pages::write(&file, &text)?;
            say(session, &whole, &file);
        }
    }
    Ok(Exit::Done)
}

/// The module in the middle. Nothing after a printed error.
fn focus(session: &Session, graph: &ModuleGraph, words: &[String]) -> Option<usize> {
    let naming = Naming::new(session, &graph.root, words);
    let by_path = graph
        .modules
        .iter()
        .position(|module| naming.is_path(&module.path));
    by_path.or_else(|| {
        let modules: Vec<ModuleId> = graph.modules.iter().map(|module| module.id.clone()).collect();
        let found = naming.only(session, &modules)?;
        modules.iter().position(|module| *module == found)
    })
}

fn format(session: &Session, arguments: &GraphArguments) -> GraphFormat {
    let ending = arguments.output.as_deref().and_then(Path::extension);
    let named = match ending.and_then(|ending| ending.to_str()) {
        Some("json") => Some(GraphFormat::Json),
        Some("html" | "htm") => Some(GraphFormat::Html),
        Some("dot" | "gv") => Some(GraphFormat::Dot),
        _ => None,
    };
    let otherwise = match session.output.format {
        MessageFormat::Json => GraphFormat::Json,
        MessageFormat::Text => GraphFormat::Dot,
    };
    arguments.format.or(named).unwrap_or(otherwise)
}

/// Where to write it; nothing for standard output.
fn file(
    arguments: &GraphArguments,
    format: GraphFormat,
    graph: &ModuleGraph,
    folder: &Path,
) -> Option<PathBuf> {
    match (&arguments.output, format) {
        (Some(file), _) => Some(absolute(folder, file)),
        (None, GraphFormat::Html) => Some(graph.root.join(".lumen").join("graph.html")),
        (None, _) => None,
    }
}

fn say(session: &Session, graph: &ModuleGraph, file: &Path) {
    let file = shown(file, &session.environment.folder);
    session.output.event(&json!({
        "event": "graph-written",
        "version": 1,
        "file": file,
        "modules": graph.modules.len(),
        "imports": graph.import_count(),
        "packages": graph.packages.len(),
    }));
    let unreadable = graph.modules.iter().filter(|module| module.unreadable.is_some());
    for module in unreadable {
        let why = module.unreadable.as_deref().unwrap_or_default();
        session
            .output
            .note(&format!("note: {} cannot be read: {why}", spoken(&module.id)));
    }
    session.output.status(
        "Wrote",
        &format!(
            "{file}: {}, {}, {}",
            plural(graph.modules.len(), "module"),
            plural(graph.import_count(), "import"),
            plural(graph.packages.len(), "package")
        ),
    );
}

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
use crate::pages::{self, Place};
use crate::paths::{absolute, shown};
use anyhow::Result;
use lumen_build::ModuleGraph;
use lumen_vm::lir::ModuleId;
use serde_json::json;
use std::path::Path;

/// How far around a module, unless it is said.
const DEPTH: usize = 2;

/// Writes the graph.
pub(crate) fn graph(session: &Session, arguments: &GraphArguments) -> Result<Exit> {
    let Some(format) = format(session, arguments) else {
        return Ok(Exit::Usage);
    };
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
    let text = match format {
        GraphFormat::Dot => dot::dot(&whole),
        GraphFormat::Json => data::json(&whole).to_string() + "\n",
        GraphFormat::Html => pages::GRAPH.render("Modules", &data::page(&whole)),
    };
    match place(arguments, format, &whole, folder) {
        None => session.output.data(text.trim_end_matches('\n')),
        Some(place) => {
            pages::write(&place, &text)?;
            say(session, &whole, place.file());
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

/// As `--format` or the ending of the file says. Nothing after a printed error: the ending is of something else.
fn format(session: &Session, arguments: &GraphArguments) -> Option<GraphFormat> {
    if arguments.format.is_some() {
        return arguments.format;
    }
    let file = arguments.output.as_deref().unwrap_or(Path::new(""));
    let Some(ending) = file.extension() else {
        return Some(match session.output.format {
            MessageFormat::Json => GraphFormat::Json,
            MessageFormat::Text => GraphFormat::Dot,
        });
    };
    match ending.to_ascii_lowercase().to_str() {
        Some("json") => Some(GraphFormat::Json),
        Some("html" | "htm") => Some(GraphFormat::Html),
        Some("dot" | "gv") => Some(GraphFormat::Dot),
        _ => {
            session.output.error(&format!(
                "`{}`: a graph is written as `.dot`, `.json` or `.html`, not as `.{}`; under any name with `--format`",
                file.display(),
                ending.display()
            ));
            None
        }
    }
}

/// Where to write it; nothing for standard output.
fn place(
    arguments: &GraphArguments,
    format: GraphFormat,
    graph: &ModuleGraph,
    folder: &Path,
) -> Option<Place> {
    match (&arguments.output, format) {
        (Some(file), _) => Some(Place::Named(absolute(folder, file))),
        (None, GraphFormat::Html) => Some(Place::Usual(graph.root.join(".lumen").join("graph.html"))),
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

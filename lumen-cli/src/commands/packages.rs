//! The package graph of a workspace as commands need it that build nothing.

use super::Session;
use super::builder::{Builder, Target, print_error};
use crate::arguments::{BuildOptions, PackageOptions};
use crate::exit::Exit;
use crate::output::print_problems;
use lumen_build::{Keep, PackageGraph, UNCHECKED};
use lumen_pkg::PackageName;
use lumen_pkg::sync::Update;
use serde_json::json;

/// The whole graph. What is wrong is printed, and gives an exit status instead.
pub(crate) fn graph(
    session: &Session,
    options: PackageOptions,
    update: Update,
    keep: Keep,
) -> Result<PackageGraph, Exit> {
    let offline = options.is_offline();
    let options = BuildOptions {
        packages: options,
        ..BuildOptions::default()
    };
    let builder = Builder::new(session, Target::of(session, None, None), &options);
    match builder.build().packages(update, keep) {
        Ok(graph) => {
            let loaded = &graph.loaded;
            let folder = &session.environment.folder;
            print_problems(
                &session.output,
                &loaded.problems,
                |file| loaded.source_text(file),
                folder,
            );
            let notes = graph.synced.notes.iter();
            for note in notes {
                session.output.note(&format!("note: {note}"));
                let event = json!({"event": "note", "version": 1, "message": note});
                session.output.event(&event);
            }
            let mut packages = graph.synced.workspace.packages.iter();
            if offline && packages.any(|package| package.content().is_some()) {
                session.output.note(&format!("note: {UNCHECKED}"));
            }
            Ok(graph)
        }
        Err(error) => Err(print_error(session, &error)),
    }
}

/// A package's name; if it is none, that is printed.
pub(crate) fn package_name(session: &Session, text: &str) -> Result<PackageName, Exit> {
    PackageName::parse(text).map_err(|error| {
        session
            .output
            .error(&format!("`{text}` is not a package name: {error}"));
        Exit::Usage
    })
}

/// Prints what differs from the lock before.
pub(crate) fn print_changes(session: &Session, graph: &PackageGraph) {
    for change in &graph.synced.changes {
        let text = change.to_string();
        let (verb, rest) = text.split_once(' ').unwrap_or((&text, ""));
        session.output.status(verb, rest);
        let version = |version: &Option<lumen_pkg::Version>| version.as_ref().map(ToString::to_string);
        session.output.event(&json!({
            "event": "lock-change",
            "version": 1,
            "package": change.name.as_str(),
            "before": version(&change.before),
            "after": version(&change.after),
        }));
    }
}

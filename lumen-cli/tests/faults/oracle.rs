//! The oracle: what a clean build of the same sources says and yields.

use crate::history::{Ask, World};
use lumen_build::{Build, BuildError, Outcome, Silent, SnippetResult, hex};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Everything that can be seen of a build, but how much work it was.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    /// Counts, or why nothing could be built.
    end: String,
    findings: Vec<String>,
    notes: Vec<String>,
    snippets: Vec<String>,
    lock: Option<String>,
}

/// Module name to digests of code and positions.
type Digests = BTreeMap<String, String>;

pub(crate) struct Built {
    seen: Seen,
    digests: Digests,
    /// Hash of the link manifest.
    pub(crate) image: String,
    /// Document or manifest, code and message of every finding, sorted.
    pub(crate) findings: Vec<(String, String, String)>,
    pub(crate) succeeded: bool,
    compiled: usize,
}

/// Builds in this process.
pub(crate) fn build(root: &Path, cache: &Path, ask: &Ask) -> Built {
    let tool = Build::new(ask.options(root, cache));
    // Where a workspace lies is the only thing that may differ.
    let place = root.to_string_lossy();
    let placeless = |text: String| text.replace(&*place, "ROOT");
    match tool.run(&Silent) {
        Err(error) => Built {
            seen: Seen {
                end: placeless(match &error {
                    BuildError::Manifest(loaded) => format!("{:?}", loaded.problems),
                    error => format!("{error:?}"),
                }),
                // An older lock may be there, or none.
                ..Seen::default()
            },
            digests: Digests::new(),
            image: String::new(),
            findings: Vec::new(),
            succeeded: false,
            compiled: 0,
        },
        Ok(outcome) => Built {
            seen: Seen {
                // With nothing to do, a build of a part counts only what was asked for.
                end: format!(
                    "{} modules, {} failed, skipped: {:?}",
                    ask.part.as_ref().map_or(outcome.modules, |_| 0),
                    outcome.failed,
                    outcome.skipped
                ),
                findings: findings(&outcome).into_iter().map(placeless).collect(),
                notes: notes(&outcome),
                snippets: outcome.snippets.iter().map(snippet).collect(),
                lock: fs::read_to_string(root.join("lumen.lock")).ok(),
            },
            digests: digests(&outcome),
            image: outcome
                .image
                .as_ref()
                .map(|image| hex(&image.hash()))
                .unwrap_or_default(),
            findings: coded(&outcome, root),
            succeeded: outcome.succeeded(),
            compiled: outcome.compiled,
        },
    }
}

fn findings(outcome: &Outcome) -> Vec<String> {
    let reports = outcome.reports.iter().map(|report| format!("{report:?}"));
    let manifests = outcome.manifests.iter().flat_map(|loaded| &loaded.problems);
    reports
        .chain(manifests.map(|problem| format!("{problem:?}")))
        .collect()
}

fn coded(outcome: &Outcome, root: &Path) -> Vec<(String, String, String)> {
    let found = outcome.reports.iter().flat_map(|report| {
        let of_document =
            |code: &str, message: &str| (report.path.clone(), code.to_owned(), message.to_owned());
        let diagnostics = report.diagnostics.iter();
        let coded = diagnostics.map(move |found| of_document(found.code.info().name, &found.message));
        coded.collect::<Vec<_>>()
    });
    let manifests = outcome.manifests.iter().flat_map(|loaded| &loaded.problems);
    let of_manifests = manifests.map(|problem| {
        let file = problem.location.file.strip_prefix(root);
        let file = file.unwrap_or(&problem.location.file);
        let code = problem.code.unwrap_or_default();
        (
            file.display().to_string(),
            code.to_owned(),
            problem.message.clone(),
        )
    });
    let mut found: Vec<_> = found.chain(of_manifests).collect();
    found.sort();
    found
}

/// What is said of the sources; a clean build has nothing to say of a cache or a state.
fn notes(outcome: &Outcome) -> Vec<String> {
    let notes = outcome.notes.iter().map(|note| note.text.clone());
    notes
        .filter(|note| !note.contains("cache file") && !note.starts_with("the state of the workspace"))
        .collect()
}

fn snippet(snippet: &lumen_build::Snippet) -> String {
    let result = match &snippet.result {
        SnippetResult::Compiled(module) => format!("{:?} {:?}", module.artefact, module.debug),
        other => format!("{other:?}"),
    };
    format!("{} {:?} {result}", snippet.id, snippet.kind)
}

fn digests(outcome: &Outcome) -> Digests {
    let modules = outcome
        .image
        .as_ref()
        .map(|image| image.modules())
        .unwrap_or_default();
    modules
        .into_iter()
        .map(|module| {
            (
                module.id.to_string(),
                format!("{:?} {:?}", module.artefact, module.debug),
            )
        })
        .collect()
}

/// A clean build of the world's sources, below an empty `place`.
pub(crate) fn clean(world: &World, ask: &Ask, place: &Path) -> Built {
    let root = place.join("work");
    world.copy_sources(&root);
    build(&root, &place.join("cache"), ask)
}

/// Builds as a clean build does, in every respect, or says what differs.
pub(crate) fn compare(world: &World, ask: &Ask, place: &Path) -> Result<(), String> {
    let clean = clean(world, ask, place);
    let mut incremental = build(&world.root(), &world.cache(), ask);
    for what in ["incremental", "second"] {
        // A build of a document that lies elsewhere leaves an older lock alone.
        incremental.seen.lock.take_if(|_| clean.seen.lock.is_none());
        if incremental.seen != clean.seen {
            return Err(format!(
                "clean: {:#?}\n{what}: {:#?}",
                clean.seen, incremental.seen
            ));
        }
        // A build that stops early may know more than a clean one: what is older and still right.
        let whole = clean.succeeded || ask.keep_going;
        if whole && ask.part.is_none() && incremental.digests != clean.digests {
            return Err(format!(
                "clean: {:#?}\n{what}: {:#?}",
                clean.digests, incremental.digests
            ));
        }
        let known = |name: &String| incremental.digests.get(name) == clean.digests.get(name);
        if whole && !clean.digests.keys().all(known) {
            return Err(format!(
                "clean: {:#?}\n{what}: {:#?}",
                clean.digests, incremental.digests
            ));
        }
        incremental = match what {
            "incremental" => build(&world.root(), &world.cache(), ask),
            _ => incremental,
        };
    }
    // What a damaged cache has lost may be noticed only when somebody needs it, and is made again once.
    let mut compiled = vec![incremental.compiled];
    while clean.succeeded && compiled.last() != Some(&0) && compiled.len() < 4 {
        compiled.push(build(&world.root(), &world.cache(), ask).compiled);
    }
    match clean.succeeded && compiled.last() != Some(&0) {
        true => Err(format!(
            "a build that has nothing to do compiles {compiled:?} modules"
        )),
        false => Ok(()),
    }
}

//! Snippets: the fences of a document that are modules of their own and see it (`test`, `no_run`, `error(CODE)`).
//!
//! They are no part of a build, only of `lumen test`, and are cached like modules, under names of their own
//! (`@acme/money@1.0.0:fx#0`). One that has errors is compiled again each time.

use crate::environment::ModuleEnvironment;
use crate::image::ImageModule;
use crate::outcome::Report;
use crate::result::Stored;
use crate::session::Session;
use crate::shell::pool;
use crate::state::Results;
use crate::toolchain::{Reading, SnippetReading, Unit};
use crate::topology::{Importer, Target};
use lumen_compiler::diagnostic::{Code, Diagnostic, Severity};
use lumen_compiler::document::SnippetKind;
use lumen_compiler::interface::Interface;
use lumen_vm::lir::ModuleId;
use std::sync::{Arc, Mutex, PoisonError};

/// A snippet that was compiled.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// Its name as a module.
    pub id: ModuleId,
    /// The module of its document.
    pub host: ModuleId,
    /// Its document, as seen from the workspace's folder, with `/`.
    pub path: String,
    /// Its position among the document's snippets, from 0.
    pub number: usize,
    /// What is done with it.
    pub kind: SnippetKind,
    /// What became of it.
    pub result: SnippetResult,
}

/// What became of a snippet.
#[derive(Clone, Debug)]
pub enum SnippetResult {
    /// It compiled, as it should; for a test, this is what to run.
    Compiled(ImageModule),
    /// It failed with the error that it announces.
    FailedAsAnnounced,
    /// It should have failed with this code, and has these errors instead, perhaps none.
    NotAsAnnounced {
        /// The code in the info string.
        announced: Code,
        /// Findings with their text.
        report: Report,
    },
    /// It has errors.
    Failed(Report),
}

impl Session<'_> {
    /// Compiles the snippets of all active modules that have a result, on `threads` threads. Sorted by name.
    pub(crate) fn snippets(&self, threads: usize) -> Vec<Snippet> {
        let active = self.active.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let hosts: Vec<u32> = (0..self.topology.len() as u32)
            .filter(|module| {
                active.get(*module as usize) == Some(&true)
                    && self.is_usable(*module)
                    && self.snippet_count(*module) > 0
            })
            .collect();
        let found = Mutex::new(Vec::new());
        pool::each(hosts.len(), threads, |index| {
            if let Some(host) = hosts.get(index).filter(|_| !self.is_cancelled()) {
                let snippets = self.snippets_of(*host);
                found
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend(snippets);
            }
        });
        let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_by(|left, right| (&left.host, left.number).cmp(&(&right.host, right.number)));
        found
    }

    fn snippet_count(&self, module: u32) -> u32 {
        match &self.slot(module).finished {
            Some(finished) => finished.snippets,
            None => self.old.record(module).map_or(0, |record| record.snippets),
        }
    }

    fn snippets_of(&self, host: u32) -> Vec<Snippet> {
        let (Some(text), Some(interface)) = (self.text(host), self.interface(host)) else {
            return Vec::new();
        };
        let reading = self.toolchain.read(&text);
        let host_id = self.topology.id(host);
        let snippets = reading.snippets.iter().enumerate();
        snippets
            .map(|(number, snippet)| {
                let id = ModuleId::parse(&format!("{host_id}#{number}"));
                let result = self.snippet(host, &id, number, snippet, &reading, &interface, &text);
                let (path, kind) = (self.topology.path(host).to_owned(), snippet.kind);
                Snippet {
                    id,
                    host: host_id.clone(),
                    path,
                    number,
                    kind,
                    result,
                }
            })
            .collect()
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one document, taken apart once"
    )]
    fn snippet(
        &self,
        host: u32,
        id: &ModuleId,
        number: usize,
        snippet: &SnippetReading,
        reading: &Reading,
        interface: &Arc<Interface>,
        text: &Arc<str>,
    ) -> SnippetResult {
        if let Stored::Found(action) = self.stored_result(host, Importer::Snippet, id, &snippet.code) {
            return SnippetResult::Compiled(self.snippet_module(host, id, &action.results));
        }
        let environment = ModuleEnvironment::new(self, host, Importer::Snippet, None);
        let compiled = self.toolchain.compile(
            reading,
            Unit::Snippet(number, Arc::clone(interface)),
            id,
            &environment,
        );
        let report = |diagnostics: Vec<Diagnostic>| Report {
            path: self.topology.path(host).to_owned(),
            module: id.clone(),
            snippet: Some(number),
            text: Arc::clone(text),
            diagnostics,
            unreadable: None,
        };
        if let SnippetKind::Error(announced) = snippet.kind {
            let mut errors = compiled
                .diagnostics
                .iter()
                .filter(|diagnostic| diagnostic.severity == Severity::Error)
                .peekable();
            let as_announced = errors.peek().is_some() && errors.all(|error| error.code == announced);
            return match as_announced {
                true => SnippetResult::FailedAsAnnounced,
                false => SnippetResult::NotAsAnnounced {
                    announced,
                    report: report(compiled.diagnostics),
                },
            };
        }
        let Some(artefact) = compiled.artefact else {
            return SnippetResult::Failed(report(compiled.diagnostics));
        };
        let results = self.put(&compiled.interface, &artefact, &compiled.diagnostics);
        if environment.is_whole() {
            let package = self.topology.file(host).package;
            let resolved = snippet.imports.iter().filter_map(|import| {
                match self.topology.resolve(package, import, Importer::Snippet) {
                    Target::Module(target) => Some((import.clone(), target)),
                    Target::NoPackage(_) | Target::NoModule(_) => None,
                }
            });
            let imports: Vec<_> = resolved.collect();
            self.put_action(id, &snippet.code, &imports, &compiled.trace, results);
        }
        SnippetResult::Compiled(self.snippet_module(host, id, &results))
    }

    fn snippet_module(&self, host: u32, id: &ModuleId, results: &Results) -> ImageModule {
        ImageModule {
            id: id.clone(),
            path: self.topology.path(host).to_owned(),
            artefact: results.module,
            debug: results.debug,
            tests: results.tests,
            snippets: 0,
        }
    }
}

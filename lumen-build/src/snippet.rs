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
use crate::state::{Import, Results};
use crate::toolchain::{Reading, SnippetReading, Unit};
use crate::topology::{Importer, Target};
use lumen_compiler::diagnostic::{Code, Diagnostic, Severity};
use lumen_compiler::document::SnippetKind;
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
    /// It has no errors, but names that nothing declares, as its document allows: there is nothing to run.
    Checked,
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

/// So often documents are looked at again that change, or cannot be read, after their modules have been built.
const ATTEMPTS: usize = 3;

/// The result of a snippet, or the modules whose interface the store has lost.
type Attempt = Result<SnippetResult, Vec<u32>>;

/// A document with snippets, taken apart.
struct Host {
    module: u32,
    id: ModuleId,
    text: Arc<str>,
    reading: Reading,
}

impl Session<'_> {
    /// Compiles the snippets of those `modules` that have a result and belong to the workspace, on `threads` threads. By document
    /// and position.
    pub(crate) fn snippets(&self, modules: &[u32], threads: usize) -> Vec<Snippet> {
        let (mut hosts, mut unread) = self.hosts(modules, threads);
        for _ in 0..ATTEMPTS {
            if unread.is_empty() || self.is_cancelled() {
                break;
            }
            self.make_again(&unread);
            self.run(threads);
            (hosts, unread) = self.hosts(modules, threads);
        }
        // What only snippets import has not been built yet.
        self.activate(hosts.iter().flat_map(|host| self.imported_by_snippets(host)));
        self.run(threads);
        let mut found = Vec::new();
        let mut pending: Vec<(&Host, usize)> = hosts
            .iter()
            .flat_map(|host| (0..host.reading.snippets.len()).map(move |number| (host, number)))
            .collect();
        for is_last in [false, true] {
            let mut missing = Vec::new();
            for (host, number, result) in self.compile_snippets(&std::mem::take(&mut pending), threads) {
                match result {
                    Ok(result) => found.push(self.finished_snippet(host, number, result)),
                    Err(modules) if !is_last => {
                        missing.extend(modules);
                        pending.push((host, number));
                    }
                    Err(_) => {
                        let failed = SnippetResult::Failed(self.snippet_report(host, number, Vec::new()));
                        found.push(self.finished_snippet(host, number, failed));
                    }
                }
            }
            if pending.is_empty() {
                break;
            }
            missing.iter().for_each(|module| self.slot(*module).lost = true);
            self.make_again(&missing);
            self.run(threads);
        }
        found.sort_by(|left, right| (&left.host, left.number).cmp(&(&right.host, right.number)));
        found
    }

    /// Reads the documents that have snippets; and those that are not what their modules were built from any more, or cannot be read.
    fn hosts(&self, modules: &[u32], threads: usize) -> (Vec<Host>, Vec<u32>) {
        let with_snippets = |module: &&u32| {
            let package = self.topology.packages.get(self.topology.file(**module).package);
            package.is_some_and(|package| package.member)
                && self.is_usable(**module)
                // Whether a deeper one has a result depends on timing, and on what was built before.
                && self.is_reported(**module)
                && self.snippet_count(**module) > 0
        };
        let modules: Vec<u32> = modules.iter().filter(with_snippets).copied().collect();
        let (hosts, unread) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        pool::each(modules.len(), threads, |index| {
            let Some(module) = modules.get(index).copied() else {
                return;
            };
            let Some(text) = self.text(module, &self.source(module)) else {
                unread.lock().unwrap_or_else(PoisonError::into_inner).push(module);
                return;
            };
            let host = Host {
                module,
                id: self.topology.id(module),
                reading: self.toolchain.read(&text, self.topology.form(module)),
                text,
            };
            hosts.lock().unwrap_or_else(PoisonError::into_inner).push(host);
        });
        let hosts = hosts.into_inner().unwrap_or_else(PoisonError::into_inner);
        (hosts, unread.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn snippet_count(&self, module: u32) -> u32 {
        match &self.slot(module).finished {
            Some(finished) => finished.snippets,
            None => self.old.record(module).map_or(0, |record| record.snippets),
        }
    }

    fn imported_by_snippets(&self, host: &Host) -> Vec<u32> {
        let imports = host.reading.snippets.iter().flat_map(|snippet| &snippet.imports);
        self.resolved_by_snippet(host, imports)
            .into_iter()
            .map(|(_, target)| target)
            .collect()
    }

    fn resolved_by_snippet<'i>(
        &self,
        host: &Host,
        imports: impl Iterator<Item = &'i Import>,
    ) -> Vec<(Import, u32)> {
        let package = self.topology.file(host.module).package;
        let resolved = |import: &Import| match self.topology.resolve(package, import, Importer::Snippet) {
            Target::Module(target) => Some((import.clone(), target)),
            Target::NoPackage(_) | Target::NoModule(_) => None,
        };
        imports.filter_map(resolved).collect()
    }

    fn compile_snippets<'h>(
        &self,
        snippets: &[(&'h Host, usize)],
        threads: usize,
    ) -> Vec<(&'h Host, usize, Attempt)> {
        let results = Mutex::new(Vec::new());
        pool::each(snippets.len(), threads, |index| {
            if let Some((host, number)) = snippets.get(index).filter(|_| !self.is_cancelled())
                && let Some(snippet) = host.reading.snippets.get(*number)
            {
                let result = self.snippet(host, *number, snippet);
                results
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push((*host, *number, result));
            }
        });
        results.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds or makes the result of a snippet.
    fn snippet(&self, host: &Host, number: usize, snippet: &SnippetReading) -> Attempt {
        let id = snippet_id(host, number);
        match self.stored_result(host.module, Importer::Snippet, &id, &snippet.code) {
            Stored::Found(action) => {
                return Ok(SnippetResult::Compiled(self.snippet_module(
                    host.module,
                    &id,
                    &action.results,
                )));
            }
            Stored::Missing(missing) => return Err(missing),
            Stored::Nothing(_) => {}
        }
        let Some(interface) = self.interface(host.module) else {
            return Err(vec![host.module]);
        };
        let environment = ModuleEnvironment::new(self, host.module, Importer::Snippet, None);
        let compiled =
            self.toolchain
                .compile(&host.reading, Unit::Snippet(number, interface), &id, &environment);
        let is_whole = environment.is_whole();
        let missing = environment.into_missing();
        if !missing.is_empty() {
            return Err(missing);
        }
        let report = |diagnostics| self.snippet_report(host, number, diagnostics);
        if let SnippetKind::Error(announced) = snippet.kind {
            let errors = compiled
                .diagnostics
                .iter()
                .filter(|diagnostic| diagnostic.severity == Severity::Error);
            let mut errors = errors.peekable();
            let as_announced = errors.peek().is_some() && errors.all(|error| error.code == announced);
            return Ok(match as_announced {
                true => SnippetResult::FailedAsAnnounced,
                false => SnippetResult::NotAsAnnounced {
                    announced,
                    report: report(compiled.diagnostics),
                },
            });
        }
        // What was compiled without one of its imports is not worth keeping; that import has its own errors.
        let Some(artefact) = compiled.artefact.filter(|_| is_whole) else {
            let sound = |found: &[Diagnostic]| found.iter().all(|found| found.severity == Severity::Warning);
            if is_whole && snippet.kind == SnippetKind::NoRun && sound(&compiled.diagnostics) {
                return Ok(SnippetResult::Checked);
            }
            return Ok(SnippetResult::Failed(report(compiled.diagnostics)));
        };
        let (results, _) = self.put(&compiled.interface, &artefact, &compiled.diagnostics);
        let imports = self.resolved_by_snippet(host, snippet.imports.iter());
        self.put_action(&id, &snippet.code, &imports, &compiled.trace, results);
        Ok(SnippetResult::Compiled(self.snippet_module(
            host.module,
            &id,
            &results,
        )))
    }

    fn finished_snippet(&self, host: &Host, number: usize, result: SnippetResult) -> Snippet {
        let kind = host
            .reading
            .snippets
            .get(number)
            .map_or(SnippetKind::NoRun, |snippet| snippet.kind);
        let path = self.topology.path(host.module).to_owned();
        Snippet {
            id: snippet_id(host, number),
            host: host.id.clone(),
            path,
            number,
            kind,
            result,
        }
    }

    fn snippet_report(&self, host: &Host, number: usize, diagnostics: Vec<Diagnostic>) -> Report {
        Report {
            path: self.topology.path(host.module).to_owned(),
            module: snippet_id(host, number),
            snippet: Some(number),
            text: Arc::clone(&host.text),
            diagnostics,
            unreadable: None,
        }
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

fn snippet_id(host: &Host, number: usize) -> ModuleId {
    ModuleId::parse(&format!("{}#{number}", host.id))
}

//! The second job of a module: everything that it depends on is settled, so its result can be found or made.
//!
//! In this order: the old result, if its trace still holds; a result in the store, if one of the traces kept under the
//! weak key holds; compilation. Failures are not kept.

use crate::action::{self, Action};
use crate::cycle::Cycles;
use crate::digest;
use crate::environment::ModuleEnvironment;
use crate::load::Loaded;
use crate::outcome::Report;
use crate::progress::Step;
use crate::reason::{Decision, Reason};
use crate::scheduler::Verdict;
use crate::session::{Document, Finished, NewResult, Session};
use crate::state::{Import, Results};
use crate::store::BlobKind;
use crate::toolchain::{Artefact, Compiled, Unit};
use crate::topology::{Importer, Target};
use lumen_compiler::diagnostic::{Code, Severity};
use lumen_compiler::interface::{Consulted, Digest, Interface};
use lumen_vm::lir::ModuleId;
use std::sync::Arc;

/// How building ended.
pub(crate) enum Built {
    /// The module has a result, or errors.
    Finished(Verdict),
    /// The results of these modules are gone from the store; they must be made again first.
    Missing(Vec<u32>),
    /// The document changed after the build began.
    Reload,
}

/// Whether earlier answers are still given.
pub(crate) enum Holds {
    Yes,
    /// The first that is not.
    No(Reason),
    /// The interfaces of these modules are gone from the store.
    Missing(Vec<u32>),
}

impl Session<'_> {
    /// Performs [`crate::scheduler::Job::Build`], or `BuildInCycle` if there are cycles.
    pub(crate) fn build(&self, module: u32) -> Built {
        let cycles = self
            .cycles
            .get()
            .filter(|cycles| cycles.members.binary_search(&module).is_ok());
        let slot = self.slot(module);
        let (kept, lost) = (slot.document.is_none() || slot.finished.is_some(), slot.lost);
        drop(slot);
        if cycles.is_some() && self.slot(module).document.is_none() {
            self.slot(module).reason = Some(Reason::ImportsMoved);
            if let Loaded::Unreadable = self.load(module) {
                return Built::Finished(Verdict::Failed);
            }
        }
        if kept && !lost && cycles.is_none() {
            match self.old_trace_holds(module) {
                Holds::Yes => {
                    self.slot(module).document = None;
                    self.progress.finished(&self.topology.id(module), Step::UpToDate);
                    return Built::Finished(Verdict::Same);
                }
                Holds::Missing(missing) => return Built::Missing(missing),
                Holds::No(reason) => self.slot(module).reason = Some(reason),
            }
        }
        let id = self.topology.id(module);
        if !lost && cycles.is_none() {
            let code = self
                .slot(module)
                .document
                .as_ref()
                .map(|document| document.reading.code);
            let code = code.or_else(|| self.old.record(module).map(|record| record.code));
            match code.map(|code| self.stored_result(module, Importer::Module, &id, &code)) {
                Some(Stored::Found(result)) => return self.adopt(module, &id, *result),
                Some(Stored::Missing(missing)) => return Built::Missing(missing),
                Some(Stored::Nothing) | None => {}
            }
        }
        let document = self.slot(module).document.take();
        match document {
            Some(document) => self.compile(module, &id, document, cycles),
            // A suspect after all: its document has not been read yet.
            None => Built::Reload,
        }
    }

    /// Whether the old result of a module is still the right one.
    fn old_trace_holds(&self, module: u32) -> Holds {
        let Some(record) = self.old.record(module) else {
            return Holds::No(Reason::NoResult);
        };
        let Some(trace) = record.trace() else {
            return Holds::No(Reason::NoResult);
        };
        let mut missing = Vec::new();
        for entry in trace {
            let Some(target) = record.edge(entry.edge).and_then(|edge| self.old.target(edge)) else {
                return Holds::No(Reason::ImportsMoved);
            };
            // What has not changed still gives the answers that it gave.
            if !self.scheduler().has_changed(target) {
                continue;
            }
            match self.interface(target) {
                None => missing.push(target),
                Some(interface) => {
                    let now = answer(&interface, entry.name);
                    if now != entry.hash {
                        let (module, name) = (self.topology.id(target), entry.name.to_owned());
                        return Holds::No(Reason::ItemChanged {
                            module,
                            name,
                            old: entry.hash,
                            new: now,
                        });
                    }
                }
            }
        }
        match missing.is_empty() {
            true => Holds::Yes,
            false => Holds::Missing(missing),
        }
    }

    /// Why a module is compiled. If it had no result, what differs from when it last had one says more than that.
    fn compile_reason(&self, module: u32, code: Digest) -> Reason {
        let reason = self.reason(module, Some(code));
        match reason {
            Reason::NoResult => self.first_difference(module).unwrap_or(reason),
            _ => reason,
        }
    }

    /// The first answer that is not what it was when the module last had a result.
    fn first_difference(&self, module: u32) -> Option<Reason> {
        let record = self.old.record(module)?;
        for entry in record.trace()? {
            let target = record.edge(entry.edge).and_then(|edge| self.old.target(edge));
            let Some(target) = target.filter(|target| self.is_usable(*target)) else {
                continue;
            };
            let new = self
                .interface(target)
                .and_then(|interface| answer(&interface, entry.name));
            if new != entry.hash {
                let (module, name) = (self.topology.id(target), entry.name.to_owned());
                return Some(Reason::ItemChanged {
                    module,
                    name,
                    old: entry.hash,
                    new,
                });
            }
        }
        None
    }

    /// Whether the answers of an earlier compilation are given now.
    fn action_holds(&self, module: u32, importer: Importer, action: &Action) -> Holds {
        let package = self.topology.file(module).package;
        for (import, id) in &action.imports {
            match self.topology.resolve(package, import, importer) {
                Target::Module(now) if self.is_usable(now) && self.topology.id(now) == *id => {}
                _ => return Holds::No(Reason::ImportsMoved),
            }
        }
        let mut missing = Vec::new();
        for Consulted { module, name, hash } in &action.trace {
            let Some(target) = self
                .topology
                .find(module)
                .filter(|target| self.is_usable(*target))
            else {
                return Holds::No(Reason::ImportsMoved);
            };
            match self.interface(target) {
                None => missing.push(target),
                Some(interface) if answer(&interface, name) == *hash => {}
                Some(_) => return Holds::No(Reason::ImportsMoved),
            }
        }
        match missing.is_empty() {
            true => Holds::Yes,
            false => Holds::Missing(missing),
        }
    }

    /// Looks for a result of this code in the store.
    pub(crate) fn stored_result(
        &self,
        module: u32,
        importer: Importer,
        id: &ModuleId,
        code: &Digest,
    ) -> Stored {
        let key = action::weak_key(&self.settings, id, code);
        for entry in self.store.actions(&key) {
            let Some(action) = Action::decode(&entry) else {
                continue;
            };
            if !self.has_results(&action.results) {
                continue;
            }
            match self.action_holds(module, importer, &action) {
                Holds::Yes => return Stored::Found(Box::new(action)),
                Holds::No(_) => {}
                Holds::Missing(missing) => return Stored::Missing(missing),
            }
        }
        Stored::Nothing
    }

    /// Takes over a result from the store.
    fn adopt(&self, module: u32, id: &ModuleId, action: Action) -> Built {
        let results = action.results;
        let Some(interface) = self.load_interface(&results.interface) else {
            self.slot(module).lost = true;
            return Built::Reload;
        };
        let warnings = match self.stored_warnings(&results) {
            Some(warnings) => warnings,
            None => {
                self.slot(module).lost = true;
                return Built::Reload;
            }
        };
        let reason = self.reason(module, self.code(module));
        let mut slot = self.slot(module);
        let document = slot.document.take();
        let Some((source, code, snippets, seen)) = self.provenance(module, document.as_deref()) else {
            return Built::Reload;
        };
        let report = match warnings.is_empty() {
            true => None,
            false => {
                let text = document
                    .map(|document| document.text)
                    .or_else(|| self.text(module));
                Some(Report {
                    path: self.topology.path(module).to_owned(),
                    module: id.clone(),
                    snippet: None,
                    text: text.unwrap_or_else(|| "".into()),
                    diagnostics: warnings,
                    unreadable: None,
                })
            }
        };
        let result = NewResult {
            results,
            imports: self.resolved(module, action.imports.into_iter().map(|(import, _)| import)),
            trace: action.trace,
        };
        slot.interface = Some(interface);
        slot.finished = Some(Box::new(Finished {
            decision: Decision::Cached,
            reason,
            source,
            code,
            snippets,
            seen,
            result: Some(result),
            report,
        }));
        drop(slot);
        self.progress.finished(id, Step::Cached);
        Built::Finished(self.verdict(module, &results.interface))
    }

    /// The code hash of a module's document, if it was read in this build.
    fn code(&self, module: u32) -> Option<Digest> {
        self.slot(module)
            .document
            .as_ref()
            .map(|document| document.reading.code)
    }

    /// Source hash, code hash, number of snippets and state of a document: as read, or else as the last build knew them.
    fn provenance(
        &self,
        module: u32,
        document: Option<&Document>,
    ) -> Option<(Digest, Digest, u32, Option<crate::session::Seen>)> {
        if let Some(document) = document {
            let snippets = document.reading.snippets.len() as u32;
            return Some((
                document.source,
                document.reading.code,
                snippets,
                Some(document.seen),
            ));
        }
        let record = self.old.record(module)?;
        Some((record.source, record.code, record.snippets, None))
    }

    /// Warnings that belong to a result; nothing if the store has lost them.
    pub(crate) fn stored_warnings(
        &self,
        results: &Results,
    ) -> Option<Vec<lumen_compiler::diagnostic::Diagnostic>> {
        if !results.has_warnings() {
            return Some(Vec::new());
        }
        self.toolchain
            .decode_diagnostics(&self.store.blob(BlobKind::Plain, &results.warnings)?)
    }

    fn compile(&self, module: u32, id: &ModuleId, document: Box<Document>, cycles: Option<&Cycles>) -> Built {
        self.progress.compiling(id);
        let environment = ModuleEnvironment::new(self, module, Importer::Module, cycles);
        let compiled = self
            .toolchain
            .compile(&document.reading, Unit::Module, id, &environment);
        let is_whole = environment.is_whole();
        let missing = environment.into_missing();
        if !missing.is_empty() {
            self.slot(module).document = Some(document);
            return Built::Missing(missing);
        }
        let reason = self.compile_reason(module, document.reading.code);
        let Compiled {
            interface,
            trace,
            mut diagnostics,
            artefact,
        } = compiled;
        if cycles.is_some() {
            // The rest depends on how much of what it imports was built before the cycle showed.
            diagnostics.retain(|diagnostic| diagnostic.code == Code::E0031);
        }
        // What was compiled without one of its imports is not worth keeping.
        let artefact = artefact.filter(|_| is_whole);
        let result = artefact.map(|artefact| {
            debug_assert!(
                diagnostics
                    .iter()
                    .all(|diagnostic| diagnostic.severity == Severity::Warning)
            );
            let results = self.put(&interface, &artefact, &diagnostics);
            let imports = self.resolved(module, document.reading.imports.iter().cloned());
            self.put_action(id, &document.reading.code, &imports, &trace, results);
            NewResult {
                results,
                imports,
                trace,
            }
        });
        let decision = match &result {
            Some(_) => Decision::Compiled,
            None => Decision::Failed,
        };
        let verdict = match &result {
            Some(result) => self.verdict(module, &result.results.interface),
            None => Verdict::Failed,
        };
        let report = (!diagnostics.is_empty()).then(|| Report {
            path: self.topology.path(module).to_owned(),
            module: id.clone(),
            snippet: None,
            text: Arc::clone(&document.text),
            diagnostics,
            unreadable: None,
        });
        let step = match &result {
            Some(_) => Step::Compiled,
            None => Step::Failed,
        };
        let mut slot = self.slot(module);
        slot.interface = result.is_some().then(|| Arc::new(interface));
        slot.lost = false;
        slot.finished = Some(Box::new(Finished {
            decision,
            reason,
            source: document.source,
            code: document.reading.code,
            snippets: document.reading.snippets.len() as u32,
            seen: Some(document.seen),
            result,
            report,
        }));
        drop(slot);
        self.progress.finished(id, step);
        Built::Finished(verdict)
    }

    /// Stores what was compiled.
    pub(crate) fn put(
        &self,
        interface: &Interface,
        artefact: &Artefact,
        warnings: &[lumen_compiler::diagnostic::Diagnostic],
    ) -> Results {
        let put = |kind: BlobKind, bytes: &[u8]| {
            let digest = kind.digest_of(bytes);
            self.store.put_blob(kind, &digest, bytes);
            digest
        };
        Results {
            module: put(BlobKind::Module, &artefact.module),
            debug: put(BlobKind::Debug, &artefact.debug),
            interface: put(BlobKind::Plain, &self.toolchain.encode_interface(interface)),
            warnings: match warnings.is_empty() {
                true => digest::NONE,
                false => put(BlobKind::Plain, &self.toolchain.encode_diagnostics(warnings)),
            },
            tests: match artefact.tests.is_empty() {
                true => digest::NONE,
                false => put(BlobKind::Plain, &artefact.tests),
            },
        }
    }

    /// Stores what a compilation asked and yielded, under its weak key.
    pub(crate) fn put_action(
        &self,
        id: &ModuleId,
        code: &Digest,
        imports: &[(Import, u32)],
        trace: &[Consulted],
        results: Results,
    ) {
        let imports = imports
            .iter()
            .map(|(import, target)| (import.clone(), self.topology.id(*target)))
            .collect();
        let action = Action {
            imports,
            trace: trace.to_vec(),
            results,
        };
        self.store
            .put_action(&action::weak_key(&self.settings, id, code), &action.encode());
    }

    /// Imports with the modules they resolve to.
    fn resolved(&self, module: u32, imports: impl Iterator<Item = Import>) -> Vec<(Import, u32)> {
        let package = self.topology.file(module).package;
        imports
            .filter_map(
                |import| match self.topology.resolve(package, &import, Importer::Module) {
                    Target::Module(target) => Some((import, target)),
                    Target::NoPackage(_) | Target::NoModule(_) => None,
                },
            )
            .collect()
    }

    /// Whether an interface is the one that the module had before the build.
    fn verdict(&self, module: u32, interface: &Digest) -> Verdict {
        let old = self.old.record(module).map(|record| record.results.interface);
        match old == Some(*interface) {
            true => Verdict::Same,
            false => Verdict::Changed,
        }
    }

    /// The text of a document, read for its warnings' sake.
    pub(crate) fn text(&self, module: u32) -> Option<Arc<str>> {
        let path = self.root.join(self.topology.path(module));
        let (bytes, _) = self
            .files
            .read(&path, crate::files::MAXIMUM_DOCUMENT_BYTES)
            .ok()?;
        self.toolchain.text(&bytes).ok().map(Arc::from)
    }
}

/// What the store knows of some code.
pub(crate) enum Stored {
    Found(Box<Action>),
    Nothing,
    /// Nothing can be said before the interfaces of these modules have been made again.
    Missing(Vec<u32>),
}

/// The hash of an item of an interface, or of the set of names.
fn answer(interface: &Interface, name: &str) -> Option<Digest> {
    match name.is_empty() {
        true => Some(interface.names_hash),
        false => interface.item(name).map(|item| item.hash),
    }
}

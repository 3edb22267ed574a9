//! The second job of a module: everything that it depends on is settled, so its result can be found or made.
//!
//! In this order: the old result, if its trace still holds; a result in the store, if one of the traces kept under the
//! weak key holds; compilation. Failures are not kept.

use crate::cycle::Cycles;
use crate::environment::ModuleEnvironment;
use crate::load::Loaded;
use crate::outcome::Report;
use crate::progress::Step;
use crate::reason::{Decision, Reason};
use crate::result::Stored;
use crate::scheduler::Verdict;
use crate::session::{Document, Finished, NewResult, Session};
use crate::toolchain::{Compiled, Unit};
use crate::topology::Importer;
use crate::trace::Holds;
use lumen_compiler::diagnostic::{Code, Severity};
use lumen_compiler::interface::Digest;
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
            self.slot(module).reason = Some(Reason::ImportCycle);
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
                Some(Stored::Nothing(miss)) => self.slot(module).trail.miss = Some(miss),
                None => {}
            }
        }
        let document = self.slot(module).document.take();
        match document {
            Some(document) if self.foresees => {
                let reason = match cycles {
                    Some(_) => Reason::ImportCycle,
                    None => self.compile_reason(module, document.reading.code),
                };
                self.would_compile(module, *document, reason)
            }
            Some(document) => self.compile(module, &id, document, cycles),
            // A suspect after all: its document has not been read yet.
            None => Built::Reload,
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

    fn compile(&self, module: u32, id: &ModuleId, document: Box<Document>, cycles: Option<&Cycles>) -> Built {
        self.progress.compiling(id);
        let environment = ModuleEnvironment::new(self, module, Importer::Module, cycles);
        let compiled = self
            .toolchain
            .compile(&document.reading, Unit::Module, id, &environment);
        let is_whole = environment.is_whole();
        let missing = environment.into_missing();
        // What a cycle is said of does not depend on anything else that it imports.
        if !missing.is_empty() && cycles.is_none() {
            self.slot(module).document = Some(document);
            return Built::Missing(missing);
        }
        let reason = match (self.compile_reason(module, document.reading.code), cycles) {
            (Reason::NoResult, Some(_)) => Reason::ImportCycle,
            (reason, _) => reason,
        };
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
            let (results, bytes) = self.put(&interface, &artefact, &diagnostics);
            self.slot(module).trail.bytes = bytes;
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
        let waited_for = match &result {
            Some(_) => Vec::new(),
            None => self.targets(module, &document.reading.imports),
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
            waited_for,
        }));
        drop(slot);
        self.progress.finished(id, step);
        Built::Finished(verdict)
    }

    /// Whether an interface is the one that the module had before the build.
    pub(crate) fn verdict(&self, module: u32, interface: &Digest) -> Verdict {
        let old = self.old.record(module).map(|record| record.results.interface);
        match old == Some(*interface) {
            true => Verdict::Same,
            false => Verdict::Changed,
        }
    }
}

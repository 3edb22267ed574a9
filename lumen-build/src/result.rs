//! Results in the store: looked up by weak key and trace, taken over, put.

use crate::action::{self, Action};
use crate::digest;
use crate::log::Miss;
use crate::outcome::Report;
use crate::progress::Step;
use crate::reason::Decision;
use crate::session::{Document, Finished, NewResult, Seen, Session};
use crate::state::{Import, Results};
use crate::store::BlobKind;
use crate::toolchain::Artefact;
use crate::topology::{Importer, Target};
use crate::trace::Holds;
use crate::unit::Built;
use lumen_compiler::diagnostic::Diagnostic;
use lumen_compiler::interface::{self, Consulted, Digest, Interface};
use lumen_vm::lir::ModuleId;
use std::sync::Arc;

/// What the store knows of some code.
pub(crate) enum Stored {
    Found(Box<Action>),
    Nothing(Miss),
    /// Nothing can be said before the interfaces of these modules have been made again.
    Missing(Vec<u32>),
}

impl Session<'_> {
    /// Looks for a result of this code in the store.
    pub(crate) fn stored_result(
        &self,
        module: u32,
        importer: Importer,
        id: &ModuleId,
        code: &Digest,
    ) -> Stored {
        let key = action::weak_key(&self.settings, id, code);
        let mut miss = Miss::NoResult;
        for entry in self.store.actions(&key) {
            let Some(action) = Action::decode(&entry) else {
                continue;
            };
            if !self.has_results(&action.results) {
                if miss == Miss::NoResult {
                    miss = Miss::ResultGone;
                }
                continue;
            }
            match self.action_holds(module, importer, &action) {
                Holds::Yes => return Stored::Found(Box::new(action)),
                // Entries come newest first: what the last one was answered says most.
                Holds::No(difference) if !matches!(miss, Miss::OtherAnswer(_)) => {
                    miss = Miss::OtherAnswer(difference);
                }
                Holds::No(_) => {}
                Holds::Missing(missing) => return Stored::Missing(missing),
            }
        }
        Stored::Nothing(miss)
    }

    /// Takes over a result from the store.
    pub(crate) fn adopt(&self, module: u32, id: &ModuleId, action: Action) -> Built {
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
                    .or_else(|| self.text(module, &source));
                let Some(text) = text else {
                    return Built::Reload;
                };
                Some(Report {
                    path: self.topology.path(module).to_owned(),
                    module: id.clone(),
                    snippet: None,
                    text,
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
            waited_for: Vec::new(),
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
    ) -> Option<(Digest, Digest, u32, Option<Seen>)> {
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

    /// The hash of a module's document, as its result knows it.
    pub(crate) fn source(&self, module: u32) -> Digest {
        let finished = self
            .slot(module)
            .finished
            .as_ref()
            .map(|finished| finished.source);
        let known = || self.old.record(module).map(|record| record.source);
        finished.or_else(known).unwrap_or(digest::NONE)
    }

    /// Warnings that belong to a result; nothing if the store has lost them.
    pub(crate) fn stored_warnings(&self, results: &Results) -> Option<Vec<Diagnostic>> {
        if !results.has_warnings() {
            return Some(Vec::new());
        }
        interface::decode_diagnostics(&self.store.blob(BlobKind::Plain, &results.warnings)?)
    }

    /// Stores what was compiled, and says how many bytes that is.
    pub(crate) fn put(
        &self,
        interface: &Interface,
        artefact: &Artefact,
        warnings: &[Diagnostic],
    ) -> (Results, u64) {
        let mut length = 0;
        let mut put = |kind: BlobKind, bytes: &[u8]| {
            let digest = kind.digest_of(bytes);
            self.store.put_blob(kind, &digest, bytes);
            length += bytes.len() as u64;
            digest
        };
        let results = Results {
            module: put(BlobKind::Module, &artefact.module),
            debug: put(BlobKind::Debug, &artefact.debug),
            interface: put(BlobKind::Plain, &interface::encode_interface(interface)),
            warnings: match warnings.is_empty() {
                true => digest::NONE,
                false => put(BlobKind::Plain, &interface::encode_diagnostics(warnings)),
            },
            tests: match artefact.tests.is_empty() {
                true => digest::NONE,
                false => put(BlobKind::Plain, &artefact.tests),
            },
        };
        (results, length)
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
    pub(crate) fn resolved(&self, module: u32, imports: impl Iterator<Item = Import>) -> Vec<(Import, u32)> {
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

    /// The text of a document, read for its warnings' sake; nothing if it is not the one any more that its result is about, or
    /// cannot be read.
    pub(crate) fn text(&self, module: u32, source: &Digest) -> Option<Arc<str>> {
        if let Some(text) = self.bundled_text(module) {
            return Some(text.into());
        }
        let path = self.root.join(self.topology.path(module));
        let (bytes, _) = self
            .files
            .read(&path, crate::files::MAXIMUM_DOCUMENT_BYTES)
            .ok()
            .filter(|(bytes, _)| digest::of(bytes) == *source)?;
        self.toolchain.text(&bytes).ok().map(Arc::from)
    }
}

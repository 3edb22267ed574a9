//! One build in progress: what was known before it, what has been found out since, and who waits for whom.
//!
//! Shared by the threads that perform jobs. `plan` decides what has to be looked at, `load` and `unit` perform jobs,
//! `finish` turns the whole into a new state and an outcome.

use crate::again::MadeAgain;
use crate::cycle::Cycles;
use crate::digest;
use crate::files::{Files, Stat};
use crate::log::{Miss, Work};
use crate::outcome::{ModuleScope, Report};
use crate::package::PackageTable;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::reason::{Decision, Reason};
use crate::scheduler::Scheduler;
use crate::settings::Settings;
use crate::state::{Import, NO_EDGE, RecordRef, Results, StateFile};
use crate::store::{BlobKind, Store};
use crate::timeline::microseconds;
use crate::toolchain::{Reading, Toolchain};
use crate::topology::Topology;
use lumen_compiler::interface::{self, Consulted, Digest, Interface};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

/// A build in progress. Modules are named by their numbers in the topology.
pub(crate) struct Session<'s> {
    pub(crate) files: &'s dyn Files,
    pub(crate) store: &'s dyn Store,
    pub(crate) toolchain: &'s dyn Toolchain,
    pub(crate) progress: &'s dyn Progress,
    pub(crate) cancelled: &'s AtomicBool,
    /// Whether nothing is compiled, only foreseen that it would be.
    pub(crate) foresees: bool,
    /// Compiler, LIR version and profile.
    pub(crate) settings: Settings,
    pub(crate) root: PathBuf,
    /// When the build began.
    pub(crate) began: Instant,
    pub(crate) topology: Topology,
    pub(crate) old: Old<'s>,
    /// What has to be done for each module, before anything is done.
    pub(crate) plans: Vec<Plan>,
    pub(crate) scheduler: Mutex<Scheduler>,
    pub(crate) slots: Vec<Mutex<Slot>>,
    /// Modules that take part. Locked before the scheduler.
    pub(crate) active: Mutex<Vec<bool>>,
    pub(crate) made_again: Mutex<MadeAgain>,
    /// The import cycles, once everything else is done.
    pub(crate) cycles: OnceLock<Cycles>,
    /// What the build was asked for, if not all of the workspace.
    pub(crate) scope: Option<ModuleScope>,
    /// What has been told, in this order.
    pub(crate) told: Mutex<Vec<Report>>,
}

/// What the state file said about documents.
#[derive(Default)]
pub(crate) struct Old<'s> {
    pub(crate) files: Vec<StateFile<'s>>,
    /// The packages of that time.
    pub(crate) packages: PackageTable,
    pub(crate) body: &'s [u8],
    /// For each module its position in `files`, or `NO_EDGE`.
    pub(crate) position: Vec<u32>,
    /// For each position in `files` its module, or `NO_EDGE`.
    pub(crate) module: Vec<u32>,
}

/// What has been found out about a module.
#[derive(Default)]
pub(crate) struct Slot {
    /// Its document, from loading until its result is there.
    pub(crate) document: Option<Box<Document>>,
    /// Its interface, once somebody needed it or it was compiled.
    pub(crate) interface: Option<Arc<Interface>>,
    pub(crate) finished: Option<Box<Finished>>,
    /// Whether what was found about it has been told.
    pub(crate) told: bool,
    /// The store has lost its result: earlier results are no use.
    pub(crate) lost: bool,
    /// Why it is being built, if that turned out after planning.
    pub(crate) reason: Option<Reason>,
    pub(crate) trail: Trail,
}

/// What the work on a module cost, for the log.
#[derive(Default)]
pub(crate) struct Trail {
    pub(crate) read: Option<Work>,
    pub(crate) build: Option<Work>,
    /// Why the cache had no result, if it was asked.
    pub(crate) miss: Option<Miss>,
    /// Bytes that were put in the cache.
    pub(crate) bytes: u64,
}

/// A document that was read.
pub(crate) struct Document {
    pub(crate) source: Digest,
    pub(crate) text: Arc<str>,
    pub(crate) reading: Reading,
    pub(crate) seen: Seen,
}

/// The state of a document when it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Of the moment of reading, or of the scan if the document changed meanwhile.
    pub(crate) stat: Stat,
    /// Whether equal times will mean equal content.
    pub(crate) settled: bool,
}

/// What the build found out about a module that it dealt with.
pub(crate) struct Finished {
    pub(crate) decision: Decision,
    pub(crate) reason: Reason,
    pub(crate) source: Digest,
    pub(crate) code: Digest,
    pub(crate) snippets: u32,
    /// Nothing if the document was not read.
    pub(crate) seen: Option<Seen>,
    /// Nothing if the old record holds, but for the source.
    pub(crate) result: Option<NewResult>,
    pub(crate) report: Option<Report>,
    /// Modules that it imports, if it failed.
    pub(crate) waited_for: Vec<u32>,
}

/// A result that was made or found.
pub(crate) struct NewResult {
    pub(crate) results: Results,
    /// Imports and the modules they resolved to.
    pub(crate) imports: Vec<(Import, u32)>,
    pub(crate) trace: Vec<Consulted>,
}

impl Slot {
    /// Whether the old result may still be the right one.
    pub(crate) fn may_keep(&self) -> bool {
        !self.lost && self.reason.is_none()
    }
}

impl<'s> Old<'s> {
    /// What the last build knew of a module's document; nothing if it was not there under this name.
    pub(crate) fn file(&self, module: u32) -> Option<&StateFile<'s>> {
        self.files.get(*self.position.get(module as usize)? as usize)
    }

    /// The record of a module.
    pub(crate) fn record(&self, module: u32) -> Option<RecordRef<'s>> {
        RecordRef::parse(self.record_bytes(self.file(module)?)?)
    }

    pub(crate) fn record_bytes(&self, file: &StateFile<'s>) -> Option<&'s [u8]> {
        self.body.get(file.offset as usize..)?.get(..file.length as usize)
    }

    /// The module at the end of an edge; nothing if its document is gone.
    pub(crate) fn target(&self, edge: u32) -> Option<u32> {
        self.module
            .get(edge as usize)
            .copied()
            .filter(|module| *module != NO_EDGE)
    }
}

impl Session<'_> {
    /// Goes on after a failure with everything that does not depend on it.
    pub(crate) fn go_on(&mut self) {
        self.scheduler = Mutex::new(Scheduler::new(self.topology.len(), true));
    }

    /// Microseconds since the build began.
    pub(crate) fn elapsed(&self) -> u64 {
        microseconds(self.began.elapsed())
    }

    pub(crate) fn scheduler(&self) -> MutexGuard<'_, Scheduler> {
        self.scheduler.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn slot(&self, module: u32) -> MutexGuard<'_, Slot> {
        let slot = self
            .slots
            .get(module as usize)
            .expect("there is a slot for each module");
        slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn plan(&self, module: u32) -> &Plan {
        self.plans
            .get(module as usize)
            .expect("there is a plan for each module")
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Whether other modules can be compiled against it: it is settled and has no errors.
    pub(crate) fn is_usable(&self, module: u32) -> bool {
        self.scheduler().is_usable(module)
    }

    /// The interface of a settled module; nothing if the store has lost it.
    pub(crate) fn interface(&self, module: u32) -> Option<Arc<Interface>> {
        let mut slot = self.slot(module);
        if slot.interface.is_none() {
            let interface = self
                .digest_of_interface(module, &slot)
                .and_then(|digest| self.load_interface(&digest));
            slot.lost |= interface.is_none();
            slot.interface = interface;
        }
        slot.interface.clone()
    }

    /// Which interface a settled module has; nothing if it never had one.
    pub(crate) fn interface_digest(&self, module: u32) -> Option<Digest> {
        self.digest_of_interface(module, &self.slot(module))
    }

    fn digest_of_interface(&self, module: u32, slot: &Slot) -> Option<Digest> {
        let finished = slot.finished.as_ref();
        match finished.and_then(|finished| finished.result.as_ref()) {
            Some(result) => Some(result.results.interface),
            None => self.old.record(module).map(|record| record.results.interface),
        }
    }

    pub(crate) fn load_interface(&self, digest: &Digest) -> Option<Arc<Interface>> {
        if *digest == digest::NONE {
            return None;
        }
        let bytes = self.store.blob(BlobKind::Plain, digest)?;
        interface::decode_interface(&bytes).map(Arc::new)
    }

    /// Whether everything that a result consists of is in the store.
    pub(crate) fn has_results(&self, results: &Results) -> bool {
        has_results(self.store, results)
    }
}

/// Whether everything that a result consists of is in the store, as far as its index says.
pub(crate) fn has_results(store: &dyn Store, results: &Results) -> bool {
    let parts = [
        (BlobKind::Module, &results.module),
        (BlobKind::Debug, &results.debug),
        (BlobKind::Plain, &results.interface),
        (BlobKind::Plain, &results.warnings),
        (BlobKind::Plain, &results.tests),
    ];
    parts
        .into_iter()
        .all(|(kind, digest)| *digest == digest::NONE || store.has_blob(kind, digest))
}

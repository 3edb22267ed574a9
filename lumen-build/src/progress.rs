//! What a build tells while it runs. Implemented by the command line; called from several threads.

use crate::outcome::Report;
use lumen_pkg::Loaded;
use lumen_vm::lir::ModuleId;
use std::path::Path;

/// Receives what happens. Every method has an empty default.
pub trait Progress: Sync {
    /// So many modules have to be looked at; more may follow.
    fn planned(&self, modules: usize) {
        let _ = modules;
    }

    /// A module is being compiled.
    fn compiling(&self, module: &ModuleId) {
        let _ = module;
    }

    /// A module has been dealt with.
    fn finished(&self, module: &ModuleId, step: Step) {
        let _ = (module, step);
    }

    /// The manifests had to be read, and may have warnings. Before anything is found.
    fn manifests(&self, manifests: &Loaded) {
        let _ = manifests;
    }

    /// What was found in a document below `root`. One after the other, in the order of [`crate::Outcome::reports`], and as early as
    /// that permits: before the build ends.
    fn found(&self, root: &Path, report: &Report) {
        let _ = (root, report);
    }
}

/// How a module has been dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Compiled without an error.
    Compiled,
    /// Found in the cache.
    Cached,
    /// Nothing that matters to it has changed.
    UpToDate,
    /// It has errors.
    Failed,
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}

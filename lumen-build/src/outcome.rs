//! What a build has to say when it is over: plain data for the command line to render.

use crate::image::Image;
use crate::log::BuildLog;
use crate::snippet::Snippet;
use crate::testing::TestMemory;
use lumen_compiler::diagnostic::{Diagnostic, Severity};
use lumen_pkg::Loaded;
use lumen_vm::lir::ModuleId;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Something worth a line that is no error: trouble with the cache, a file that was passed over. One sentence without a
/// full stop.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The sentence.
    pub text: String,
}

impl Note {
    pub(crate) fn new(text: String) -> Note {
        Note { text }
    }
}

/// What was found wrong with one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The document, as seen from the workspace's folder, with `/`.
    pub path: String,
    /// Its module.
    pub module: ModuleId,
    /// If the findings are those of a snippet: its position among the document's snippets.
    pub snippet: Option<usize>,
    /// Its text, for showing lines; diagnostics are relative to its fences.
    pub text: Arc<str>,
    /// Findings, by position. Empty if the document could not be read as text.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the document could not be read, if so. An error.
    pub unreadable: Option<Unreadable>,
}

impl Report {
    /// Whether any of it is an error.
    pub fn has_errors(&self) -> bool {
        self.unreadable.is_some()
            || self
                .diagnostics
                .iter()
                .any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Why a document could not be read as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// In words, without a full stop.
    pub reason: String,
    /// Line and column of the first bytes that are not UTF-8, from 1.
    pub position: Option<(usize, usize)>,
}

/// A module and why it was not compiled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The module.
    pub module: ModuleId,
    /// The failed or skipped module that it imports.
    pub because: ModuleId,
}

/// How a build ended. Lists are the same whatever the timing, and sorted but for the reports.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The workspace's folder, or that of the document that stands alone.
    pub root: PathBuf,
    /// Modules in scope.
    pub modules: usize,
    /// Modules that were compiled without an error.
    pub compiled: usize,
    /// Modules whose result was found in the cache.
    pub cached: usize,
    /// Modules that needed nothing.
    pub up_to_date: usize,
    /// Modules with errors.
    pub failed: usize,
    /// Modules that import one with errors.
    pub skipped: Vec<Skipped>,
    /// Modules that were not looked at, since the build stopped early.
    pub not_started: usize,
    /// Errors and warnings by document: those of modules that import nothing first, then by the longest chain of imports below a
    /// module, then in the order of packages and documents. Import cycles come last.
    pub reports: Vec<Report>,
    /// Trouble that did not stop the build.
    pub notes: Vec<Note>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// The manifests with what is wrong with them, if they had to be read; warnings only.
    pub manifests: Option<Loaded>,
    /// The lock, if the build wrote it.
    pub(crate) written_lock: Option<String>,
    /// The modules and where their results are.
    pub image: Option<Image>,
    /// Snippets, if they were asked for. By document and position.
    pub snippets: Vec<Snippet>,
    /// The tests as they last ran, if nothing has changed since and nothing else was wanted
    /// ([`crate::Build::unless_known`]).
    pub known_tests: Option<TestMemory>,
    /// Packages that the scope is limited to, or the module; nothing for the whole workspace.
    pub(crate) scope: Option<ModuleScope>,
    /// What was done with each module, and when; nothing if nothing had to be done.
    pub log: Option<BuildLog>,
    /// From start to end.
    pub duration: Duration,
}

/// Part of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ModuleScope {
    /// The modules of a package.
    Package(String),
    /// The module of the document at this path, as seen from the workspace's folder.
    Module(ModuleId),
}

impl ModuleScope {
    pub(crate) fn contains(&self, module: &ModuleId) -> bool {
        match self {
            ModuleScope::Package(name) => module.package() == Some(name),
            ModuleScope::Module(id) => module == id,
        }
    }
}

impl Outcome {
    /// Whether a module was asked for itself, not only needed by another.
    pub fn is_in_scope(&self, module: &ModuleId) -> bool {
        self.scope.as_ref().is_none_or(|scope| scope.contains(module))
    }

    /// Whether everything in scope has a result.
    pub fn succeeded(&self) -> bool {
        self.failed == 0 && self.skipped.is_empty() && self.not_started == 0 && !self.cancelled
    }

    /// Whether nothing had to be done.
    pub fn is_up_to_date(&self) -> bool {
        self.succeeded() && self.compiled == 0 && self.cached == 0
    }
}

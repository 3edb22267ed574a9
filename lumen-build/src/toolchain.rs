//! The compiler as the build sees it: what a document contains, what a module compiles to.
//!
//! A seam, so that scheduling and caching are tested with a language of three keywords. [`Lumen`](crate::Lumen) is the
//! real one.

use crate::bundled::Bundle;
use crate::outcome::Unreadable;
use crate::state::Import;
use lumen_compiler::diagnostic::Diagnostic;
use lumen_compiler::document::{Form, SnippetKind};
use lumen_compiler::interface::{Consulted, Digest, Environment, Interface};
use lumen_vm::lir::ModuleId;
use std::any::Any;
use std::sync::Arc;

/// Turns documents into results. Pure: the same input has the same answer, on any thread.
pub(crate) trait Toolchain: Sync {
    /// Hash of everything that decides about results: the compiler.
    fn id(&self) -> Digest;

    /// The package that every document may import.
    fn bundle(&self) -> Option<&'static Bundle>;

    /// The text of a document.
    ///
    /// # Errors
    /// Why it is none.
    fn text<'b>(&self, bytes: &'b [u8]) -> Result<&'b str, Unreadable>;

    /// Takes a document apart.
    fn read(&self, text: &str, form: Form) -> Reading;

    /// Compiles the module of a document, or one of its snippets.
    fn compile(
        &self,
        reading: &Reading,
        unit: Unit,
        id: &ModuleId,
        environment: &dyn Environment,
    ) -> Compiled;
}

/// What to compile of a document.
pub(crate) enum Unit {
    /// Its module.
    Module,
    /// The snippet at this position, which sees the document's interface.
    Snippet(usize, Arc<Interface>),
}

/// A document taken apart.
pub(crate) struct Reading {
    /// Hash of all that decides what the module compiles to.
    pub(crate) code: Digest,
    /// Imports of the module, in source order.
    pub(crate) imports: Vec<Import>,
    /// Snippets that are compiled apart.
    pub(crate) snippets: Vec<SnippetReading>,
    /// The toolchain's own form.
    pub(crate) document: Box<dyn Any + Send + Sync>,
}

/// A snippet of a document.
pub(crate) struct SnippetReading {
    /// Hash of its code.
    pub(crate) code: Digest,
    /// Its imports, in source order.
    pub(crate) imports: Vec<Import>,
    /// What is done with it.
    pub(crate) kind: SnippetKind,
}

/// What compiling yielded.
pub(crate) struct Compiled {
    pub(crate) interface: Interface,
    pub(crate) trace: Vec<Consulted>,
    /// Errors and warnings by position, those of the parser included.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Module and debug section in binary form and the stored list of tests, if there was no error.
    pub(crate) artefact: Option<Artefact>,
}

/// The stored forms of a module without errors.
pub(crate) struct Artefact {
    pub(crate) module: Vec<u8>,
    pub(crate) debug: Vec<u8>,
    /// Empty if there are none.
    pub(crate) tests: Vec<u8>,
}

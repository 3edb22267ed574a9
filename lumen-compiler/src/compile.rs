//! One module from syntax tree to LIR: what the build calls for each document and each snippet.
//!
//! It reads nothing but its request, and the same request has the same answer on every machine.

use crate::check::{Request, Test, check};
use crate::diagnostic::Diagnostic;
use crate::evaluate;
use crate::interface::{Consulted, Interface};
use crate::lower::lower;
use lumen_vm::lir;

/// Everything the build learns from compiling a module.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// What other modules see; there is always one, so that they can be checked despite errors here.
    pub interface: Interface,
    /// The module in LIR, if there was no error.
    pub lowered: Option<Lowered>,
    /// Findings of checking and lowering, by position.
    pub diagnostics: Vec<Diagnostic>,
    /// Every answer of the environment that the result depends on, ascending, each once.
    pub trace: Vec<Consulted>,
    /// Tests in source order.
    pub tests: Vec<Test>,
}

/// A module in LIR, and where its instructions come from.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// What runs.
    pub module: lir::Module,
    /// Positions; no part of the module's digest.
    pub debug: lir::Debug,
}

/// Checks a module, and lowers it if it has no error.
pub fn compile(request: &Request) -> Compilation {
    let checked = check(request);
    let mut diagnostics = checked.diagnostics;
    let lowered = checked.hir.and_then(|mut module| {
        let findings = evaluate::constants(&mut module);
        if findings.is_empty() {
            return Some(module);
        }
        diagnostics.extend(findings);
        diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        None
    });
    let lowered = lowered.and_then(|module| match lower(&module) {
        Ok(lowered) => Some(lowered),
        Err(errors) => {
            diagnostics.extend(errors);
            diagnostics.sort_by_key(|diagnostic| diagnostic.span);
            None
        }
    });
    Compilation {
        interface: checked.interface,
        lowered,
        diagnostics,
        trace: checked.trace,
        tests: checked.tests,
    }
}

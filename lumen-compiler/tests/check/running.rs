//! Compiled modules on the machine: what `main` prints and yields.

use crate::properties;
use lumen_compiler::compile::Lowered;
use lumen_vm::lir::{CellKind, ModuleId, verify};
use lumen_vm::{Limits, MemoryOutput, Program, Vm};
use std::fmt::Write;
use std::sync::Arc;

/// Links modules. One that does not verify is a defect of the compiler.
pub(crate) fn link(modules: Vec<Lowered>) -> Program {
    let verified: Vec<_> = modules
        .into_iter()
        .map(|lowered| verify(Arc::new(lowered.module)).expect("the compiler's modules verify"))
        .collect();
    Program::link(&verified).expect("the compiler's modules link")
}

/// Links the modules, the entry module last, and runs its `main` if that takes no arguments, and its tests, those with
/// parameters as properties.
pub(crate) fn run(modules: Vec<Lowered>, entry: &ModuleId) -> String {
    let program = link(modules);
    let module = program.find_module(entry).expect("the entry module is linked");
    let mut out = String::new();
    for cell in &module.cells {
        let is_entry = cell.name == "main" || cell.kind == CellKind::Test;
        if !cell.parameters.is_empty() {
            if cell.kind == CellKind::Test {
                let _ = write!(
                    out,
                    "{}:\n{}",
                    cell.name,
                    properties::run(&program, entry, &cell.name)
                );
            }
            continue;
        }
        if !is_entry {
            continue;
        }
        let found = program.find_cell(entry, &cell.name).expect("it is in the module");
        let mut output = MemoryOutput::default();
        let limits = Limits {
            fuel: Some(1_000_000),
            ..Limits::default()
        };
        let mut vm = Vm::new(&program, limits, &mut output);
        let ending = match vm.run(found, Vec::new()) {
            Ok(value) => {
                let shown = vm.show(&value).expect("a value can be shown");
                vm.release(value);
                assert_eq!(vm.live_objects(), 0, "{} leaks", cell.name);
                format!("= {shown}")
            }
            Err(failure) => format!("! {:?}: {}", failure.kind, failure.message),
        };
        drop(vm);
        let _ = write!(out, "{}:\n{}{ending}\n", cell.name, output.printed);
    }
    out
}

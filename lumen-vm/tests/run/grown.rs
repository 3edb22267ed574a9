//! Grown and mutated modules, run: whatever the verifier accepts ends within its budgets and leaves nothing behind.

use std::sync::Arc;

use lumen_vm::lir::{Module, verify};
use lumen_vm::{Limits, LinkError, MemoryOutput, Program, Vm};
use proptest::prelude::*;

use crate::grow::{mutated_module, verified_module};

/// The module that grown ones import from.
const OTHER: &str = r#"{
    "lir": 3, "id": ":other",
    "cells": [{"name": "twice", "public": true, "parameters": [{"name": "n", "type": "Int"}], "result": "Int",
        "code": [{"op": "add", "a": 0, "b": 0, "c": 0}, {"op": "return", "a": 0}]}]
}"#;

/// Runs `main` within small budgets. A failure is as good an end as a value.
fn run(module: Module) {
    let id = module.id.clone();
    let listing = module.disassemble();
    let other = Module::from_json(OTHER).expect("a module");
    let modules = [module, other].map(|module| verify(Arc::new(module)).expect("verifies"));
    let program = match Program::link(&modules) {
        Ok(program) => program,
        Err(LinkError::NotSupported { .. }) => return,
        Err(error) => panic!("{error}"),
    };
    let main = program.find_cell(&id, "main").expect("a cell `main`");
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(
        &program,
        Limits {
            fuel: Some(2_000),
            bytes: 1 << 22,
        },
        &mut output,
    );
    if let Ok(value) = vm.run(main, Vec::new()) {
        vm.release(value);
    }
    assert_eq!(vm.live_objects(), 0, "objects leak:\n{listing}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(256)))]

    #[test]
    fn grown_modules_end_within_their_budgets_and_leak_nothing(module in verified_module()) {
        run(module);
    }

    #[test]
    fn mutated_modules_are_refused_or_end_within_their_budgets(module in mutated_module()) {
        if verify(Arc::new(module.clone())).is_ok() {
            run(module);
        }
    }
}

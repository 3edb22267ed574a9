//! Loading of foreign LIR: whatever the bytes are, nothing panics; what decodes has that very encoding; what verifies can be
//! walked; both other forms keep the module; what links runs within small budgets and leaves nothing behind.
//!
//! Input that begins with `{` is read as JSON, so that the hand-written cases serve as seeds.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use lumen_vm::lir::{Debug, Module, VerifiedModule, verify};
use lumen_vm::{Limits, MemoryOutput, Program, Vm};

fuzz_target!(|data: &[u8]| {
    if let Ok(debug) = Debug::decode(data) {
        assert_eq!(debug.encode(), data);
    }
    let module = if data.starts_with(b"{") {
        let Some(module) = std::str::from_utf8(data)
            .ok()
            .and_then(|text| Module::from_json(text).ok())
        else {
            return;
        };
        assert_eq!(Module::decode(&module.encode()), Ok(module.clone()));
        module
    } else {
        let Ok(module) = Module::decode(data) else { return };
        assert_eq!(module.encode(), data);
        module
    };
    assert_eq!(Module::from_json(&module.to_json()), Ok(module.clone()));
    let _ = module.disassemble();
    if let Ok(verified) = verify(Arc::new(module)) {
        for cell in 0..verified.module().cells.len() {
            verified.walk(cell, |typed| {
                assert!(
                    typed
                        .instruction
                        .reads()
                        .all(|register| typed.before.get(register).is_some())
                );
            });
        }
        run(verified);
    }
});

/// Runs `main`, if the module links by itself and has one without parameters.
fn run(verified: VerifiedModule) {
    let id = verified.module().id.clone();
    let Ok(program) = Program::link(&[verified]) else {
        return;
    };
    let Some(main) = program.find_cell(&id, "main") else {
        return;
    };
    if !program.cell(main).parameters.is_empty() {
        return;
    }
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(
        &program,
        Limits {
            fuel: Some(1_000),
            bytes: 1 << 20,
        },
        &mut output,
    );
    if let Ok(value) = vm.run(main, Vec::new()) {
        let _ = vm.show(&value);
        vm.release(value);
    }
    assert_eq!(vm.live_objects(), 0, "objects leak");
}

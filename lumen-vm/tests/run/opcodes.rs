//! The hand-written modules of `tests/opcodes` and `tests/generics`, run; `NAME.expect` beside each says what comes of it.

use std::sync::Arc;

use lumen_vm::lir::{Module, verify};
use lumen_vm::{Failure, Limits, LinkError, MemoryOutput, Program, Vm};

use crate::cases;

/// What a run of `main` comes to, in the words of the `.expect` files.
fn outcome(text: &str) -> String {
    let module = Module::from_json(text).expect("a module");
    let verified = verify(Arc::new(module)).expect("verifies");
    let id = verified.module().id.clone();
    let program = match Program::link(&[verified]) {
        Ok(program) => program,
        Err(LinkError::NotSupported { .. }) => return "unsupported\n".to_owned(),
        Err(error) => panic!("{error}"),
    };
    let main = program.find_cell(&id, "main").expect("a cell `main`");
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(&program, Limits::default(), &mut output);
    let shown = vm.run(main, Vec::new()).and_then(|value| {
        let shown = vm.show(&value);
        vm.release(value);
        shown
    });
    assert_eq!(vm.live_objects(), 0, "objects leak");
    drop(vm);
    match shown {
        Ok(shown) => format!("{}{shown}\n", output.printed),
        Err(failure) => format!("{}{}", output.printed, describe(&failure)),
    }
}

fn describe(failure: &Failure) -> String {
    format!("fails {}: {}\n", failure.kind.name(), failure.message)
}

#[test]
fn every_case_does_what_is_expected_of_it() {
    let mut wrong = String::new();
    let read = |suffix| {
        ["opcodes", "generics"]
            .map(|folder| cases::read(folder, suffix))
            .concat()
    };
    for ((name, text), (_, expected)) in read(".lir.json").into_iter().zip(read(".expect")) {
        let found = outcome(&text);
        // An expectation that stops at the kind of the failure admits any message.
        let kind_only = expected.starts_with("fails") && !expected.contains(':');
        let same = if kind_only {
            found.split(':').next() == Some(expected.trim_end())
        } else {
            found.trim_end() == expected.trim_end()
        };
        if !same {
            wrong.push_str(&format!("{name}: expected\n{expected}found\n{found}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

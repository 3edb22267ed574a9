//! Random modules do on the machine what the typed tree says: values, output, failures and their places.

use std::sync::Arc;

use lumen_vm::lir::{self, Debug, Module as LirModule};
use lumen_vm::{Limits, MemoryOutput, Program, Vm};
use proptest::prelude::*;

use super::evaluate::{Evaluator, Stop};
use super::generate;
use crate::hir::{Callee, Module};
use crate::lower::{Options, lower_with};

/// Expressions that the oracle evaluates before it gives up.
const STEPS: u32 = 20_000;

/// What a run comes to.
#[derive(Debug, PartialEq)]
struct Outcome {
    printed: String,
    /// The value shown, or the place of the failure.
    end: Result<String, (u32, lir::Span)>,
}

fn expected(module: &Module) -> Option<Outcome> {
    let main = Callee::Here(module.cells.len() as u32 - 1);
    let mut evaluator = Evaluator::new(module, STEPS);
    let end = match evaluator.call(main, Vec::new()) {
        Ok(value) => Ok(evaluator.show(&value, true)),
        Err(Stop::Failure { cell, span }) => Err((cell, span)),
        Err(Stop::TooLong) => return None,
        Err(other) => panic!("{other:?} leaves its cell"),
    };
    let printed = evaluator.printed;
    Some(Outcome { printed, end })
}

fn found(module: &LirModule, debug: &Debug) -> Outcome {
    let verified = match lir::verify(Arc::new(module.clone())) {
        Ok(verified) => verified,
        Err(error) => panic!("{error}\n{}", module.disassemble()),
    };
    let program = Program::link(&[verified]).expect("links");
    let main = program.find_cell(&module.id, "main").expect("a cell `main`");
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(&program, Limits::default(), &mut output);
    let end = match vm.run(main, Vec::new()) {
        Ok(value) => {
            let shown = vm.show(&value).expect("an Int is short");
            vm.release(value);
            Ok(shown)
        }
        Err(failure) => {
            let frame = &failure.stack[0];
            let place = frame.source_frames(&debug.cells[frame.cell as usize])[0];
            Err((place.cell, place.span.unwrap_or_default()))
        }
    };
    assert_eq!(vm.live_objects(), 0, "objects leak\n{}", module.disassemble());
    drop(vm);
    Outcome {
        printed: output.printed,
        end,
    }
}

fn check(tape: &[u16]) -> Result<(), TestCaseError> {
    let module = generate::module(tape);
    let Some(expected) = expected(&module) else {
        return Err(TestCaseError::reject("it takes too long"));
    };
    for options in [Options::NONE, Options::ALL] {
        let lowered = lower_with(&module, options).expect("small cells need few registers");
        let found = found(&lowered.module, &lowered.debug);
        prop_assert_eq!(
            &found,
            &expected,
            "{:?}\n{}",
            options,
            lowered.module.disassemble()
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn random_modules_do_what_their_trees_say(tape in prop::collection::vec(any::<u16>(), 0..800)) {
        check(&tape)?;
    }
}

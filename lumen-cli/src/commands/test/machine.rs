//! Runs one test in a machine of its own.

use super::verdict::{Outcome, Verdict};
use lumen_build::TestCase;
use lumen_vm::{Limits, MemoryOutput, Program, Vm};

/// One test, from a fresh machine to its verdict.
pub(super) fn run_test(program: &Program, case: &TestCase, limits: Limits) -> Verdict {
    #[expect(clippy::disallowed_methods, reason = "tests show how long they took")]
    let started = std::time::Instant::now();
    let mut output = MemoryOutput::default();
    let outcome = match program.find_cell(&case.module, &case.test.cell) {
        None => Outcome::Refused("the test is not in its module".to_owned()),
        Some(cell) => {
            let mut vm = Vm::new(program, limits, &mut output);
            match vm.run(cell, Vec::new()) {
                Err(failure) => Outcome::Failed(failure),
                Ok(value) => {
                    let refused = vm.is_false(&value) || vm.is_err(&value);
                    let text = vm.show(&value).unwrap_or_default();
                    vm.release(value);
                    if refused {
                        Outcome::Refused(format!("the test returned {text}"))
                    } else {
                        Outcome::Passed
                    }
                }
            }
        }
    };
    Verdict {
        outcome,
        duration: started.elapsed(),
        output,
    }
}

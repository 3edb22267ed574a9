//! Runs one test in a machine of its own, a property in one for each case.

use super::names::Named;
use super::property::{Properties, run_property};
use super::verdict::{Outcome, Verdict};
use lumen_vm::{CellRef, Limits, MemoryOutput, Program, Vm};

/// One test, from a fresh machine to its verdict.
pub(super) fn run_test(
    program: &Program,
    test: &Named,
    limits: Limits,
    properties: Properties<'_>,
) -> Verdict {
    #[expect(clippy::disallowed_methods, reason = "tests show how long they took")]
    let started = std::time::Instant::now();
    let mut is_property = false;
    let (outcome, output, notes) = match program.find_cell(&test.case.module, &test.case.test.cell) {
        None => {
            let why = "the test is not in its module".to_owned();
            (Outcome::Refused(why), MemoryOutput::default(), Vec::new())
        }
        Some(cell) if program.cell(cell).parameters.is_empty() => {
            let (outcome, output) = run_cell(program, cell, limits);
            (outcome, output, Vec::new())
        }
        Some(cell) => {
            is_property = true;
            run_property(program, cell, test, limits, properties)
        }
    };
    Verdict {
        outcome,
        duration: started.elapsed(),
        output,
        is_property,
        notes,
    }
}

fn run_cell(program: &Program, cell: CellRef, limits: Limits) -> (Outcome, MemoryOutput) {
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(program, limits, &mut output);
    let outcome = match vm.run(cell, Vec::new()) {
        Err(failure) => Outcome::Failed(failure, None),
        Ok(value) => {
            let refused = vm.is_false(&value) || vm.is_err(&value);
            let text = vm.show(&value).unwrap_or_default();
            vm.release(value);
            match refused {
                true => Outcome::Refused(format!("the test returned {text}")),
                false => Outcome::Passed,
            }
        }
    };
    drop(vm);
    (outcome, output)
}

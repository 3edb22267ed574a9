//! Runs one test in a machine of its own, a property in one for each case.

use super::names::Named;
use super::property::{Checked, Properties, run_property};
use super::snapshots::TestOutput;
use super::verdict::Outcome;
use super::watchdog::{Watch, Watchdog};
use lumen_vm::{CellRef, Limits, Output, Program, Vm};

/// What the machine of a test is made of.
pub(super) struct Machines<'r> {
    pub(super) program: &'r Program,
    pub(super) limits: Limits,
    pub(super) watchdog: &'r Watchdog,
    pub(super) properties: Properties<'r>,
}

impl<'r> Machines<'r> {
    /// A fresh machine.
    fn machine<'o>(&self, output: &'o mut dyn Output) -> Vm<'o>
    where
        'r: 'o,
    {
        Vm::new(self.program, self.limits, output)
    }

    /// One attempt, from a fresh machine to how it ended. What a property prints in its failing case replaces the output.
    pub(super) fn run(&self, test: &Named, output: &mut TestOutput<'_>) -> Attempt {
        let attempt = |outcome| Attempt {
            outcome,
            is_property: false,
            notes: Vec::new(),
        };
        let Some(cell) = self.program.find_cell(&test.case.module, &test.case.test.cell) else {
            return attempt(Outcome::Refused("the test is not in its module".to_owned()));
        };
        let watch = self.watchdog.watch();
        if self.program.cell(cell).parameters.is_empty() {
            return attempt(self.run_cell(cell, &watch, output));
        }
        let Checked {
            outcome,
            output: printed,
            notes,
        } = run_property(self.program, cell, test, self.limits, self.properties, &watch);
        output.memory = printed;
        Attempt {
            outcome,
            is_property: true,
            notes,
        }
    }

    fn run_cell(&self, cell: CellRef, watch: &Watch<'_>, output: &mut TestOutput<'_>) -> Outcome {
        let mut vm = self.machine(output);
        vm.interruptible(watch.flag());
        match vm.run(cell, Vec::new()) {
            Err(_) if watch.is_over() => Outcome::TimedOut(watch.limit()),
            Err(failure) => Outcome::Failed(Box::new(failure), None),
            Ok(value) => {
                let refused = vm.is_false(&value) || vm.is_err(&value);
                let text = vm.show(&value).unwrap_or_default();
                vm.release(value);
                match refused {
                    true => Outcome::Refused(format!("the test returned {text}")),
                    false => Outcome::Passed,
                }
            }
        }
    }
}

/// How an attempt ended.
pub(super) struct Attempt {
    pub(super) outcome: Outcome,
    pub(super) is_property: bool,
    /// What else is to be said, in whole lines.
    pub(super) notes: Vec<String>,
}

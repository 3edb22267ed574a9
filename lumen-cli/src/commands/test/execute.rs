//! Runs tests on all cores.

use super::machine::{Attempt, Machines};
use super::names::Named;
use super::property::Properties;
use super::report::{Again, print_verdict};
use super::snapshots::{Mode, TestOutput};
use super::verdict::{Outcome, Verdict};
use super::watchdog::Watchdog;
use crate::arguments::TestArguments;
use crate::commands::Session;
use crate::commands::builder::cores;
use crate::output::FailureReport;
use lumen_vm::{Limits, Program};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What tests are run with.
pub(super) struct Execution<'r> {
    pub(super) session: &'r Session,
    pub(super) program: &'r Program,
    pub(super) report: FailureReport<'r>,
    pub(super) root: &'r Path,
    pub(super) limits: Limits,
    pub(super) mode: Mode,
    pub(super) arguments: &'r TestArguments,
    pub(super) properties: Properties<'r>,
}

impl Execution<'_> {
    /// Runs tests in parallel and prints each as it ends. One verdict a test, in order.
    pub(super) fn run(&self, tests: &[&Named]) -> Vec<Verdict> {
        let threads = self.arguments.options.jobs.map_or_else(cores, usize::from);
        let threads = threads.min(tests.len());
        let watchdog = Watchdog::new(self.arguments.timeout);
        let machines = Machines {
            program: self.program,
            limits: self.limits,
            watchdog: &watchdog,
            properties: self.properties,
        };
        let again = Again::new(self.arguments, self.properties);
        let next = AtomicUsize::new(0);
        let is_over = AtomicBool::new(false);
        let not_run = || Verdict::without_run(Outcome::NotRun, Duration::ZERO);
        let verdicts: Mutex<Vec<Verdict>> = Mutex::new(tests.iter().map(|_| not_run()).collect());
        let work = || {
            while !is_over.load(Ordering::Relaxed) {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(test) = tests.get(index) else { return };
                let verdict = self.run_test(&machines, test);
                print_verdict(self.session, &self.report, test, &verdict, &again);
                if self.arguments.fail_fast && verdict.has_failed() {
                    is_over.store(true, Ordering::Relaxed);
                }
                let mut verdicts = verdicts.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(slot) = verdicts.get_mut(index) {
                    *slot = verdict;
                }
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| watchdog.stand());
            let workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            work();
            workers.into_iter().for_each(|worker| _ = worker.join());
            watchdog.end();
        });
        verdicts.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Attempts until it passes, or there are no more.
    fn run_test(&self, machines: &Machines<'_>, test: &Named) -> Verdict {
        let mut attempts = 0;
        loop {
            attempts += 1;
            #[expect(clippy::disallowed_methods, reason = "tests show how long they took")]
            let started = std::time::Instant::now();
            let mut output = TestOutput::new(self.mode, self.root, test);
            let Attempt {
                outcome,
                is_property,
                notes,
            } = machines.run(test, &mut output);
            let duration = started.elapsed();
            let waiting = output.differences.len();
            let outcome = match outcome {
                Outcome::Passed if waiting > 0 && self.mode == Mode::Review => {
                    Outcome::Refused(format!("{waiting} of its snapshots wait to be looked at"))
                }
                Outcome::Passed if attempts > 1 => Outcome::Flaky,
                outcome => outcome,
            };
            let verdict = Verdict {
                outcome,
                duration,
                attempts,
                output: output.memory,
                differences: output.differences,
                used: output.used.into_iter().collect(),
                wrote: output.wrote,
                is_property,
                notes,
            };
            // A snapshot that differs will do so again.
            if !verdict.has_failed() || attempts > self.arguments.retries || waiting > 0 {
                return verdict;
            }
        }
    }
}

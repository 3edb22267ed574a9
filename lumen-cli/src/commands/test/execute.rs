//! Runs tests on all cores.

use super::machine::{Attempt, Machines};
use super::names::Named;
use super::property::Properties;
use super::report::Reporter;
use super::snapshots::{Mode, TestOutput};
use super::verdict::{Outcome, Verdict};
use super::watchdog::Watchdog;
use crate::arguments::TestArguments;
use crate::commands::Session;
use crate::commands::builder::cores;
use crate::output::plural;
use lumen_vm::{Limits, Program};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What tests are run with.
pub(super) struct Execution<'r> {
    pub(super) session: &'r Session,
    pub(super) program: &'r Program,
    pub(super) report: &'r Reporter<'r>,
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
        let next = AtomicUsize::new(0);
        let is_over = AtomicBool::new(false);
        let not_run = || Verdict::without_run(Outcome::NotRun, Duration::ZERO);
        let verdicts: Mutex<Vec<Verdict>> = Mutex::new(tests.iter().map(|_| not_run()).collect());
        let work = || {
            while !is_over.load(Ordering::Relaxed) {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(test) = tests.get(index) else { return };
                let verdict = self.run_test(&machines, test);
                self.report.print(self.session, test, &verdict);
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
            let _ends_with_the_tests = watchdog.posted();
            scope.spawn(|| watchdog.stand());
            let workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            work();
            for worker in workers {
                if let Err(panic) = worker.join() {
                    std::panic::resume_unwind(panic);
                }
            }
        });
        verdicts.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Attempts until it passes, or there are no more.
    fn run_test(&self, machines: &Machines<'_>, test: &Named) -> Verdict {
        until_passed(self.arguments.retries, || self.attempt(machines, test))
    }

    fn attempt(&self, machines: &Machines<'_>, test: &Named) -> Verdict {
        #[expect(clippy::disallowed_methods, reason = "tests show how long they took")]
        let started = std::time::Instant::now();
        let mut output = TestOutput::new(self.mode, self.properties.root, test);
        let Attempt {
            outcome,
            is_property,
            notes,
        } = machines.run(test, &mut output);
        let waiting = output.differences.len();
        let outcome = match outcome {
            Outcome::Passed if waiting > 0 && self.mode == Mode::Review => {
                Outcome::Refused(format!("{} not looked at yet", plural(waiting, "snapshot")))
            }
            outcome => outcome,
        };
        Verdict {
            outcome,
            duration: started.elapsed(),
            attempts: 1,
            output: output.memory,
            differences: output.differences,
            used: output.used.into_iter().collect(),
            wrote: output.wrote,
            is_property,
            notes,
        }
    }
}

/// The last of the attempts: one that passes, one that would end in the same way again, or that after `retries` others.
fn until_passed(retries: u32, mut attempt: impl FnMut() -> Verdict) -> Verdict {
    let mut attempts = 1;
    loop {
        let mut verdict = attempt();
        verdict.attempts = attempts;
        if attempts > 1 && matches!(verdict.outcome, Outcome::Passed) {
            verdict.outcome = Outcome::Flaky;
        }
        if !verdict.has_failed() || verdict.will_fail_again() || attempts > retries {
            return verdict;
        }
        attempts += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::test::snapshots::Difference;
    use crate::commands::test::verdict::Falsified;
    use lumen_build::Snapshot;

    fn ended(outcome: Outcome) -> Verdict {
        Verdict::without_run(outcome, Duration::ZERO)
    }

    fn failed() -> Verdict {
        ended(Outcome::Refused("the test returned false".to_owned()))
    }

    fn falsified() -> Verdict {
        let falsified = Falsified {
            arguments: Vec::new(),
            case: 1,
            steps: 0,
            out_of_time: None,
            known: None,
        };
        ended(Outcome::Falsified(
            "the property returned false".to_owned(),
            falsified,
        ))
    }

    fn differing() -> Verdict {
        Verdict {
            differences: vec![Difference {
                path: "tests/snapshots/lib/shows.snap".to_owned(),
                accepted: None,
                new: Snapshot::new("@a/b lib: shows", "src/lib.lm.md:7", "new"),
            }],
            ..failed()
        }
    }

    fn late() -> Verdict {
        ended(Outcome::TimedOut(Duration::from_secs(1)))
    }

    fn passed() -> Verdict {
        ended(Outcome::Passed)
    }

    #[test]
    fn a_test_is_run_again_until_it_passes_or_retries_are_used_up() {
        for (retries, attempts, word, ran) in [
            (0, vec![passed()], "passed", 1),
            (0, vec![failed()], "failed", 1),
            (3, vec![passed()], "passed", 1),
            (3, vec![failed(), late(), passed()], "flaky", 3),
            (2, vec![late(), late(), late()], "timed-out", 3),
            (9, vec![differing()], "failed", 1),
            (9, vec![falsified()], "failed", 1),
        ] {
            let mut attempts = attempts.into_iter();
            let verdict = until_passed(retries, || attempts.next().expect("no more attempts than these"));
            assert_eq!(
                (verdict.word(), verdict.attempts),
                (word, ran),
                "{retries} retries"
            );
            assert_eq!(attempts.count(), 0, "{retries} retries");
        }
    }
}

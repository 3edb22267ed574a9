//! How a test ended.

use super::snapshots::Difference;
use crate::output::seconds;
use lumen_build::TestVerdict;
use lumen_vm::{Failure, MemoryOutput};
use std::time::Duration;

/// What is known of a test after a run.
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    /// Of the last attempt; of the run that is remembered, if it was not run now.
    pub(super) duration: Duration,
    /// How often it was run.
    pub(super) attempts: u32,
    /// What the last attempt printed.
    pub(super) output: MemoryOutput,
    /// Snapshots that differ from what was accepted.
    pub(super) differences: Vec<Difference>,
    /// Accepted snapshots that it asked for, and whether it wrote any.
    pub(super) used: Vec<String>,
    pub(super) wrote: bool,
    /// Whether it ran with arguments that a seed determines.
    pub(super) is_property: bool,
    /// What else is to be said, in whole lines.
    pub(super) notes: Vec<String>,
}

/// How a test ended.
pub(super) enum Outcome {
    Passed,
    /// It passed before, and nothing has changed since.
    Cached,
    /// It failed, and passed when it was run again.
    Flaky,
    /// It halted, or failed at run time; a property with some arguments.
    Failed(Box<Failure>, Option<Falsified>),
    /// A property returned `false` or an `err`, as is said here, with some arguments.
    Falsified(String, Falsified),
    /// It returned `false` or an `err`, shown here, or cannot be run.
    Refused(String),
    /// It did not end within this time.
    TimedOut(Duration),
    /// It was not run, since the run ended early.
    NotRun,
}

/// The arguments with which a property does not hold, as simple as they became.
pub(super) struct Falsified {
    /// Names and values, as literals.
    pub(super) arguments: Vec<(String, String)>,
    /// Which case failed first, from 1.
    pub(super) case: u32,
    /// How many steps made it simpler.
    pub(super) steps: u32,
    /// The time that the test had, if more steps would have taken longer.
    pub(super) out_of_time: Option<Duration>,
    /// The file that has kept it, if it failed in a former run.
    pub(super) known: Option<String>,
}

impl Outcome {
    /// As people read it, in a column of its own.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Outcome::Passed | Outcome::Cached => "ok",
            Outcome::Flaky => "FLAKY",
            Outcome::Failed(..) | Outcome::Falsified(..) | Outcome::Refused(_) => "FAILED",
            Outcome::TimedOut(_) => "TIMEOUT",
            Outcome::NotRun => "not run",
        }
    }

    /// Why a test that ended without a failure of the machine did not pass.
    pub(super) fn why(&self) -> Option<String> {
        match self {
            Outcome::Falsified(why, _) | Outcome::Refused(why) => Some(why.clone()),
            Outcome::TimedOut(limit) => Some(format!("the test did not end within {}", seconds(*limit))),
            _ => None,
        }
    }

    /// The arguments of a failing property.
    pub(super) fn falsified(&self) -> Option<&Falsified> {
        match self {
            Outcome::Failed(_, falsified) => falsified.as_ref(),
            Outcome::Falsified(_, falsified) => Some(falsified),
            _ => None,
        }
    }
}

impl Verdict {
    /// Of a test that is not run.
    pub(super) fn without_run(outcome: Outcome, duration: Duration) -> Verdict {
        Verdict {
            outcome,
            duration,
            attempts: 0,
            output: MemoryOutput::default(),
            differences: Vec::new(),
            used: Vec::new(),
            wrote: false,
            is_property: false,
            notes: Vec::new(),
        }
    }

    /// Whether it is one of those that make the command fail.
    pub(super) fn has_failed(&self) -> bool {
        match self.outcome {
            Outcome::Passed | Outcome::Cached | Outcome::Flaky | Outcome::NotRun => false,
            Outcome::Failed(..) | Outcome::Falsified(..) | Outcome::Refused(_) | Outcome::TimedOut(_) => true,
        }
    }

    /// Whether another attempt would end in the same way: a snapshot differs, or arguments were found with which a property fails.
    pub(super) fn will_fail_again(&self) -> bool {
        !self.differences.is_empty() || self.outcome.falsified().is_some()
    }

    /// As it is remembered.
    pub(super) fn remembered(&self) -> TestVerdict {
        match self.outcome {
            Outcome::Passed | Outcome::Cached => TestVerdict::Passed,
            Outcome::Flaky => TestVerdict::Flaky,
            Outcome::Failed(..) | Outcome::Falsified(..) | Outcome::Refused(_) => TestVerdict::Failed,
            Outcome::TimedOut(_) => TestVerdict::TimedOut,
            Outcome::NotRun => TestVerdict::NotRun,
        }
    }

    /// As programs read it.
    pub(super) fn word(&self) -> &'static str {
        match self.outcome {
            Outcome::Passed | Outcome::Cached => "passed",
            Outcome::Flaky => "flaky",
            Outcome::Failed(..) | Outcome::Falsified(..) | Outcome::Refused(_) => "failed",
            Outcome::TimedOut(_) => "timed-out",
            Outcome::NotRun => "not-run",
        }
    }
}

//! How a test ended.

use lumen_vm::{Failure, MemoryOutput};
use std::time::Duration;

/// How a test ended.
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) duration: Duration,
    pub(super) output: MemoryOutput,
    /// Whether it ran with arguments that a seed determines.
    pub(super) is_property: bool,
    /// What else is to be said, in whole lines.
    pub(super) notes: Vec<String>,
}

pub(super) enum Outcome {
    Passed,
    /// It halted, or failed at run time; a property with some arguments.
    Failed(Failure, Option<Falsified>),
    /// A property returned `false` or an `err`, as is said here, with some arguments.
    Falsified(String, Falsified),
    /// It returned `false` or an `err`, shown here.
    Refused(String),
}

/// The arguments with which a property does not hold, as simple as they became.
pub(super) struct Falsified {
    /// Names and values, as literals.
    pub(super) arguments: Vec<(String, String)>,
    /// Which case failed first, from 1.
    pub(super) case: u32,
    /// How many steps made it simpler.
    pub(super) steps: u32,
    /// The file that has kept it, if it failed in a former run.
    pub(super) known: Option<String>,
}

impl Outcome {
    /// The arguments of a failing property.
    pub(super) fn falsified(&self) -> Option<&Falsified> {
        match self {
            Outcome::Failed(_, falsified) => falsified.as_ref(),
            Outcome::Falsified(_, falsified) => Some(falsified),
            Outcome::Passed | Outcome::Refused(_) => None,
        }
    }
}

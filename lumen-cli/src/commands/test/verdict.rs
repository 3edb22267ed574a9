//! How a test ended.

use lumen_vm::{Failure, MemoryOutput};
use std::time::Duration;

/// How a test ended.
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) duration: Duration,
    pub(super) output: MemoryOutput,
}

pub(super) enum Outcome {
    Passed,
    /// It halted, or failed at run time.
    Failed(Failure),
    /// It returned `false` or an `err`, shown here.
    Refused(String),
}

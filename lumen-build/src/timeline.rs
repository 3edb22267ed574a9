//! The times of a build: when it began, and how long its parts took.

use crate::log::{Phase, PhaseKind};
use crate::shell::clock;
use std::time::{Duration, Instant};

/// Collects phases, each from the end of the one before. Reading the clock is all that it costs.
pub(crate) struct Timeline {
    began: Instant,
    phases: Vec<Phase>,
}

impl Timeline {
    /// Begins now.
    pub(crate) fn begin() -> Timeline {
        Timeline {
            began: clock::moment(),
            phases: Vec::new(),
        }
    }

    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// What was done since the last phase ended was this one.
    pub(crate) fn end_of(&mut self, kind: PhaseKind) {
        let start = self.phases.last().map_or(0, |phase| phase.end);
        let end = microseconds(self.elapsed());
        self.phases.push(Phase { kind, start, end });
    }

    pub(crate) fn microseconds(&self) -> u64 {
        microseconds(self.elapsed())
    }

    pub(crate) fn take_phases(&mut self) -> Vec<Phase> {
        std::mem::take(&mut self.phases)
    }
}

pub(crate) fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

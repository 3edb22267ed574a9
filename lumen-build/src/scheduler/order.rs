//! In what order findings are told: by depth, the longest chain of imports below a module, then by module number. That depends on
//! the documents alone, so it is the same whatever the timing, the number of threads, and what was built before; and what
//! others depend on comes first.
//!
//! Told as early as that permits: findings wait for modules that may yet come before theirs, and for nothing else. Pure; the
//! scheduler says who waits. Only a build with findings pays for it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A place in the order. Modules on import cycles have no depth: they come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    pub(crate) depth: u32,
    pub(crate) module: u32,
}

/// Findings that wait for their turn.
#[derive(Default)]
pub(crate) struct Order {
    findings: BinaryHeap<Reverse<Turn>>,
    /// The earliest turns that unsettled modules may have; some of them out of date, none too late. Nothing as long as there
    /// are no findings.
    ahead: Option<BinaryHeap<Reverse<Turn>>>,
}

impl Order {
    /// There are findings of a settled module.
    pub(crate) fn add(&mut self, turn: Turn) {
        self.findings.push(Reverse(turn));
    }

    /// An unsettled module may have findings, at this turn or later.
    pub(crate) fn await_turn(&mut self, turn: Turn) {
        if let Some(ahead) = &mut self.ahead {
            ahead.push(Reverse(turn));
        }
    }

    /// Whether anything waits for its turn.
    pub(crate) fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Drops what is not to be told.
    pub(crate) fn drop_first(&mut self) {
        self.findings.pop();
    }

    /// The first findings, if nothing can come before them any more. `unsettled`: the earliest turns of all unsettled modules;
    /// `holds`: whether one that was said to be ahead still is.
    pub(crate) fn first(
        &mut self,
        unsettled: impl FnOnce() -> Vec<Turn>,
        holds: impl Fn(Turn) -> bool,
    ) -> Option<Turn> {
        let Reverse(first) = *self.findings.peek()?;
        let ahead = self
            .ahead
            .get_or_insert_with(|| unsettled().into_iter().map(Reverse).collect());
        while let Some(Reverse(turn)) = ahead.peek() {
            if holds(*turn) {
                return (first < *turn).then_some(first);
            }
            ahead.pop();
        }
        Some(first)
    }
}

//! Why a module was dealt with, from the build logs: its last event, and the chain of events that led to it.

use crate::log::{Event, Log};
use crate::reason::{Decision, Reason};
use lumen_vm::lir::ModuleId;
use rustc_hash::FxHashSet;

/// The answer to `lumen why MODULE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// How many builds ago it happened: 0 in the last one that did anything.
    pub builds_ago: usize,
    /// When that build ended, nanoseconds since 1970.
    pub time: i64,
    /// What happened to the module, then to the module whose change led to that, and so on: the last is the root cause.
    pub steps: Vec<Step>,
    /// How many modules that build compiled because of the root cause, this one included.
    pub cascade: usize,
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The module.
    pub module: ModuleId,
    /// What was done with it.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
}

/// Explains the last event of a module. Nothing if no log that is kept mentions it.
pub(crate) fn explain(logs: &[String], module: &ModuleId) -> Option<Explanation> {
    for (builds_ago, text) in logs.iter().enumerate() {
        let Some(log) = Log::parse(text) else { continue };
        let steps = chain(&log, module);
        if let Some(root) = steps.last() {
            let cascade = count_cascade(&log, &root.module);
            return Some(Explanation {
                builds_ago,
                time: log.time,
                steps,
                cascade,
            });
        }
    }
    None
}

/// The module whose change or failure an event goes back to.
fn cause(event: &Event) -> Option<&ModuleId> {
    match (&event.decision, &event.reason) {
        (Decision::Skipped(because), _) => Some(because),
        (_, Reason::ItemChanged { module, .. }) => Some(module),
        _ => None,
    }
}

fn chain(log: &Log, module: &ModuleId) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut seen = FxHashSet::default();
    let mut next = Some(module);
    while let Some(module) = next.filter(|module| seen.insert(*module)) {
        let Some(event) = log.events.iter().find(|event| event.module == *module) else {
            break;
        };
        steps.push(Step {
            module: module.clone(),
            decision: event.decision.clone(),
            reason: event.reason.clone(),
        });
        next = cause(event);
    }
    steps
}

/// Modules whose chain ends at `root`.
fn count_cascade(log: &Log, root: &ModuleId) -> usize {
    let mut reached: FxHashSet<&ModuleId> = FxHashSet::from_iter([root]);
    loop {
        let before = reached.len();
        for event in &log.events {
            if cause(event).is_some_and(|cause| reached.contains(cause)) {
                reached.insert(&event.module);
            }
        }
        if reached.len() == before {
            return before;
        }
    }
}

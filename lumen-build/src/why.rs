//! Why a module was dealt with, from the build logs: its last event, and the chain of events that led to it.

use crate::log::{BuildLog, ModuleEvent};
use crate::reason::{Decision, Reason};
use lumen_vm::lir::ModuleId;
use rustc_hash::{FxHashMap, FxHashSet};

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
    /// How many of those are none of the steps.
    pub others: usize,
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
pub(crate) fn explain(logs: &[Option<BuildLog>], module: &ModuleId) -> Option<Explanation> {
    let (builds_ago, log, _) = find(logs, 0, module)?;
    let steps = chain(logs, builds_ago, module);
    let reached = reached(log, &steps.last()?.module);
    let shown = steps.iter().filter(|step| reached.contains(&step.module));
    let (cascade, others) = (reached.len(), reached.len() - shown.count());
    Some(Explanation {
        builds_ago,
        time: log.time,
        steps,
        cascade,
        others,
    })
}

/// The newest event of a module that is at least so many builds old.
fn find<'l>(
    logs: &'l [Option<BuildLog>],
    from: usize,
    module: &ModuleId,
) -> Option<(usize, &'l BuildLog, &'l ModuleEvent)> {
    logs.iter().enumerate().skip(from).find_map(|(builds_ago, log)| {
        let log = log.as_ref()?;
        let event = log.events.iter().find(|event| event.module == *module)?;
        Some((builds_ago, log, event))
    })
}

/// Follows causes to the root. What happened to a cause stands in the same log, or in an older one if that build failed and this one
/// only met the failure again.
fn chain(logs: &[Option<BuildLog>], builds_ago: usize, module: &ModuleId) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut seen = FxHashSet::default();
    let mut next = Some((builds_ago, module.clone()));
    while let Some((from, module)) = next.filter(|(_, module)| seen.insert(module.clone())) {
        let Some((builds_ago, _, event)) = find(logs, from, &module) else {
            break;
        };
        next = event.cause().map(|cause| (builds_ago, cause.clone()));
        steps.push(Step {
            module,
            decision: event.decision.clone(),
            reason: event.reason.clone(),
        });
    }
    steps
}

/// Modules of a build whose chain ends at `root`, and `root`.
fn reached<'l>(log: &'l BuildLog, root: &'l ModuleId) -> FxHashSet<&'l ModuleId> {
    let mut effects: FxHashMap<&ModuleId, Vec<&ModuleId>> = FxHashMap::default();
    for event in &log.events {
        if let Some(cause) = event.cause() {
            effects.entry(cause).or_default().push(&event.module);
        }
    }
    let mut reached = FxHashSet::from_iter([root]);
    let mut work = vec![root];
    while let Some(cause) = work.pop() {
        for module in effects.get(cause).into_iter().flatten() {
            if reached.insert(*module) {
                work.push(*module);
            }
        }
    }
    reached
}

//! The events of a session that has ended.

use super::{Lookup, ModuleEvent};
use crate::reason::{Decision, Reason};
use crate::scheduler::Failures;
use crate::session::{Finished, Session};
use rustc_hash::FxHashMap;

impl Session<'_> {
    /// What the build did; nothing for modules that needed nothing.
    pub(crate) fn events(&self, failures: &Failures) -> Vec<ModuleEvent> {
        let mut events = Vec::new();
        let mut positions: FxHashMap<u32, u32> = FxHashMap::default();
        let mut targets: Vec<Vec<u32>> = Vec::new();
        for module in 0..self.topology.len() as u32 {
            let mut slot = self.slot(module);
            let Some(finished) = slot.finished.as_deref() else {
                continue;
            };
            // A document that was read again, for its time stamps or its snippets, and is what it was.
            let is_kept = finished.decision == Decision::Kept;
            if is_kept
                && self
                    .old
                    .record(module)
                    .is_some_and(|record| record.source == finished.source)
            {
                continue;
            }
            positions.insert(module, events.len() as u32);
            targets.push(self.needed_by(module, finished));
            let (decision, reason) = (finished.decision.clone(), finished.reason.clone());
            let trail = std::mem::take(&mut slot.trail);
            drop(slot);
            let lookup = match decision {
                Decision::Cached => Some(Lookup::Hit),
                _ => trail.miss.map(|miss| Lookup::Miss(miss.of_module(&reason))),
            };
            events.push(ModuleEvent {
                module: self.topology.id(module),
                decision,
                reason,
                lookup,
                read: trail.read,
                build: trail.build,
                bytes: trail.bytes,
                needs: Vec::new(),
            });
        }
        for (event, targets) in events.iter_mut().zip(targets) {
            event.needs = targets
                .iter()
                .filter_map(|target| positions.get(target).copied())
                .collect();
        }
        for (module, because) in &failures.skipped {
            let decision = Decision::Skipped(self.topology.id(*because));
            let reason = match self.reason(*module, None) {
                // Nothing of its own: it was to be kept.
                Reason::ProseChanged => Reason::ImportFailed,
                reason => reason,
            };
            events.push(ModuleEvent::untimed(self.topology.id(*module), decision, reason));
        }
        events
    }

    /// Modules that one had to wait for, each once.
    fn needed_by(&self, module: u32, finished: &Finished) -> Vec<u32> {
        let mut targets: Vec<u32> = match &finished.result {
            Some(result) => result.imports.iter().map(|(_, target)| *target).collect(),
            None if finished.decision == Decision::Failed => finished.waited_for.clone(),
            None => self.old_imports(module).collect(),
        };
        targets.sort_unstable();
        targets.dedup();
        targets
    }
}

//! Modules that are made a second time in one build, since their result was lost, or their document was saved after they had been settled.
//!
//! They may come out with another interface. Whoever was settled against the first is then made again too: what a build leaves behind
//! is of one piece.

use crate::session::Session;
use crate::trace::Holds;
use lumen_compiler::interface::Digest;
use rustc_hash::FxHashMap;
use std::sync::{MutexGuard, PoisonError};

/// Modules that are made again, and the interfaces that they were settled with before.
pub(crate) type MadeAgain = FxHashMap<u32, Digest>;

impl Session<'_> {
    /// Makes modules again, as far as they are settled.
    pub(crate) fn make_again(&self, modules: &[u32]) {
        self.expect_again(modules);
        let mut scheduler = self.scheduler();
        for module in modules {
            if scheduler.is_settled(*module) {
                scheduler.mark_dirty(*module);
            }
        }
    }

    /// Notes which interfaces modules are settled with that may be made again.
    pub(crate) fn expect_again(&self, modules: &[u32]) {
        for module in modules {
            if let Some(interface) = self.interface_digest(*module) {
                self.made_again().entry(*module).or_insert(interface);
            }
        }
    }

    /// Modules whose results are about an interface that is another one now, or gone. Nothing may be running.
    pub(crate) fn take_outdated(&self) -> Vec<u32> {
        let made_again = std::mem::take(&mut *self.made_again());
        let is_as_before = |(module, before): (&u32, &Digest)| {
            self.is_usable(*module) && self.interface_digest(*module) == Some(*before)
        };
        if made_again.iter().all(is_as_before) {
            return Vec::new();
        }
        let is_outdated =
            |module: &u32| self.is_active(*module) && self.is_usable(*module) && !self.is_current(*module);
        (0..self.topology.len() as u32).filter(is_outdated).collect()
    }

    /// Whether what a settled module was told of others is what it would be told now.
    fn is_current(&self, module: u32) -> bool {
        let slot = self.slot(module);
        let finished = slot.finished.as_ref();
        let trace = finished.and_then(|finished| Some(finished.result.as_ref()?.trace.clone()));
        drop(slot);
        let holds = match trace {
            Some(trace) => self.trace_holds(&trace),
            None => self.old_trace_holds(module),
        };
        matches!(holds, Holds::Yes)
    }

    /// Forgets results that were made in this build.
    pub(crate) fn discard(&self, modules: &[u32]) {
        for module in modules {
            let mut slot = self.slot(*module);
            slot.finished = None;
            slot.lost = true;
        }
    }

    fn made_again(&self) -> MutexGuard<'_, MadeAgain> {
        self.made_again.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Findings are told while a build runs: in one order ([`crate::scheduler`]), each when it is its turn, by whatever thread has just
//! made it so. Nobody waits for a thread that is telling.

use crate::outcome::Report;
use crate::reason::Decision;
use crate::scope;
use crate::session::Session;
use std::sync::{PoisonError, TryLockError};

impl Session<'_> {
    /// Whether anything was found about a module that has ended.
    pub(crate) fn has_findings(&self, module: u32) -> bool {
        let slot = self.slot(module);
        match slot.finished.as_deref() {
            Some(finished) if finished.decision != Decision::Kept => finished.report.is_some(),
            // The old result holds, with its warnings.
            _ => self.old.file(module).is_some_and(|file| file.has_warnings),
        }
    }

    /// Tells everything whose turn it is. If another thread is at it, that one goes on with what has become possible meanwhile.
    pub(crate) fn tell(&self) {
        if self.foresees {
            return;
        }
        loop {
            let mut told = match self.told.try_lock() {
                Ok(told) => told,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            loop {
                let next = self.scheduler().next_findings();
                let Some(module) = next else { break };
                self.tell_of(module, &mut told);
            }
            drop(told);
            if !self.scheduler().has_findings() {
                return;
            }
        }
    }

    /// Tells what was found about a module, unless it has been told: a module may end twice.
    fn tell_of(&self, module: u32, told: &mut Vec<Report>) {
        let mut slot = self.slot(module);
        let new = slot.finished.as_mut().and_then(|finished| finished.report.take());
        let was_told = std::mem::replace(&mut slot.told, true);
        drop(slot);
        let Some(report) = new.or_else(|| self.replayed(module)) else {
            self.slot(module).told = was_told;
            return self.scheduler().postpone(module);
        };
        let is_known = was_told && told.contains(&report);
        let scope = self.scope.as_ref();
        let is_shown =
            || report.has_errors() || scope::shows_warnings(&report.module, scope, &self.topology.packages);
        if !is_known && is_shown() {
            self.progress.found(&self.root, &report);
            told.push(report);
        }
    }

    /// The warnings of the old result, which holds, with the text that they are about. Nothing if the store has lost them, or the
    /// document is not what they are about.
    fn replayed(&self, module: u32) -> Option<Report> {
        let record = self.old.record(module)?;
        let warnings = self.stored_warnings(&record.results);
        self.slot(module).lost |= warnings.is_none();
        Some(Report {
            path: self.topology.path(module).to_owned(),
            module: self.topology.id(module),
            snippet: None,
            diagnostics: warnings?,
            text: self.text(module, &self.source(module))?,
            unreadable: None,
        })
    }

    /// Everything that was told.
    pub(crate) fn take_told(&self) -> Vec<Report> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *told)
    }
}

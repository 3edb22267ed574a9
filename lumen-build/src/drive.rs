//! Performs a build's jobs until there are none: what each thread does between asking the scheduler and reporting to it.

use crate::cycle;
use crate::digest;
use crate::load::Loaded;
use crate::log;
use crate::outcome::{Report, Unreadable};
use crate::reason::Decision;
use crate::scheduler::{Job, Next, Verdict};
use crate::session::{Finished, Session, Slot};
use crate::shell::pool::{self, Work};
use crate::unit::Built;
use rustc_hash::FxHashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Session<'_> {
    /// Runs everything that was activated, on `threads` threads, then reports import cycles.
    pub(crate) fn run(&self, threads: usize) {
        self.drive(threads);
        let stuck = self.scheduler().stuck();
        if stuck.is_empty() || self.is_cancelled() {
            return;
        }
        let edges: FxHashMap<u32, Vec<u32>> = stuck
            .iter()
            .map(|module| (*module, self.current_targets(*module)))
            .collect();
        let cycles = self.cycles.get_or_init(|| cycle::find(&stuck, &edges));
        self.scheduler().start_cycle(&cycles.members);
        self.drive(threads);
    }

    /// Performs jobs until there are none, no result is known to be lost, and the warnings of those that are kept are there: what
    /// the build leaves behind must be whole, also where nobody needed it.
    fn drive(&self, threads: usize) {
        loop {
            if self.scheduler().unsettled() > 0 {
                pool::drive(self, threads);
            }
            if self.is_cancelled() {
                return;
            }
            let modules = 0..self.topology.len() as u32;
            let again: Vec<u32> = modules
                .filter(|module| self.is_to_be_done_again(*module))
                .collect();
            if again.is_empty() {
                return;
            }
            let mut scheduler = self.scheduler();
            again.iter().for_each(|module| scheduler.mark_dirty(*module));
        }
    }

    /// Whether a module is settled, and its result is lost, or its warnings cannot be shown.
    fn is_to_be_done_again(&self, module: u32) -> bool {
        if !self.is_active(module) || !self.is_usable(module) {
            return false;
        }
        if self.slot(module).lost {
            return true;
        }
        let is_new = |finished: &Finished| finished.result.is_some() || finished.report.is_some();
        let has_said = |slot: &Slot| slot.replay.is_some() || slot.finished.as_deref().is_some_and(is_new);
        let record = self
            .old
            .record(module)
            .filter(|record| record.results.has_warnings());
        let Some(record) = record.filter(|_| !has_said(&self.slot(module))) else {
            return false;
        };
        let Some(diagnostics) = self.stored_warnings(&record.results) else {
            self.slot(module).lost = true;
            return true;
        };
        let text = self.text(module, &self.source(module));
        let replay = text.map(|text| Report {
            path: self.topology.path(module).to_owned(),
            module: self.topology.id(module),
            snippet: None,
            text,
            diagnostics,
            unreadable: None,
        });
        let cannot_be_shown = replay.is_none();
        self.slot(module).replay = replay;
        cannot_be_shown
    }

    /// What a module that waits depends on.
    fn current_targets(&self, module: u32) -> Vec<u32> {
        let imports = self
            .slot(module)
            .document
            .as_ref()
            .map(|document| document.reading.imports.clone());
        match imports {
            Some(imports) => self.targets(module, &imports),
            None => self.old_imports(module).collect(),
        }
    }

    /// The compiler panicked: a defect, which must not take the build with it.
    fn defect(&self, module: u32) {
        let reason =
            "the compiler fails on this document; this is a defect of Lumen, please report it".to_owned();
        let report = Report {
            path: self.topology.path(module).to_owned(),
            module: self.topology.id(module),
            snippet: None,
            text: "".into(),
            diagnostics: Vec::new(),
            unreadable: Some(Unreadable {
                reason,
                position: None,
            }),
        };
        let finished = Finished {
            decision: Decision::Failed,
            reason: self.reason(module, None),
            source: digest::NONE,
            code: digest::NONE,
            snippets: 0,
            seen: None,
            result: None,
            report: Some(report),
            waited_for: Vec::new(),
        };
        self.slot(module).finished = Some(Box::new(finished));
        self.scheduler().finished(module, Verdict::Failed);
    }
}

impl Work for Session<'_> {
    fn next(&self) -> Next {
        match self.is_cancelled() {
            true => Next::Done,
            false => self.scheduler().next(),
        }
    }

    fn perform(&self, job: Job, lane: u32) {
        let start = self.elapsed();
        let worked = || log::Work {
            lane,
            start,
            end: self.elapsed(),
        };
        match job {
            Job::Load(module) => {
                let loaded = catch_unwind(AssertUnwindSafe(|| self.load(module)));
                self.slot(module).trail.read = Some(worked());
                match loaded {
                    Ok(Loaded::Waits(dependencies)) => {
                        self.activate(dependencies.imports.iter().copied());
                        self.scheduler().loaded(module, &dependencies);
                    }
                    Ok(Loaded::Unreadable) => self.scheduler().finished(module, Verdict::Failed),
                    Err(_) => self.defect(module),
                }
            }
            Job::Build(module) | Job::BuildInCycle(module) => {
                let built = catch_unwind(AssertUnwindSafe(|| self.build(module)));
                self.slot(module).trail.build = Some(worked());
                match built {
                    Ok(Built::Finished(verdict)) => self.scheduler().finished(module, verdict),
                    Ok(Built::Missing(missing)) => {
                        // Another thread may have made some of them again already.
                        let is_lost = |module: &u32| self.slot(*module).lost;
                        let lost: Vec<u32> = missing.iter().copied().filter(is_lost).collect();
                        self.scheduler().interrupted(module, &missing, &lost);
                    }
                    Ok(Built::Reload) => self.scheduler().reload(module),
                    Err(_) => self.defect(module),
                }
            }
        }
    }
}

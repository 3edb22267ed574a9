//! Performs a build's jobs until there are none: what each thread does between asking the scheduler and reporting to it.

use crate::cycle;
use crate::digest;
use crate::load::Loaded;
use crate::log;
use crate::outcome::{Report, Unreadable};
use crate::reason::Decision;
use crate::scheduler::{Job, Next, Scheduler, Verdict};
use crate::session::{Finished, Session};
use crate::shell::pool::{self, Work};
use crate::unit::Built;
use rustc_hash::FxHashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::MutexGuard;

impl Session<'_> {
    /// Runs everything that was activated, on `threads` threads, then reports import cycles. What is found is told meanwhile.
    pub(crate) fn run(&self, threads: usize) {
        self.drive(threads);
        if self.is_cancelled() {
            self.scheduler().cancel();
            return self.tell();
        }
        let stuck = self.scheduler().stuck();
        if stuck.is_empty() {
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

    /// Performs jobs until there are none, no result is known to be lost or outdated, and the warnings of those that are kept are
    /// told: what the build leaves behind must be whole, also where nobody needed it.
    fn drive(&self, threads: usize) {
        loop {
            let has_jobs = self.scheduler().has_jobs();
            match has_jobs {
                true => pool::drive(self, threads),
                false => self.tell(),
            }
            let mut again = self.take_outdated();
            if self.is_cancelled() {
                return self.discard(&again);
            }
            let modules = 0..self.topology.len() as u32;
            again.extend(modules.filter(|module| self.is_lost(*module)));
            again.append(&mut self.scheduler().take_postponed());
            self.make_again(&again);
            if !self.scheduler().has_jobs() {
                return;
            }
        }
    }

    /// Whether a module is settled, and its result is lost.
    fn is_lost(&self, module: u32) -> bool {
        self.is_active(module) && self.is_usable(module) && self.slot(module).lost
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
        self.settled(module, Verdict::Failed);
    }

    /// A module has ended: what was found is told as soon as it is its turn.
    fn settled(&self, module: u32, verdict: Verdict) {
        let has_findings = !self.foresees && self.has_findings(module);
        let mut scheduler = self.scheduler();
        scheduler.finished(module, verdict, has_findings);
        self.tell_if_due(scheduler);
    }

    fn tell_if_due(&self, mut scheduler: MutexGuard<'_, Scheduler>) {
        let is_due = scheduler.has_findings();
        drop(scheduler);
        if is_due {
            self.tell();
        }
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
                        let mut scheduler = self.scheduler();
                        scheduler.loaded(module, &dependencies);
                        self.tell_if_due(scheduler);
                    }
                    Ok(Loaded::Unreadable) => self.settled(module, Verdict::Failed),
                    Err(_) => self.defect(module),
                }
            }
            Job::Build(module) | Job::BuildInCycle(module) => {
                let built = catch_unwind(AssertUnwindSafe(|| self.build(module)));
                self.slot(module).trail.build = Some(worked());
                match built {
                    Ok(Built::Finished(verdict)) => self.settled(module, verdict),
                    Ok(Built::Missing(missing)) => {
                        // Another thread may have made some of them again already.
                        let is_lost = |module: &u32| self.slot(*module).lost;
                        let lost: Vec<u32> = missing.iter().copied().filter(is_lost).collect();
                        self.expect_again(&lost);
                        self.scheduler().interrupted(module, &missing, &lost);
                    }
                    Ok(Built::Reload) => self.scheduler().reload(module),
                    Err(_) => self.defect(module),
                }
            }
        }
    }
}

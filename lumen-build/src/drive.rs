//! Performs a build's jobs until there are none: what each thread does between asking the scheduler and reporting to it.

use crate::cycle;
use crate::digest;
use crate::load::Loaded;
use crate::outcome::{Report, Unreadable};
use crate::reason::Decision;
use crate::scheduler::{Job, Next, Verdict};
use crate::session::{Finished, Session};
use crate::shell::pool::{self, Work};
use crate::unit::Built;
use rustc_hash::FxHashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Session<'_> {
    /// Runs everything that was activated, on `threads` threads, then reports import cycles.
    pub(crate) fn run(&self, threads: usize) {
        if self.scheduler().unsettled() == 0 {
            return;
        }
        pool::drive(self, threads);
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
        pool::drive(self, threads);
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
            None => self.old_targets(module).collect(),
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

    fn perform(&self, job: Job) {
        match job {
            Job::Load(module) => match catch_unwind(AssertUnwindSafe(|| self.load(module))) {
                Ok(Loaded::Dependencies { modules, suspect }) => {
                    self.activate(modules.iter().copied());
                    self.scheduler().loaded(module, &modules, suspect);
                }
                Ok(Loaded::Unreadable) => self.scheduler().finished(module, Verdict::Failed),
                Err(_) => self.defect(module),
            },
            Job::Build(module) | Job::BuildInCycle(module) => {
                match catch_unwind(AssertUnwindSafe(|| self.build(module))) {
                    Ok(Built::Finished(verdict)) => self.scheduler().finished(module, verdict),
                    Ok(Built::Missing(missing)) => self.scheduler().interrupted(module, &missing),
                    Ok(Built::Reload) => self.scheduler().reload(module),
                    Err(_) => self.defect(module),
                }
            }
        }
    }
}

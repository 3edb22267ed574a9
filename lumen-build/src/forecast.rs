//! What a build would do, without doing it: nothing is compiled, and nothing is written.
//!
//! The build runs as it always does until it would compile a module. What that would yield is not known, so whatever imports the module,
//! directly or not, waits for it in vain, as for one with errors, and in the end that is what may change.

use crate::action;
use crate::build::{Build, Keep};
use crate::locate::Located;
use crate::log::PhaseKind;
use crate::options::BuildError;
use crate::outcome::Note;
use crate::progress::Progress;
use crate::reason::{Decision, Reason};
use crate::scheduler::Verdict;
use crate::session::{Document, Finished, Session};
use crate::state::State;
use crate::timeline::Timeline;
use crate::unit::Built;
use lumen_pkg::Loaded as Manifests;
use lumen_vm::lir::ModuleId;
use rustc_hash::FxHashMap;
use std::path::PathBuf;
use std::time::Duration;

/// What a build would do.
#[derive(Clone, Debug, Default)]
pub struct Forecast {
    /// The workspace's folder, or that of the document that stands alone.
    pub root: PathBuf,
    /// Modules that would take part, by name; without those of the bundled package.
    pub modules: Vec<ModuleForecast>,
    /// Trouble on the way.
    pub notes: Vec<Note>,
    /// The manifests with what is wrong with them, if they had to be read; warnings only.
    pub manifests: Option<Manifests>,
    /// Whether it was stopped before everything was known.
    pub cancelled: bool,
    /// How long the answer took.
    pub duration: Duration,
}

/// What a build would do with a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleForecast {
    /// The module.
    pub module: ModuleId,
    /// What would be done.
    pub prediction: Prediction,
}

/// What would be done with a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prediction {
    /// Nothing.
    UpToDate,
    /// It would be taken from the cache.
    Cached(Reason),
    /// It would be compiled.
    Compiled(Reason),
    /// It would be compiled, taken from the cache or kept: that depends on what becomes of this module, which it imports.
    Maybe(ModuleId),
    /// It would fail: its document cannot be read, for this reason.
    Unreadable(String),
}

impl Build {
    /// What [`Build::run`] would do now. Asks nobody for packages: those that are not there are missing.
    ///
    /// # Errors
    /// If it cannot be said what there is to build.
    pub fn forecast(&self, progress: &dyn Progress) -> Result<Forecast, BuildError> {
        let mut timeline = Timeline::begin();
        let mut forecast = match self.locate(Keep::Nothing)? {
            None => {
                let mut session = self.open_standalone(&timeline, progress)?;
                session.foresees = true;
                session.run(1);
                session.forecast()
            }
            Some(Located { mut found, state }) => {
                let head = state.as_ref().and_then(State::head);
                let scan = self.scan(&found, head.as_ref())?;
                let modules = self.scoped_modules(&found.packages, &scan, &found.root)?;
                timeline.end_of(PhaseKind::Scan);
                let last = head.zip(state.as_ref());
                let mut session = self.open(&mut found, scan, last, &timeline, progress);
                session.foresees = true;
                session.go_on();
                session.activate(modules.iter().copied());
                session.run(self.threads(&session));
                let mut forecast = session.forecast();
                forecast.notes.splice(0..0, found.notes);
                forecast.manifests = found.loaded;
                forecast
            }
        };
        forecast.notes.extend(self.store.take_notes());
        forecast.duration = timeline.elapsed();
        Ok(forecast)
    }
}

impl Session<'_> {
    /// In place of compiling: notes that it would be done. What comes of it is not known.
    pub(crate) fn would_compile(&self, module: u32, document: Document, reason: Reason) -> Built {
        let waited_for = self.targets(module, &document.reading.imports);
        self.slot(module).finished = Some(Box::new(Finished {
            decision: Decision::Failed,
            reason,
            source: document.source,
            code: document.reading.code,
            snippets: 0,
            seen: None,
            result: None,
            report: None,
            waited_for,
        }));
        Built::Finished(Verdict::Failed)
    }

    fn forecast(&self) -> Forecast {
        let failures = self.scheduler().failures();
        let waiting: FxHashMap<u32, u32> = failures.skipped.iter().copied().collect();
        let mut modules: Vec<ModuleForecast> = (0..self.topology.len() as u32)
            .filter(|module| self.is_active(*module) && !self.topology.is_bundled(*module))
            .map(|module| ModuleForecast {
                module: self.topology.id(module),
                prediction: self.prediction(module, waiting.get(&module).copied()),
            })
            .collect();
        modules.sort_by(|left, right| left.module.cmp(&right.module));
        Forecast {
            root: self.root.clone(),
            modules,
            notes: self.topology.scan.notes.clone(),
            cancelled: self.is_cancelled(),
            ..Forecast::default()
        }
    }

    /// `because`: the module that it waits for, of which nobody knows what it will be.
    fn prediction(&self, module: u32, because: Option<u32>) -> Prediction {
        let slot = self.slot(module);
        if let Some(finished) = slot.finished.as_deref() {
            match (&finished.decision, &finished.report) {
                (Decision::Failed, Some(report)) => {
                    let unreadable = report.unreadable.as_ref();
                    let why = unreadable.map(|unreadable| unreadable.reason.clone());
                    return Prediction::Unreadable(why.unwrap_or_default());
                }
                (Decision::Failed, None) => return Prediction::Compiled(finished.reason.clone()),
                (Decision::Cached, _) => return Prediction::Cached(finished.reason.clone()),
                _ => {}
            }
        }
        let Some(because) = because else {
            return Prediction::UpToDate;
        };
        // Read and different: it needs another result, and if the cache has none for its code whatever imports yield, it is compiled.
        let code = match slot.finished {
            None => slot.document.as_ref().map(|document| document.reading.code),
            Some(_) => None,
        };
        drop(slot);
        let has_action = |code| {
            let key = action::weak_key(&self.settings, &self.topology.id(module), &code);
            !self.store.actions(&key).is_empty()
        };
        match code.filter(|code| !has_action(*code)) {
            Some(code) => Prediction::Compiled(self.reason(module, Some(code))),
            None => Prediction::Maybe(self.topology.id(because)),
        }
    }
}

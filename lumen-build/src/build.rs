//! The entry to the crate: what to build, how, and the steps from a start folder to an outcome.

use crate::files::Files;
use crate::finish::{self, StateFrame};
use crate::image::Image;
use crate::locate::Located;
use crate::log::{BuildLog, PhaseKind};
use crate::lumen::Lumen;
use crate::options::{BuildError, Options};
use crate::outcome::{Note, Outcome};
use crate::plan::{self, Circumstances, Plan};
use crate::progress::Progress;
use crate::reason::Reason;
use crate::scan::Scan;
use crate::scheduler::{Failures, Scheduler};
use crate::session::{Old, Session, Slot};
use crate::settings::Settings;
use crate::shell::{Disk, PackStore};
use crate::snippet::Snippet;
use crate::state::{Head, State};
use crate::store::Store;
use crate::surroundings::{Closed, Surroundings};
use crate::testing::Enough;
use crate::timeline::Timeline;
use crate::toolchain::Toolchain;
use crate::topology::Topology;
use crate::why::{self, Explanation};
use crate::workspace::{self, FoundWorkspace, OwnedInput};
use lumen_pkg::Loaded;
use lumen_pkg::sync::{Request, Synced, Update};
use lumen_vm::lir::ModuleId;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

pub(crate) const DAMAGED_STATE: &str =
    "the state of the workspace was damaged; everything is looked at again";

/// What `--offline` leaves open, also where it succeeds.
pub const UNCHECKED: &str = "nobody was asked (`--offline`): whether the packages of the lock are still the ones to use was not checked";

/// What to keep of a package graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The lock.
    Lock,
    /// Nothing.
    Nothing,
}

/// A whole package graph.
#[derive(Clone, Debug)]
pub struct PackageGraph {
    /// The manifests, with what is wrong with them; warnings only.
    pub loaded: Loaded,
    /// The graph, the lock, and what changed.
    pub synced: Synced,
    /// Whether the lock was written.
    pub lock_written: bool,
}

/// A build that can be run, and asked about afterwards.
pub struct Build {
    pub(crate) options: Options,
    pub(crate) files: Box<dyn Files>,
    pub(crate) store: Box<dyn Store>,
    pub(crate) toolchain: Box<dyn Toolchain>,
    pub(crate) surroundings: Box<dyn Surroundings>,
    cancelled: Arc<AtomicBool>,
    /// Modules whose results turned out to be gone when they were loaded.
    lost: Mutex<Vec<ModuleId>>,
    /// When what the last run of tests left is all that is wanted.
    pub(crate) enough: Option<Enough>,
}

impl Build {
    /// A build of documents on disk with the Lumen compiler.
    pub fn new(options: Options) -> Build {
        let store = Box::new(PackStore::open(&options.cache));
        Build::with(options, Box::new(Disk), store, Box::new(Lumen))
    }

    /// A build that is only asked what it would do, or what there is to build: damaged files of the cache stay as they are.
    pub fn asking(options: Options) -> Build {
        let store = Box::new(PackStore::open_to_read(&options.cache));
        let options = Options {
            offline: true,
            ..options
        };
        Build::with(options, Box::new(Disk), store, Box::new(Lumen))
    }

    pub(crate) fn with(
        options: Options,
        files: Box<dyn Files>,
        store: Box<dyn Store>,
        toolchain: Box<dyn Toolchain>,
    ) -> Build {
        Build {
            options,
            files,
            store,
            toolchain,
            surroundings: Box::new(Closed),
            cancelled: Arc::default(),
            lost: Mutex::default(),
            enough: None,
        }
    }

    /// Lets packages come from registries and repositories.
    pub fn with_surroundings(self, surroundings: Box<dyn Surroundings>) -> Build {
        Build { surroundings, ..self }
    }

    /// The whole package graph of the workspace, without building it. Fetches what is missing. `Keep::Lock` writes the lock if it says
    /// something else now.
    ///
    /// # Errors
    /// If there is no workspace, it is wrong, or a package cannot be had. The lock is as it was then.
    pub fn packages(&self, update: Update, keep: Keep) -> Result<PackageGraph, BuildError> {
        let request = Request {
            update,
            last_seen_yanks: true,
            ..self.request()
        };
        let start = &self.options.start;
        let whole = workspace::complete(&*self.files, &*self.surroundings, start, &request)?;
        let Some(whole) = whole else {
            return Err(BuildError::NoWorkspace(start.clone()));
        };
        let lock_written = match keep {
            Keep::Nothing => false,
            Keep::Lock => whole
                .lock
                .write(&*self.files, &whole.synced, &request)
                .map_err(BuildError::LockNotWritten)?,
        };
        Ok(PackageGraph {
            loaded: whole.loaded,
            synced: whole.synced,
            lock_written,
        })
    }

    pub(crate) fn request(&self) -> Request {
        Request {
            locked: self.options.locked,
            offline: self.options.offline,
            accept_grants: self.options.accept_grants,
            minimal: self.options.minimal,
            ..Request::default()
        }
    }

    /// Set it to true, from any thread, and the build stops: what is done is kept.
    pub fn cancellation(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancelled)
    }

    /// Builds.
    ///
    /// # Errors
    /// If it cannot be said what there is to build. Errors in documents are part of the outcome.
    pub fn run(&self, progress: &dyn Progress) -> Result<Outcome, BuildError> {
        let mut timeline = Timeline::begin();
        let mut outcome = match self.locate(Keep::Lock)? {
            Some(Located { found, state }) => self.run_in(found, state.as_ref(), &mut timeline, progress)?,
            None => self.run_standalone(&mut timeline, progress)?,
        };
        outcome.notes.extend(self.store.take_notes());
        outcome.duration = timeline.elapsed();
        Ok(outcome)
    }

    /// Makes room in the cache, if it is time to. Called when nothing waits for the build or its program any more; what there is to say
    /// about it. `capacity`: what the cache may take in bytes; asked for only if it matters.
    pub fn tidy(&self, capacity: &dyn Fn() -> u64) -> Vec<Note> {
        self.store.tidy(capacity);
        self.store.take_notes()
    }

    /// The workspace's folder and what the last build left there, without building. Nothing if there was none.
    pub fn last(&self) -> Option<(PathBuf, Image)> {
        let (root, state) = workspace::nearest_state(&*self.files, &self.options.start)?;
        Some((root, Image::new(state.ok()?)))
    }

    /// Why a module of the workspace at `root` was dealt with when it last was. Nothing if the logs that are kept do not
    /// mention it.
    pub fn why(&self, root: &Path, module: &ModuleId) -> Option<Explanation> {
        why::explain(&self.logs(root), module)
    }

    /// What the last builds of the workspace at `root` did, the newest first; nothing for a log that cannot be read.
    pub fn logs(&self, root: &Path) -> Vec<Option<BuildLog>> {
        let logs = self.files.logs(root);
        logs.iter().map(|text| BuildLog::parse(text)).collect()
    }

    /// Makes the next run compile these modules, whatever the cache says.
    pub(crate) fn forget(&self, modules: Vec<ModuleId>) {
        self.lost().extend(modules);
    }

    fn lost(&self) -> MutexGuard<'_, Vec<ModuleId>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Builds in a workspace.
    fn run_in(
        &self,
        mut found: FoundWorkspace,
        state: Option<&State>,
        timeline: &mut Timeline,
        progress: &dyn Progress,
    ) -> Result<Outcome, BuildError> {
        timeline.end_of(PhaseKind::Manifest);
        let head = state.and_then(State::head);
        let scan = self.scan(&found, head.as_ref())?;
        let modules = self.scoped_modules(&found.packages, &scan, &found.root)?;
        timeline.end_of(PhaseKind::Scan);
        if let Some(manifests) = &found.loaded {
            progress.manifests(manifests);
        }
        let settings = self.settings();
        let circumstances = self.circumstances(&settings);
        // What was loaded anew has something to tell, or at least a state to be written.
        if let (true, Some(head), Some(state)) = (found.loaded.is_none(), &head, state)
            && self.lost().is_empty()
            && plan::is_up_to_date(head, &scan, &circumstances)
            && let known_tests = self.recall(&found.root, state)
            && (known_tests.is_some() || !self.options.snippets)
            && let Some(reports) = self.replay(&found, head, state)
        {
            reports
                .iter()
                .for_each(|report| progress.found(&found.root, report));
            let image = Some(Image::new(state.clone()));
            let (modules, up_to_date) = (modules.len(), modules.len());
            let outcome = Outcome {
                modules,
                up_to_date,
                reports,
                notes: scan.notes,
                image,
                known_tests,
                ..Outcome::default()
            };
            return Ok(self.scoped(outcome, &found));
        }
        let session = self.open(&mut found, scan, head.zip(state), timeline, progress);
        session.activate(modules.iter().copied());
        timeline.end_of(PhaseKind::Plan);
        session.run(self.threads(&session));
        timeline.end_of(PhaseKind::Compile);
        self.finish(&session, &modules, found, timeline)
    }

    /// The documents of a workspace.
    pub(crate) fn scan(&self, found: &FoundWorkspace, head: Option<&Head<'_>>) -> Result<Scan, BuildError> {
        let known = head.filter(|_| !self.options.paranoid);
        let bundle = self.toolchain.bundle();
        Scan::of(&*self.files, &found.root, &found.packages, bundle, known)
    }

    fn circumstances<'a>(&'a self, settings: &'a Settings) -> Circumstances<'a> {
        Circumstances {
            settings,
            store: &*self.store,
            paranoid: self.options.paranoid,
        }
    }

    /// A session in which nothing has been done yet, and it is known what has to be done for each module.
    pub(crate) fn open<'s>(
        &'s self,
        found: &mut FoundWorkspace,
        scan: Scan,
        last: Option<(Head<'s>, &'s State)>,
        timeline: &Timeline,
        progress: &'s dyn Progress,
    ) -> Session<'s> {
        let settings = self.settings();
        let circumstances = self.circumstances(&settings);
        let topology = Topology::new(found.packages.clone(), scan);
        let mut plans = None;
        let mut old = Old::default();
        if let Some((head, state)) = last {
            match state.body() {
                None => found.notes.push(Note::new(DAMAGED_STATE.to_owned())),
                Some(body) => {
                    let since = plan::Since::of(&head, &topology, &circumstances);
                    old = plan::match_old(head, body, &topology);
                    plans = Some(plan::plans(&topology, &old, &since, &circumstances));
                }
            }
        }
        let mut plans = plans.unwrap_or_else(|| vec![Plan::Build(Reason::FirstBuild); topology.len()]);
        for module in self.lost().iter().filter_map(|id| topology.find(id)) {
            if let Some(plan) = plans.get_mut(module as usize) {
                *plan = Plan::Build(Reason::ResultGone);
            }
        }
        let mut session = self.session(found.root.clone(), topology, old, plans, timeline, progress);
        session.scope = self.module_scope(&found.root, &found.packages);
        self.mark_lost(&session);
        session
    }

    fn finish(
        &self,
        session: &Session<'_>,
        modules: &[u32],
        found: FoundWorkspace,
        timeline: &mut Timeline,
    ) -> Result<Outcome, BuildError> {
        let snippets = self.snippets(session, modules);
        if self.options.snippets {
            timeline.end_of(PhaseKind::Snippets);
        }
        let permanent = self.store.seal();
        timeline.end_of(PhaseKind::Store);
        let failures = session.scheduler().failures();
        let mut outcome = self.scoped(session.outcome(&failures), &found);
        outcome.snippets = snippets;
        outcome.notes.splice(0..0, found.notes);
        outcome.manifests = found.loaded;
        outcome.written_lock = found.written_lock;
        let packs = self.store.packs();
        let frame = StateFrame {
            root: &found.root.to_string_lossy(),
            inputs: found.inputs.iter().map(OwnedInput::borrow).collect(),
            packs: &packs,
        };
        let state = session.state(frame);
        timeline.end_of(PhaseKind::Link);
        // A state that promises results which nobody kept would be worse than an old one.
        let saved = match permanent {
            true => self.files.save_state(&found.root, &state),
            false => Ok(()),
        };
        timeline.end_of(PhaseKind::State);
        outcome.log = self.log(session, &failures, outcome.modules, timeline);
        if permanent && saved.is_ok() {
            self.store.keep_workspace(&found.root);
        }
        match (saved, &outcome.log) {
            (Err(reason), _) => outcome.notes.push(Note::new(format!(
                "the state of the workspace cannot be written: {reason}"
            ))),
            (Ok(()), Some(log)) => {
                // Without a log nothing but the questions about it is poorer.
                let _ = self.files.save_log(&session.root, &log.render());
            }
            (Ok(()), None) => {}
        }
        outcome.image = State::parse(state).ok().map(Image::new);
        Ok(outcome)
    }

    /// What the build did; nothing if there was nothing to do.
    pub(crate) fn log(
        &self,
        session: &Session<'_>,
        failures: &Failures,
        modules: usize,
        timeline: &mut Timeline,
    ) -> Option<BuildLog> {
        let mut events = session.events(failures);
        events.extend(finish::removed_events(&session.old));
        (!events.is_empty()).then(|| BuildLog {
            time: self.files.now(),
            settings: session.settings.texts(),
            jobs: u32::try_from(self.options.jobs).unwrap_or(u32::MAX),
            modules: modules as u64,
            duration: timeline.microseconds(),
            phases: timeline.take_phases(),
            events,
        })
    }

    pub(crate) fn session<'s>(
        &'s self,
        root: PathBuf,
        topology: Topology,
        old: Old<'s>,
        plans: Vec<Plan>,
        timeline: &Timeline,
        progress: &'s dyn Progress,
    ) -> Session<'s> {
        let count = topology.len();
        Session {
            files: &*self.files,
            store: &*self.store,
            toolchain: &*self.toolchain,
            progress,
            cancelled: &self.cancelled,
            foresees: false,
            settings: self.settings(),
            root,
            began: timeline.began(),
            topology,
            old,
            plans,
            scheduler: Mutex::new(Scheduler::new(count, self.options.keep_going)),
            slots: (0..count).map(|_| Mutex::new(Slot::default())).collect(),
            active: Mutex::new(vec![false; count]),
            made_again: Mutex::default(),
            cycles: OnceLock::new(),
            scope: None,
            told: Mutex::default(),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings::new(self.toolchain.id(), &self.options.profile)
    }

    pub(crate) fn snippets(&self, session: &Session<'_>, modules: &[u32]) -> Vec<Snippet> {
        match self.options.snippets {
            true => session.snippets(modules, self.options.jobs),
            false => Vec::new(),
        }
    }

    pub(crate) fn mark_lost(&self, session: &Session<'_>) {
        for module in self.lost().drain(..).filter_map(|id| session.topology.find(&id)) {
            session.slot(module).lost = true;
        }
    }

    /// No more threads than there are modules to look at.
    pub(crate) fn threads(&self, session: &Session<'_>) -> usize {
        let unsettled = session.scheduler().unsettled();
        session.progress.planned(unsettled);
        self.options.jobs.clamp(1, unsettled.max(1))
    }
}

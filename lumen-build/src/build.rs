//! The entry to the crate: what to build, how, and the steps from a start folder to an outcome.

use crate::files::{DOCUMENT_SUFFIX, Files, MAXIMUM_DOCUMENT_BYTES};
use crate::finish::{self, StateFrame};
use crate::image::Image;
use crate::log::{Event, Log};
use crate::lumen::Lumen;

use crate::outcome::{ModuleScope, Note, Outcome, Report};
use crate::package::PackageTable;
use crate::plan::{self, Circumstances, Plan};
use crate::progress::Progress;
use crate::reason::Reason;
use crate::scan::Scan;
use crate::scheduler::{Failures, Scheduler};
use crate::session::{Old, Session, Slot};
use crate::shell::{Disk, PackStore, clock};
use crate::snippet::Snippet;
use crate::state::{Head, RecordRef, State};
use crate::store::{BlobKind, Store};
use crate::toolchain::Toolchain;
use crate::topology::Topology;
use crate::why::{self, Explanation};
use crate::workspace::{self, FoundWorkspace, OwnedInput};
use lumen_compiler::interface::Digest;
use lumen_pkg::{Loaded, Problem};
use lumen_vm::lir::ModuleId;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// What to build and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder to start from: the workspace is the one that it lies in. Absolute.
    pub start: PathBuf,
    /// The cache folder, `~/.lumen/cache` or what `LUMEN_CACHE_DIR` says.
    pub cache: PathBuf,
    /// Threads, at least 1.
    pub jobs: usize,
    /// Whether to compile everything that does not depend on a failure. Otherwise nothing is started that lies deeper in the
    /// import graph than the first failure.
    pub keep_going: bool,
    /// Whether to read every document, whatever its times say.
    pub paranoid: bool,
    /// What to build.
    pub scope: Scope,
    /// Whether to compile snippets too, for `lumen test`.
    pub snippets: bool,
    /// The profile; results of different profiles do not mix.
    pub profile: String,
}

impl Options {
    /// The whole workspace around `start`, on one thread.
    pub fn new(start: impl Into<PathBuf>, cache: impl Into<PathBuf>) -> Options {
        Options {
            start: start.into(),
            cache: cache.into(),
            jobs: 1,
            keep_going: false,
            paranoid: false,
            scope: Scope::Workspace,
            snippets: false,
            profile: "dev".to_owned(),
        }
    }
}

/// Which modules to build. What they import comes with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All packages of the workspace.
    Workspace,
    /// One package, by name.
    Package(String),
    /// One document, by absolute path. If it does not belong to a package, it is built on its own and nothing is written beside it.
    Document(PathBuf),
}

/// Why nothing could be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no manifest.
    #[error("there is no `lumen.toml` in `{}` or above it", .0.display())]
    NoWorkspace(PathBuf),
    /// Manifests are wrong: see [`Loaded::problems`].
    #[error("the manifests have errors")]
    Manifest(Box<Loaded>),
    /// The lock is wrong and was left alone.
    #[error("`lumen.lock` has errors")]
    Lock(Vec<Problem>),
    /// The workspace has no such package; those that it has.
    #[error("the workspace has no package `{name}`")]
    NoPackage {
        /// As asked for.
        name: String,
        /// By name.
        packages: Vec<String>,
    },
    /// The document cannot be built.
    #[error("`{}` {reason}", path.display())]
    NoDocument {
        /// As asked for.
        path: PathBuf,
        /// In words.
        reason: String,
    },
}

/// A build that can be run, and asked about afterwards.
pub struct Build {
    options: Options,
    files: Box<dyn Files>,
    pub(crate) store: Box<dyn Store>,
    pub(crate) toolchain: Box<dyn Toolchain>,
    cancelled: Arc<AtomicBool>,
    /// Modules whose results turned out to be gone when they were loaded.
    lost: Mutex<Vec<ModuleId>>,
}

impl Build {
    /// A build of documents on disk with the Lumen compiler.
    pub fn new(options: Options) -> Build {
        let store = Box::new(PackStore::open(&options.cache));
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
            cancelled: Arc::default(),
            lost: Mutex::default(),
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
        let begin = clock::moment();
        let mut outcome = self.run_untimed(progress)?;
        outcome.notes.extend(self.store.take_notes());
        outcome.duration = begin.elapsed();
        Ok(outcome)
    }

    /// The workspace's folder and what the last build left there, without building. Nothing if there was none.
    pub fn last(&self) -> Option<(PathBuf, Image)> {
        let (root, state) = workspace::nearest_state(&*self.files, &self.options.start)?;
        Some((root, Image::new(state)))
    }

    /// Why a module of the workspace at `root` was dealt with when it last was. Nothing if the logs that are kept do not
    /// mention it.
    pub fn why(&self, root: &Path, module: &ModuleId) -> Option<Explanation> {
        why::explain(&self.files.logs(root), module)
    }

    /// Makes the next run compile these modules, whatever the cache says.
    pub(crate) fn forget(&self, modules: Vec<ModuleId>) {
        self.lost().extend(modules);
    }

    fn lost(&self) -> MutexGuard<'_, Vec<ModuleId>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_untimed(&self, progress: &dyn Progress) -> Result<Outcome, BuildError> {
        let start = match &self.options.scope {
            Scope::Document(path) => path.parent().unwrap_or(path),
            Scope::Workspace | Scope::Package(_) => &self.options.start,
        };
        let mut state = workspace::nearest_state(&*self.files, start);
        if let Some((root, state)) = &state
            && let Some(head) = state
                .head()
                .filter(|head| workspace::is_fresh(&*self.files, start, root, head))
        {
            let found = FoundWorkspace {
                root: root.clone(),
                packages: head.packages.clone(),
                inputs: head.inputs.iter().map(OwnedInput::of).collect(),
                notes: Vec::new(),
                loaded: None,
            };
            return self.run_in(found, Some(state), true, progress);
        }
        let Some(found) = workspace::load(&*self.files, start)? else {
            return match &self.options.scope {
                Scope::Document(path) => self.run_standalone(path, progress),
                _ => Err(BuildError::NoWorkspace(start.to_owned())),
            };
        };
        if state.as_ref().is_none_or(|(root, _)| *root != found.root) {
            state = self
                .files
                .load_state(&found.root)
                .and_then(State::parse)
                .map(|state| (found.root.clone(), state));
        }
        self.run_in(found, state.as_ref().map(|(_, state)| state), false, progress)
    }

    /// Builds in a workspace. `fresh`: its packages are those of the state file.
    fn run_in(
        &self,
        found: FoundWorkspace,
        state: Option<&State>,
        fresh: bool,
        progress: &dyn Progress,
    ) -> Result<Outcome, BuildError> {
        let settings = self.settings();
        let circumstances = Circumstances {
            settings: &settings,
            store: &*self.store,
            paranoid: self.options.paranoid,
        };
        let scan = Scan::of(&*self.files, &found.root, &found.packages);
        let head = state.and_then(State::head);
        if let (true, Some(head), Some(state)) = (fresh, &head, state)
            && !self.options.snippets
            && self.lost().is_empty()
            && plan::is_up_to_date(head, &scan, &circumstances)
            && let Some(reports) = self.replay(&found.root, head, state)
        {
            self.scoped_modules(&found.packages, &scan, &found.root)?;
            return Ok(Outcome {
                scope: self.module_scope(&found.root, &found.packages),
                root: found.root,
                modules: scan.files.len(),
                up_to_date: scan.files.len(),
                reports,
                notes: scan.notes,
                image: Some(Image::new(state.clone())),
                ..Outcome::default()
            });
        }
        let old_settings = head.as_ref().map(|head| head.settings);
        let moved = head.as_ref().is_none_or(|head| {
            head.packages != found.packages
                || head.files.len() != scan.files.len()
                || head
                    .files
                    .iter()
                    .zip(&scan.files)
                    .any(|(old, file)| old.path != scan.path(file))
        });
        let packs_gone = head
            .as_ref()
            .is_some_and(|head| !plan::has_packs(head, &*self.store));
        let modules = self.scoped_modules(&found.packages, &scan, &found.root)?;
        let old_packages = head
            .as_ref()
            .map(|head| head.packages.clone())
            .unwrap_or_default();
        let topology = Topology::new(found.packages.clone(), scan);
        let body = state.and_then(State::body);
        let old = match (head, body) {
            (Some(head), Some(body)) => plan::match_old(head, body, &topology),
            _ => Old::default(),
        };
        let mut plans = plan::plans(
            &topology,
            &old,
            old_settings.as_ref(),
            moved,
            packs_gone,
            &circumstances,
        );
        for module in self.lost().iter().filter_map(|id| topology.find(id)) {
            if let Some(plan) = plans.get_mut(module as usize) {
                *plan = Plan::Build(Reason::ResultGone);
            }
        }
        let removed = finish::removed_events(&old, &old_packages);
        let session = self.session(settings, found.root.clone(), topology, old, plans, progress);
        self.mark_lost(&session);
        session.activate(modules);
        session.run(self.threads(&session));
        self.finish(&session, found, removed)
    }

    fn finish(
        &self,
        session: &Session<'_>,
        found: FoundWorkspace,
        removed: Vec<Event>,
    ) -> Result<Outcome, BuildError> {
        let snippets = self.snippets(session);
        let permanent = self.store.seal();
        let failures = session.scheduler().failures();
        let mut outcome = session.outcome(&failures);
        outcome.scope = self.module_scope(&outcome.root, &found.packages);
        outcome.snippets = snippets;
        outcome.notes.splice(0..0, found.notes);
        outcome.manifests = found.loaded;
        let packs = self.store.packs();
        let frame = StateFrame {
            root: &found.root.to_string_lossy(),
            inputs: found.inputs.iter().map(OwnedInput::borrow).collect(),
            packs: &packs,
        };
        let state = session.state(frame);
        // A state that promises results which nobody kept would be worse than an old one.
        let saved = match permanent {
            true => self.files.save_state(&found.root, &state),
            false => Ok(()),
        };
        if let Err(reason) = saved {
            outcome.notes.push(Note::new(format!(
                "the state of the workspace cannot be written: {reason}"
            )));
        } else {
            self.log(session, &failures, removed);
        }
        outcome.image = State::parse(state).map(Image::new);
        Ok(outcome)
    }

    fn log(&self, session: &Session<'_>, failures: &Failures, removed: Vec<Event>) {
        let mut events = session.events(failures);
        events.extend(removed);
        if !events.is_empty() {
            let log = Log {
                time: self.files.now(),
                events,
            };
            // Without a log nothing but `why` is poorer.
            let _ = self.files.save_log(&session.root, &log.render(&session.settings));
        }
    }

    /// Builds a document that no package has. Its results are cached, but no state is kept.
    fn run_standalone(&self, path: &Path, progress: &dyn Progress) -> Result<Outcome, BuildError> {
        let no_document = |reason: &str| BuildError::NoDocument {
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .ok_or_else(|| no_document("is not the name of a document"))?;
        if !name.ends_with(DOCUMENT_SUFFIX) {
            return Err(no_document("is no document: their names end in `.lm.md`"));
        }
        let stat = self
            .files
            .stat(path)
            .ok_or_else(|| no_document("does not exist"))?;
        let root = path.parent().unwrap_or(path).to_owned();
        let packages = PackageTable::standalone();
        let topology = Topology::new(packages, Scan::standalone(name, Ok(stat)));
        let old = Old::default();
        let settings = self.settings();
        let circumstances = Circumstances {
            settings: &settings,
            store: &*self.store,
            paranoid: false,
        };
        let plans = plan::plans(&topology, &old, None, true, false, &circumstances);
        let session = self.session(settings, root.clone(), topology, old, plans, progress);
        session.activate([0]);
        self.mark_lost(&session);
        session.run(1);
        let snippets = self.snippets(&session);
        self.store.seal();
        let failures = session.scheduler().failures();
        let mut outcome = session.outcome(&failures);
        outcome.snippets = snippets;
        let frame = StateFrame {
            root: &root.to_string_lossy(),
            inputs: Vec::new(),
            packs: &[],
        };
        outcome.image = State::parse(session.state(frame)).map(Image::new);
        Ok(outcome)
    }

    fn session<'s>(
        &'s self,
        settings: Digest,
        root: PathBuf,
        topology: Topology,
        old: Old<'s>,
        plans: Vec<Plan>,
        progress: &'s dyn Progress,
    ) -> Session<'s> {
        let count = topology.len();
        Session {
            files: &*self.files,
            store: &*self.store,
            toolchain: &*self.toolchain,
            progress,
            cancelled: &self.cancelled,
            settings,
            root,
            topology,
            old,
            plans,
            scheduler: Mutex::new(Scheduler::new(count, self.options.keep_going)),
            slots: (0..count).map(|_| Mutex::new(Slot::default())).collect(),
            active: Mutex::new(vec![false; count]),
            cycles: OnceLock::new(),
        }
    }

    pub(crate) fn settings(&self) -> Digest {
        crate::action::settings(&self.toolchain.id(), &self.options.profile)
    }

    fn snippets(&self, session: &Session<'_>) -> Vec<Snippet> {
        match self.options.snippets {
            true => session.snippets(self.options.jobs),
            false => Vec::new(),
        }
    }

    fn mark_lost(&self, session: &Session<'_>) {
        for module in self.lost().drain(..).filter_map(|id| session.topology.find(&id)) {
            session.slot(module).lost = true;
        }
    }

    fn module_scope(&self, root: &Path, packages: &PackageTable) -> Option<ModuleScope> {
        match &self.options.scope {
            Scope::Workspace => None,
            Scope::Package(name) => Some(ModuleScope::Package(name.clone())),
            Scope::Document(path) => {
                let path = path.strip_prefix(root).ok()?.to_str()?;
                packages
                    .packages
                    .iter()
                    .find_map(|package| package.module_of(path))
                    .map(ModuleScope::Module)
            }
        }
    }

    /// No more threads than there are modules to look at.
    fn threads(&self, session: &Session<'_>) -> usize {
        let unsettled = session.scheduler().unsettled();
        session.progress.planned(unsettled);
        self.options.jobs.clamp(1, unsettled.max(1))
    }

    /// Modules that the scope asks for.
    fn scoped_modules(
        &self,
        packages: &PackageTable,
        scan: &Scan,
        root: &Path,
    ) -> Result<Vec<u32>, BuildError> {
        let numbered = || {
            scan.files
                .iter()
                .enumerate()
                .map(|(number, file)| (number as u32, file))
        };
        match &self.options.scope {
            Scope::Workspace => Ok((0..scan.files.len() as u32).collect()),
            Scope::Package(name) => {
                let package = packages.find(name).ok_or_else(|| BuildError::NoPackage {
                    name: name.clone(),
                    packages: packages
                        .packages
                        .iter()
                        .map(|package| package.name.clone())
                        .collect(),
                })?;
                Ok(numbered()
                    .filter(|(_, file)| file.package == package)
                    .map(|(number, _)| number)
                    .collect())
            }
            Scope::Document(path) => {
                let found = numbered().find(|(_, file)| root.join(scan.path(file)) == *path);
                let no_document = |reason: &str| BuildError::NoDocument {
                    path: path.clone(),
                    reason: reason.to_owned(),
                };
                match found {
                    Some((number, _)) => Ok(vec![number]),
                    None if self.files.stat(path).is_none() => Err(no_document("does not exist")),
                    None => Err(no_document(
                        "is not a document of a package: those lie in the package's `src` folder",
                    )),
                }
            }
        }
    }

    /// Warnings of results that need nothing. Nothing if the store has lost any.
    fn replay(&self, root: &Path, head: &Head<'_>, state: &State) -> Option<Vec<Report>> {
        let mut reports = Vec::new();
        if !head.files.iter().any(|file| file.has_warnings) {
            return Some(reports);
        }
        let body = state.body()?;
        for file in head.files.iter().filter(|file| file.has_warnings) {
            let record = RecordRef::parse(body.get(file.offset as usize..)?.get(..file.length as usize)?)?;
            let stored = self.store.blob(BlobKind::Plain, &record.results.warnings)?;
            let (bytes, _) = self
                .files
                .read(&root.join(file.path), MAXIMUM_DOCUMENT_BYTES)
                .ok()?;
            reports.push(Report {
                path: file.path.to_owned(),
                module: crate::image::module_id(&head.packages, file)?,
                snippet: None,
                text: self.toolchain.text(&bytes).ok()?.into(),
                diagnostics: self.toolchain.decode_diagnostics(&stored)?,
                unreadable: None,
            });
        }
        reports.sort_by(|left, right| left.path.cmp(&right.path));
        Some(reports)
    }
}

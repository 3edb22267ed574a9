//! A build as commands need it: options from arguments, a progress line, Ctrl-C, and manifests' problems printed.

use super::Session;
use crate::arguments::BuildOptions;
use crate::capacity::{capacity, default_capacity};
use crate::exit::Exit;
use crate::output::{BuildProgress, Listener, Printer, print_problems};
use crate::paths::{absolute, shown};
use crate::surroundings::HomeSurroundings;
use lumen_build::{
    Build, BuildError, Forecast, ModuleGraph, Options, Outcome, Program, ProgramError, Ran, Scope, TestKey,
    TestMemory, readable_bytes,
};
use lumen_vm::lir::ModuleId;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

/// What to build, from where.
pub(crate) struct Target {
    start: PathBuf,
    scope: Scope,
}

impl Target {
    /// A document, else a package of the workspace around the current folder, else all of it.
    pub(crate) fn of(session: &Session, document: Option<&Path>, package: Option<&str>) -> Target {
        let start = session.environment.folder.clone();
        let scope = match (document, package) {
            (Some(document), _) => Scope::Document(absolute(&start, document)),
            (None, Some(package)) => Scope::Package(package.to_owned()),
            (None, None) => Scope::Workspace,
        };
        Target { start, scope }
    }
}

impl Target {
    /// The same in another folder.
    pub(crate) fn starting_at(self, start: PathBuf) -> Target {
        Target { start, ..self }
    }

    /// Everything that a build of it is given.
    pub(crate) fn options(self, session: &Session, options: &BuildOptions) -> Options {
        Options {
            jobs: options.jobs.map_or_else(cores, usize::from),
            keep_going: options.keep_going,
            paranoid: options.paranoid,
            locked: options.packages.is_locked(),
            offline: options.packages.is_offline(),
            accept_grants: options.packages.accept_grants,
            minimal: options.packages.minimal,
            scope: self.scope,
            ..Options::new(self.start, &session.environment.cache)
        }
    }
}

/// A build that is about to run.
pub(crate) struct Builder<'s> {
    session: &'s Session,
    build: Build,
}

/// A build that ran.
pub(crate) struct Built<'s> {
    session: &'s Session,
    build: Build,
    /// How it ended.
    pub(crate) outcome: Outcome,
}

impl<'s> Builder<'s> {
    /// With the command line's options.
    pub(crate) fn new(session: &'s Session, target: Target, options: &BuildOptions) -> Builder<'s> {
        Builder::with(session, target, options, false)
    }

    /// With snippets too, for tests.
    pub(crate) fn with_snippets(session: &'s Session, target: Target, options: &BuildOptions) -> Builder<'s> {
        Builder::with(session, target, options, true)
    }

    /// That is asked and writes nothing.
    pub(crate) fn asking(session: &'s Session, target: Target, options: &BuildOptions) -> Builder<'s> {
        let build = Build::asking(target.options(session, options))
            .with_surroundings(Box::new(HomeSurroundings::new(session, true)));
        Builder { session, build }
    }

    /// What running it would do. What is wrong with manifests, arguments or the lock is printed, and gives an exit status instead.
    pub(crate) fn forecast(&self) -> Result<Forecast, Exit> {
        let session = self.session;
        session.interrupt.tell(Some(self.build.cancellation()));
        let progress = BuildProgress::new(&session.output, &session.interrupt);
        let forecast = self.build.forecast(&progress);
        progress.clear();
        session.interrupt.tell(None);
        forecast.map_err(|error| print_error(session, &error))
    }

    /// Which module imports which. Trouble is printed, as by [`Builder::forecast`].
    pub(crate) fn graph(&self) -> Result<ModuleGraph, Exit> {
        let graph = self.build.graph();
        graph.map_err(|error| print_error(self.session, &error))
    }

    fn with(session: &'s Session, target: Target, options: &BuildOptions, snippets: bool) -> Builder<'s> {
        let build = Build::new(Options {
            snippets,
            ..target.options(session, options)
        })
        .with_surroundings(Box::new(HomeSurroundings::new(
            session,
            options.packages.is_offline(),
        )));
        Builder { session, build }
    }

    /// Ends as soon as nothing has changed since tests last ran, and what they left is `enough`.
    pub(crate) fn unless_known(
        self,
        enough: impl Fn(&TestMemory) -> bool + Send + Sync + 'static,
    ) -> Builder<'s> {
        Builder {
            build: self.build.unless_known(enough),
            ..self
        }
    }

    /// The build, to be asked without running it.
    pub(crate) fn build(&self) -> &Build {
        &self.build
    }

    /// Builds, and prints nothing; `listener` is told what is found meanwhile.
    pub(crate) fn outcome(self, listener: Option<&dyn Listener>) -> Result<Built<'s>, BuildError> {
        let session = self.session;
        session.interrupt.tell(Some(self.build.cancellation()));
        let progress = BuildProgress::new(&session.output, &session.interrupt).telling(listener);
        let outcome = self.build.run(&progress);
        progress.clear();
        session.interrupt.tell(None);
        Ok(Built {
            session,
            build: self.build,
            outcome: outcome?,
        })
    }

    /// Builds, and prints findings as they come. What is wrong with manifests, arguments or the lock is printed, and gives an exit
    /// status instead.
    pub(crate) fn run(self) -> Result<Built<'s>, Exit> {
        let session = self.session;
        let printer = Printer {
            output: &session.output,
            folder: &session.environment.folder,
        };
        let built = self.outcome(Some(&printer));
        built.map_err(|error| print_error(session, &error))
    }

    /// Builds, and prints no findings. Trouble as by [`Builder::run`].
    pub(crate) fn run_silently(self) -> Result<Built<'s>, Exit> {
        let session = self.session;
        self.outcome(None).map_err(|error| print_error(session, &error))
    }
}

impl Built<'_> {
    /// The exit status of the build alone.
    pub(crate) fn exit(&self) -> Exit {
        match (self.outcome.cancelled, self.outcome.succeeded()) {
            (true, _) => Exit::Interrupted,
            (false, true) => Exit::Done,
            (false, false) => Exit::Failed,
        }
    }

    /// The build, to be asked further.
    pub(crate) fn build(&self) -> &Build {
        &self.build
    }

    /// Keeps that tests with these keys passed, and what ran.
    pub(crate) fn remember_tests(&mut self, passed: &[TestKey], ran: Ran<'_>) {
        self.outcome.notes.clear();
        self.build.remember_tests(&mut self.outcome, passed, ran);
    }

    /// Everything that can be reached from `entries`.
    pub(crate) fn program(&mut self, entries: &[ModuleId]) -> Result<Program, ProgramError> {
        let progress = BuildProgress::new(&self.session.output, &self.session.interrupt);
        let program = self.build.program(&mut self.outcome, entries, &progress);
        progress.clear();
        program
    }
}

/// A command is over when it drops this: only then, with everything said and every program run, the cache is tidied up.
impl Drop for Built<'_> {
    fn drop(&mut self) {
        if self.outcome.cancelled {
            return;
        }
        let wrong = std::cell::Cell::new(None);
        let room = || {
            capacity(self.session).unwrap_or_else(|error| {
                let capacity = default_capacity(self.session);
                wrong.set(Some(format!(
                    "{error:#}; the cache may take {}",
                    readable_bytes(capacity)
                )));
                capacity
            })
        };
        let notes = self.build.tidy(&room);
        let texts = wrong
            .take()
            .into_iter()
            .chain(notes.into_iter().map(|note| note.text));
        texts.for_each(|text| self.session.output.build_note(&text));
    }
}

/// All cores, or one if the system does not say.
pub(crate) fn cores() -> usize {
    available_parallelism().map_or(1, |cores| cores.get())
}

/// Says why nothing could be built.
pub(crate) fn print_error(session: &Session, error: &BuildError) -> Exit {
    let output = &session.output;
    let folder = &session.environment.folder;
    match error {
        BuildError::Manifest(loaded) => {
            let errors = print_problems(output, &loaded.problems, |file| loaded.source_text(file), folder);
            output.error(&format!("{error}: {errors} to mend before anything can be built"));
            Exit::Failed
        }
        BuildError::Lock(problems) => {
            print_problems(output, problems, |_| None, folder);
            output.error(&error.to_string());
            Exit::Failed
        }
        BuildError::Packages(failure) => {
            output.error(&error.to_string());
            match (failure.is_security(), failure.is_unreachable()) {
                (true, _) => Exit::Security,
                (false, true) => Exit::Unreachable,
                (false, false) => Exit::Failed,
            }
        }
        BuildError::Configuration(problems) => {
            print_problems(output, problems, |_| None, folder);
            output.error(&error.to_string());
            Exit::Failed
        }
        BuildError::LockNotRead(_) | BuildError::LockNotWritten(_) | BuildError::Folder { .. } => {
            output.error(&error.to_string());
            Exit::Failed
        }
        BuildError::NoWorkspace(_) => {
            output.error(&format!(
                "{error}; `lumen init` makes a package here, `lumen run notes.lm.md` needs none"
            ));
            Exit::Usage
        }
        BuildError::NoPackage { packages, .. } => {
            output.error(&format!("{error}; it has {}", packages.join(", ")));
            Exit::Usage
        }
        BuildError::NoDocument { path, reason } => {
            output.error(&format!("`{}` {reason}", shown(path, folder)));
            Exit::Usage
        }
    }
}

//! `lumen watch`: builds, tests or runs again whenever something has changed.
//!
//! A change during a build does not stop it; exactly one more build follows, of everything that has changed by then. An incremental
//! build takes milliseconds and keeps each result as soon as there is one, so stopping would gain little, and whoever saves without
//! pause would never see an end. Programs and test runs, which may take any time, are stopped.

mod builds;
mod child;
mod news;
mod patience;
mod program;
mod waiting;

use super::Session;
use super::builder::Target;
use crate::arguments::{BuildArguments, BuildOptions, TestArguments, WatchArguments, WatchCommand};
use crate::exit::Exit;
use anyhow::Result;
use builds::{Builds, Step};
use lumen_build::{Options, Watch, WatchOptions, document_stem};
use lumen_pkg::shell::Home;
use program::Kind;
use std::path::Path;
use waiting::{Next, Waiting};

/// What is built: a document, a package, or all of the workspace.
#[derive(Clone, Copy)]
struct Subject<'a> {
    document: Option<&'a Path>,
    package: Option<&'a str>,
    options: &'a BuildOptions,
}

impl Subject<'_> {
    fn target(&self, session: &Session) -> Target {
        Target::of(session, self.document, self.package)
    }

    fn options(&self, session: &Session) -> Options {
        self.target(session).options(session, self.options)
    }
}

/// Watches until Ctrl-C, which is the way to end it and no failure.
pub(crate) fn watch(session: &Session, arguments: &WatchArguments) -> Result<Exit> {
    let default = WatchCommand::default_build();
    let command = arguments.command.as_ref().unwrap_or(&default);
    let subject = subject(command);
    if let WatchCommand::Run(run) = command
        && run.stdin.is_some()
    {
        let message = "standard input can be read only once: give the value with `--arg`";
        session.output.error(message);
        return Ok(Exit::Usage);
    }
    let watch = Watch::start(
        &subject.options(session),
        WatchOptions {
            poll: arguments.poll,
            tests: matches!(command, WatchCommand::Test(_)),
            configuration: Some(Home::new(&session.environment.home).config_file()),
        },
    );
    let mut waiting = Waiting::start(session, watch, command.name(), arguments.clear);
    let exit = match command {
        WatchCommand::Build(_) | WatchCommand::Check(_) => build(session, subject, &mut waiting)?,
        WatchCommand::Test(_) => program::run(session, subject, &mut waiting, Kind::Tests)?,
        WatchCommand::Run(_) => program::run(session, subject, &mut waiting, Kind::Program)?,
    };
    waiting.stopped();
    Ok(exit)
}

fn subject(command: &WatchCommand) -> Subject<'_> {
    match command {
        WatchCommand::Build(BuildArguments { target, options })
        | WatchCommand::Check(BuildArguments { target, options }) => Subject {
            document: target.document.as_deref(),
            package: target.package.as_deref(),
            options,
        },
        WatchCommand::Test(TestArguments {
            filters,
            package,
            options,
            ..
        }) => Subject {
            document: filters
                .iter()
                .find(|filter| document_stem(filter).is_some())
                .map(Path::new),
            package: package.as_deref(),
            options,
        },
        WatchCommand::Run(run) => Subject {
            document: run.document.as_deref(),
            package: run.package.as_deref(),
            options: &run.options,
        },
    }
}

/// Builds after each change.
fn build(session: &Session, subject: Subject<'_>, waiting: &mut Waiting<'_>) -> Result<Exit> {
    let mut builds = Builds::new(session, subject);
    let mut changes = None;
    loop {
        match builds.build(waiting, changes.as_ref()) {
            Err(exit) => return Ok(exit),
            Ok(Step::Ended { succeeded, .. }) => waiting.idle(succeeded),
            Ok(Step::Same) => waiting.unchanged(),
        }
        changes = loop {
            match waiting.next(None) {
                Next::Stopped => return Ok(Exit::Done),
                Next::Called => {}
                Next::Changed(changes) => break Some(changes),
            }
        };
    }
}

//! `lumen watch test` and `lumen watch run`: after a change, what runs is stopped and started anew. Both start the command that
//! stands on the command line, so they do exactly what `lumen test` and `lumen run` do.
//!
//! The build comes first, in this process: its errors are there at once, and an edit of prose lets a program run on.

use super::builds::{Builds, Step};
use super::child::Child;
use super::patience::Patience;
use super::waiting::{Next, Waiting};
use super::{Session, Subject};
use crate::exit::Exit;
use anyhow::Result;
use lumen_build::Changes;

/// What is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Tests: after each change. Which of them have to run again, their cache knows.
    Tests,
    /// A program: after each change of code.
    Program,
}

/// Exit status 2, wrong usage: no change of a file mends that.
const USAGE: i32 = 2;

/// What runs, and what it was built from.
struct Running<'s> {
    session: &'s Session,
    kind: Kind,
    child: Option<Child>,
    image: Option<[u8; 32]>,
    patience: Patience,
}

/// Builds and runs until Ctrl-C.
pub(super) fn run(
    session: &Session,
    subject: Subject<'_>,
    waiting: &mut Waiting<'_>,
    kind: Kind,
) -> Result<Exit> {
    let mut builds = Builds::new(session, subject).silent_if_built();
    let mut running = Running {
        session,
        kind,
        child: None,
        image: None,
        patience: Patience::default(),
    };
    let mut changes = None;
    loop {
        match builds.build(waiting, changes.as_ref()) {
            Err(exit) => return Ok(exit),
            Ok(Step::Ended { succeeded, image }) => running.built(waiting, succeeded, image),
            Ok(Step::Same) if kind == Kind::Tests && builds.succeeded() => {
                waiting.beginning(changes.as_ref()).tell();
                waiting.begun();
                running.start(waiting);
            }
            Ok(Step::Same) => waiting.unchanged(),
        }
        changes = match running.next(waiting, changes.is_none()) {
            Ok(changes) => Some(changes),
            Err(exit) => return Ok(exit),
        };
    }
}

impl Running<'_> {
    /// A build has something new to say.
    fn built(&mut self, waiting: &Waiting<'_>, succeeded: bool, image: Option<[u8; 32]>) {
        if succeeded && self.kind == Kind::Program && image.is_some() && image == self.image {
            return waiting.unchanged();
        }
        self.image = image.filter(|_| succeeded);
        match succeeded {
            true => self.start(waiting),
            false => {
                self.stop(waiting);
                waiting.idle(false);
            }
        }
    }

    /// Starts it anew, or says why not: the folder may be gone, and come back.
    fn start(&mut self, waiting: &Waiting<'_>) {
        self.stop(waiting);
        let command = match self.kind {
            Kind::Tests => "test",
            Kind::Program => "run",
        };
        match Child::start(self.session, command, waiting.waker()) {
            Ok(child) => {
                self.child = Some(child);
                waiting.tell_run("started", None);
            }
            Err(error) => {
                self.session.output.error(&format!("{error:#}"));
                waiting.idle(false);
            }
        }
    }

    fn stop(&mut self, waiting: &Waiting<'_>) {
        if self.child.take().is_some() {
            self.patience.stopped();
            let what = match self.kind {
                Kind::Tests => "the tests",
                Kind::Program => "the program",
            };
            self.session.output.status("Stopped", what);
            waiting.tell_run("stopped", None);
        }
    }

    /// Waits for a change that is to be dealt with now, or says how all of it ends.
    fn next(&mut self, waiting: &mut Waiting<'_>, is_first: bool) -> Result<Changes, Exit> {
        let mut changes: Option<Changes> = None;
        loop {
            let left = self.left();
            if left.is_none()
                && let Some(changes) = changes
            {
                return Ok(changes);
            }
            match waiting.next(left.filter(|_| changes.is_some())) {
                Next::Stopped => return Err(Exit::Done),
                Next::Changed(new) => match &mut changes {
                    Some(changes) => changes.join(new),
                    None => changes = Some(new),
                },
                Next::Called => {}
            }
            if let Some(status) = self.child.as_ref().and_then(Child::status) {
                self.ended(waiting, status);
                if status == USAGE && is_first {
                    return Err(Exit::Usage);
                }
            }
        }
    }

    /// How long a change has to wait still: tests are not stopped again and again.
    fn left(&self) -> Option<std::time::Duration> {
        let child = self.child.as_ref().filter(|_| self.kind == Kind::Tests)?;
        let left = child.left(self.patience.time());
        (!left.is_zero()).then_some(left)
    }

    fn ended(&mut self, waiting: &mut Waiting<'_>, status: i32) {
        self.child = None;
        self.patience.ended();
        match self.kind {
            Kind::Tests => waiting.absorb_own_writes(),
            Kind::Program => {
                let how = format!("with status {status}; a change starts it again");
                self.session.output.status("Ended", &how);
            }
        }
        waiting.tell_run("ended", Some(status));
        waiting.idle(status == 0);
    }
}

//! `lumen watch test` and `lumen watch run`: after a change, what runs is stopped and started anew. Both start the command that
//! stands on the command line, so they do exactly what `lumen test` and `lumen run` do.

use super::builds::{Builds, Step};
use super::child::Child;
use super::patience::Patience;
use super::waiting::{Next, Waiting};
use super::{Session, Subject};
use crate::exit::Exit;
use anyhow::Result;
use lumen_build::Changes;

/// Exit status 2, wrong usage: no change of a file mends that.
const USAGE: i32 = 2;

/// Runs tests after each change. Which of them have to run again, the test runner's cache knows.
pub(super) fn test(session: &Session, waiting: &mut Waiting<'_>) -> Result<Exit> {
    let mut patience = Patience::default();
    let mut changes: Option<Changes> = None;
    let mut first = true;
    loop {
        waiting.begin(changes.take().as_ref());
        let mut child = start(session, waiting, "test");
        waiting.tell_run("started", None);
        loop {
            let left = child.as_ref().map(|child| child.left(patience.time()));
            if changes.is_some() && left.is_none_or(|left| left.is_zero()) {
                break;
            }
            match waiting.next(left.filter(|_| changes.is_some())) {
                Next::Stopped => return Ok(Exit::Done),
                Next::Changed(new) => changes = Some(new),
                Next::Called => {}
            }
            let Some(status) = child.as_ref().and_then(Child::status) else {
                continue;
            };
            child = None;
            patience.ended();
            waiting.absorb_own_writes();
            waiting.tell_run("ended", Some(status));
            if status == USAGE && first {
                return Ok(Exit::Usage);
            }
            waiting.idle(status == 0);
        }
        first = false;
        if child.take().is_some() {
            patience.stopped();
            waiting.tell_run("stopped", None);
        }
    }
}

/// Builds after each change, and starts the program anew if that gave other code.
pub(super) fn run(session: &Session, subject: Subject<'_>, waiting: &mut Waiting<'_>) -> Result<Exit> {
    let mut builds = Builds::new(session, subject).silent_if_built();
    let mut running: Option<Child> = None;
    let mut started = None;
    let mut changes: Option<Changes> = None;
    loop {
        match builds.build(waiting, changes.as_ref()) {
            Step::Stopped => return Ok(Exit::Done),
            Step::Ended { exit: Exit::Usage, .. } if changes.is_none() => return Ok(Exit::Usage),
            Step::Ended { exit: Exit::Done, image } if image.is_some() && image == started => waiting.unchanged(),
            Step::Same => waiting.unchanged(),
            Step::Ended { exit, image } => {
                if running.take().is_some() {
                    session.output.status("Stopped", "the program");
                    waiting.tell_run("stopped", None);
                }
                started = image.filter(|_| exit == Exit::Done);
                match exit {
                    Exit::Done => {
                        running = start(session, waiting, "run");
                        waiting.tell_run("started", None);
                    }
                    _ => waiting.idle(false),
                }
            }
        }
        changes = loop {
            match waiting.next(None) {
                Next::Stopped => return Ok(Exit::Done),
                Next::Changed(new) => break Some(new),
                Next::Called => {}
            }
            if let Some(status) = running.as_ref().and_then(Child::status) {
                running = None;
                let how = format!("with status {status}; a change starts it again");
                session.output.status("Ended", &how);
                waiting.tell_run("ended", Some(status));
                if status == USAGE && changes.is_none() {
                    return Ok(Exit::Usage);
                }
                waiting.idle(status == 0);
            }
        };
    }
}

/// Starts it, or says why not: the folder may be gone, and come back.
fn start(session: &Session, waiting: &Waiting<'_>, command: &str) -> Option<Child> {
    let child = Child::start(session, command, waiting.waker());
    child
        .inspect_err(|error| session.output.error(&format!("{error:#}")))
        .ok()
}

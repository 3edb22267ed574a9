//! Waiting for changes, and what is said about it.

use super::Session;
use crate::output::{Output, plural};
use crate::paths::shown;
use lumen_build::{Awoken, Changes, Outcome, Waker, Watch};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// As many changed files are named to people.
const NAMED: usize = 3;

/// A watch and the terminal.
pub(super) struct Waiting<'s> {
    session: &'s Session,
    watch: Watch,
    stop: Arc<AtomicBool>,
    command: &'s str,
    clear: bool,
    /// How often something was built, tested or run.
    cycle: u64,
}

/// Why waiting ended.
pub(super) enum Next {
    /// Something has changed.
    Changed(Changes),
    /// A program ended, or the time is up.
    Called,
    /// Ctrl-C, or nobody reads any longer what is printed.
    Stopped,
}

impl<'s> Waiting<'s> {
    /// From now on Ctrl-C ends it.
    pub(super) fn start(session: &'s Session, watch: Watch, command: &'s str, clear: bool) -> Waiting<'s> {
        let stop = Arc::<AtomicBool>::default();
        let (flag, waker) = (Arc::clone(&stop), watch.waker());
        session.interrupt.call(Box::new(move || {
            flag.store(true, Ordering::SeqCst);
            waker.wake();
        }));
        session.interrupt.listen();
        Waiting {
            session,
            watch,
            stop,
            command,
            clear,
            cycle: 0,
        }
    }

    /// Waits for something to happen, but no longer than `longest`.
    pub(super) fn next(&mut self, longest: Option<Duration>) -> Next {
        loop {
            if self.is_stopped() {
                return Next::Stopped;
            }
            match self.watch.wait(longest) {
                Awoken::Changed(changes) => return Next::Changed(changes),
                Awoken::Unchanged => self.unchanged(),
                Awoken::Polling => self.tell_polling(),
                Awoken::Called if self.is_stopped() => return Next::Stopped,
                Awoken::Called => return Next::Called,
            }
        }
    }

    /// Whether it is to end.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst) || self.session.output.is_unread()
    }

    /// Somebody who can end the waiting.
    pub(super) fn waker(&self) -> Waker {
        self.watch.waker()
    }

    /// Watches the packages too that a build has found.
    pub(super) fn follow_outcome(&mut self, outcome: &Outcome) {
        self.watch.follow_outcome(outcome);
    }

    /// What a test run wrote itself is no change.
    pub(super) fn absorb_own_writes(&mut self) {
        self.watch.absorb_own_writes();
    }

    /// What the next thing that is said is about.
    pub(super) fn beginning<'c>(&self, changes: Option<&'c Changes>) -> Beginning<'c>
    where
        's: 'c,
    {
        Beginning {
            session: self.session,
            watched: (self.cycle == 0).then(|| Watched {
                command: self.command,
                mode: mode(&self.watch),
                polling: self.watch.polling().map(str::to_owned),
                folders: self.watch.folders(),
            }),
            clear: self.clear,
            cycle: self.cycle + 1,
            changes,
        }
    }

    /// Something new was said, after its beginning.
    pub(super) fn begun(&mut self) {
        self.cycle += 1;
    }

    /// Says that there is nothing to do until something changes.
    pub(super) fn idle(&self, passed: bool) {
        self.tell_idle(if passed { "passed" } else { "failed" });
    }

    /// Says that what happened changed nothing.
    pub(super) fn unchanged(&self) {
        self.tell_idle("unchanged");
    }

    /// Says how a test run or a program goes.
    pub(super) fn tell_run(&self, state: &str, status: Option<i32>) {
        self.session.output.event(&json!({
            "event": "watch-run",
            "version": 1,
            "cycle": self.cycle,
            "state": state,
            "status": status,
        }));
    }

    /// Says that it is over.
    pub(super) fn stopped(&self) {
        self.session
            .output
            .event(&json!({"event": "watch-stopped", "version": 1}));
    }

    fn tell_idle(&self, result: &str) {
        self.session.output.event(&json!({
            "event": "watch-idle",
            "version": 1,
            "cycle": self.cycle,
            "result": result,
        }));
    }

    fn tell_polling(&self) {
        let Some(reason) = self.watch.polling() else {
            return;
        };
        let output = &self.session.output;
        output.event(&json!({
            "event": "watch-mode",
            "version": 1,
            "mode": mode(&self.watch),
            "reason": reason,
        }));
        note_polling(output, reason);
    }
}

fn mode(watch: &Watch) -> &'static str {
    match watch.polling() {
        None => "events",
        Some(_) => "polling",
    }
}

fn note_polling(output: &Output, reason: &str) {
    output.note(&format!("note: files are looked at again and again: {reason}"));
}

/// What something new is about.
pub(super) struct Beginning<'c> {
    pub(super) session: &'c Session,
    /// If it is the first.
    watched: Option<Watched<'c>>,
    clear: bool,
    cycle: u64,
    changes: Option<&'c Changes>,
}

/// How a watch began.
struct Watched<'c> {
    command: &'c str,
    mode: &'static str,
    /// Why it is polling, if it is.
    polling: Option<String>,
    folders: usize,
}

impl Beginning<'_> {
    /// Says it, before what is new is printed.
    pub(super) fn tell(&self) {
        let output = &self.session.output;
        if let Some(watched) = &self.watched {
            watched.tell(output);
        }
        if self.clear {
            output.clear_terminal();
        }
        let Some(changes) = self.changes else { return };
        let folder = &self.session.environment.folder;
        let names: Vec<String> = changes.paths.iter().map(|path| shown(path, folder)).collect();
        output.event(&json!({
            "event": "watch-changed",
            "version": 1,
            "cycle": self.cycle,
            "changes": changes.count,
            "paths": names,
        }));
        let named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let text = match changes.count.saturating_sub(names.len().min(NAMED)) {
            0 => named,
            more => format!("{named} and {more} more"),
        };
        output.status("Changed", &text);
    }
}

impl Watched<'_> {
    fn tell(&self, output: &Output) {
        output.event(&json!({
            "event": "watch-started",
            "version": 1,
            "command": self.command,
            "mode": self.mode,
            "reason": self.polling,
            "folders": self.folders,
        }));
        output.status("Watching", &plural(self.folders, "folder"));
        if let Some(reason) = &self.polling {
            note_polling(output, reason);
        }
    }
}

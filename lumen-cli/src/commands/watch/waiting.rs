//! Waiting for changes, and what is said about it.

use super::Session;
use crate::output::{MessageFormat, plural};
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
    /// Says that it begins. From now on Ctrl-C ends it.
    pub(super) fn start(session: &'s Session, watch: Watch, command: &str, clear: bool) -> Waiting<'s> {
        let stop = Arc::<AtomicBool>::default();
        let (flag, waker) = (Arc::clone(&stop), watch.waker());
        session.interrupt.call(Box::new(move || {
            flag.store(true, Ordering::SeqCst);
            waker.wake();
        }));
        session.interrupt.listen();
        let waiting = Waiting {
            session,
            watch,
            stop,
            clear,
            cycle: 0,
        };
        // Without a workspace nothing is watched, and the first build says why.
        if waiting.watch.folders() > 0 {
            waiting.tell_started(command);
        }
        waiting
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

    /// Says what something new is about, before it is printed.
    pub(super) fn begin(&mut self, changes: Option<&Changes>) {
        let output = &self.session.output;
        self.cycle += 1;
        if self.clear {
            output.clear_terminal();
        }
        let Some(changes) = changes else { return };
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

    fn tell_started(&self, command: &str) {
        let (output, folders) = (&self.session.output, self.watch.folders());
        output.event(&json!({
            "event": "watch-started",
            "version": 1,
            "command": command,
            "mode": mode(&self.watch),
            "reason": self.watch.polling(),
            "folders": folders,
        }));
        output.status("Watching", &plural(folders, "folder"));
        self.tell_polling();
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
        if self.cycle > 0 {
            output.event(&json!({
                "event": "watch-mode",
                "version": 1,
                "mode": mode(&self.watch),
                "reason": reason,
            }));
        }
        if output.format == MessageFormat::Text {
            output.note(&format!("note: files are looked at again and again: {reason}"));
        }
    }
}

fn mode(watch: &Watch) -> &'static str {
    match watch.polling() {
        None => "events",
        Some(_) => "polling",
    }
}

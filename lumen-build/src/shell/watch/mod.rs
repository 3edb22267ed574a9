//! A watch: what matters to a build, followed by events or, where there are none, looked at again and again.

mod events;
mod inbox;
mod look;

use crate::outcome::Outcome;
use crate::shell::{Disk, clock};
use crate::watch::changes::Changes;
use crate::watch::hints::Hints;
use crate::watch::interest::{Interest, Kind, Subject, normal};
use crate::watch::known::Known;
use crate::watch::settle::{SETTLE, poll_interval};
use crate::watch::window::Follow;
use crate::{Options, Scope};
use events::Events;
use inbox::Inbox;
use lumen_pkg::LOCK_FILE;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How to watch what a build with some options depends on.
#[derive(Clone, Debug, Default)]
pub struct WatchOptions {
    /// Whether to look again and again, without events.
    pub poll: bool,
    /// Whether what only tests read matters too.
    pub tests: bool,
    /// The file of the user's configuration.
    pub configuration: Option<PathBuf>,
}

/// Files and folders under watch.
pub struct Watch {
    subject: Subject,
    known: Known,
    inbox: Arc<Inbox>,
    mode: Mode,
    /// Changes that nobody has been told of yet.
    untold: Option<Changes>,
    /// How long the last look everywhere took.
    took: Duration,
}

enum Mode {
    Events(Box<dyn Follow>),
    /// Why there are no events.
    Polling(String),
}

/// Why waiting ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Awoken {
    /// Something has another content.
    Changed(Changes),
    /// Something happened, but everything is what it was.
    Unchanged,
    /// There are no events any longer, and polling begins.
    Polling,
    /// Somebody used the [`Waker`], or the time is up.
    Called,
}

/// Ends waiting, from any thread.
#[derive(Clone)]
pub struct Waker {
    inbox: Arc<Inbox>,
}

impl Waker {
    /// Ends it, now or the next time.
    pub fn wake(&self) {
        self.inbox.wake();
    }
}

/// Follows nothing.
struct Nowhere;

impl Follow for Nowhere {
    fn change(&mut self, _leave: &[PathBuf], _join: &[PathBuf]) -> Result<(), String> {
        Ok(())
    }
}

impl Watch {
    /// Starts to watch. Whatever changes from now on is told.
    pub fn start(options: &Options, watch: WatchOptions) -> Watch {
        let start = match &options.scope {
            Scope::Document(path) => path.parent().unwrap_or(path),
            Scope::Workspace | Scope::Package(_) => &options.start,
        };
        let inbox = Arc::<Inbox>::default();
        let mode = match watch.poll {
            true => Mode::Polling("`--poll` asks for it".to_owned()),
            false => match remote_file_system(start) {
                Some(reason) => Mode::Polling(reason),
                None => match Events::start(Arc::clone(&inbox)) {
                    Ok(events) => Mode::Events(Box::new(events)),
                    Err(reason) => Mode::Polling(reason),
                },
            },
        };
        let subject = Subject {
            start: options.start.clone(),
            scope: options.scope.clone(),
            tests: watch.tests,
            configuration: watch.configuration,
        };
        Watch::with(subject, inbox, mode)
    }

    fn with(subject: Subject, inbox: Arc<Inbox>, mode: Mode) -> Watch {
        let mut watch = Watch {
            subject,
            known: Known::default(),
            inbox,
            mode,
            untold: None,
            took: Duration::ZERO,
        };
        watch.follow_packages(Interest::default());
        watch
    }

    /// Why there are no events, if so.
    pub fn polling(&self) -> Option<&str> {
        match &self.mode {
            Mode::Events(_) => None,
            Mode::Polling(reason) => Some(reason),
        }
    }

    /// How many folders are watched.
    pub fn folders(&self) -> usize {
        self.known.followed()
    }

    /// Somebody who can end the waiting.
    pub fn waker(&self) -> Waker {
        Waker {
            inbox: Arc::clone(&self.inbox),
        }
    }

    /// Waits until something happens, but no longer than `longest`.
    pub fn wait(&mut self, longest: Option<Duration>) -> Awoken {
        let end = longest.and_then(|longest| clock::moment().checked_add(longest));
        loop {
            let left = end.map(|end| end.saturating_duration_since(clock::moment()));
            if let Some(awoken) = self.wait_once(left) {
                return awoken;
            }
        }
    }

    /// The same; nothing if what happened is nobody's business.
    fn wait_once(&mut self, longest: Option<Duration>) -> Option<Awoken> {
        if let Some(changes) = self.untold.take() {
            return Some(Awoken::Changed(changes));
        }
        let interval = self.polling().map(|_| poll_interval(self.took));
        let longest = match (interval, longest) {
            (Some(interval), Some(longest)) => Some(interval.min(longest)),
            (interval, longest) => interval.or(longest),
        };
        let mut arrived = self.inbox.wait(SETTLE, longest);
        if let Some(reason) = arrived.refused {
            self.poll_from_now_on(reason);
            self.untold = self.look(&Hints::everywhere());
            return Some(Awoken::Polling);
        }
        if arrived.hints.is_empty() && interval.is_some() {
            arrived.hints = Hints::everywhere();
        }
        let hinted = !arrived.hints.is_empty();
        let was_polling = interval.is_some();
        let changes = match hinted {
            true => self.look(&arrived.hints),
            false => None,
        };
        Some(match changes {
            _ if self.polling().is_some() && !was_polling => {
                self.untold = changes;
                Awoken::Polling
            }
            Some(changes) if arrived.woken => {
                self.untold = Some(changes);
                Awoken::Called
            }
            Some(changes) => Awoken::Changed(changes),
            None if hinted && !arrived.woken && !was_polling => {
                return self.known.is_about(&arrived.hints).then_some(Awoken::Unchanged);
            }
            None => Awoken::Called,
        })
    }

    /// Takes what tests have written themselves for what was there before.
    pub fn absorb_own_writes(&mut self) {
        let follow: &mut dyn Follow = match &mut self.mode {
            Mode::Events(events) => &mut **events,
            Mode::Polling(_) => &mut Nowhere,
        };
        if let Err(reason) = self.known.absorb(&Disk, follow, Kind::Regressions) {
            self.inbox.refuse(reason);
        }
    }

    /// Takes a lock that a build wrote for what was there before, and watches folders too that it has found packages in, beside
    /// those that manifests name: the folders of `[patch]`. What changed in them while they were not watched is unknown, so that
    /// counts as a change.
    pub fn follow_outcome(&mut self, outcome: &Outcome) {
        if let Some(lock) = &outcome.written_lock {
            let content = Sha256::digest(lock).into();
            self.known
                .absorb_file(&Disk, &outcome.root.join(LOCK_FILE), content);
        }
        let Some(image) = &outcome.image else { return };
        let mut interest = self.known.interest().clone();
        for folder in image.source_folders() {
            let folder = normal(&outcome.root.join(folder));
            interest.trees.entry(folder).or_insert(Kind::Sources);
        }
        if interest != *self.known.interest() {
            self.known.set_interest(interest);
            let changes = self.look_once(&Hints::default());
            self.untold.get_or_insert_default().join(changes);
        }
    }

    /// Looks where the hints say. Nothing if nothing has changed.
    fn look(&mut self, hints: &Hints) -> Option<Changes> {
        let before = clock::moment();
        let mut changes = self.look_once(hints);
        if hints.is_everywhere() {
            self.took = before.elapsed();
        }
        if changes.packages {
            let interest = self.known.interest().clone();
            changes.join(self.follow_packages(interest));
        }
        (changes.count > 0).then_some(changes)
    }

    /// Asks the manifests what matters, until that is not older than what was seen of the manifests.
    fn follow_packages(&mut self, mut before: Interest) -> Changes {
        let mut changes = Changes::default();
        for _ in 0..4 {
            let interest = Interest::of(&lumen_pkg::shell::Disk, &self.subject, &before);
            if interest == *self.known.interest() {
                break;
            }
            self.known.set_interest(interest.clone());
            changes.join(self.look_once(&Hints::default()));
            before = interest;
        }
        changes
    }

    fn look_once(&mut self, hints: &Hints) -> Changes {
        let looked = match &mut self.mode {
            Mode::Events(events) => self.known.look(&Disk, &mut **events, hints),
            Mode::Polling(_) => self.known.look(&Disk, &mut Nowhere, hints),
        };
        looked.unwrap_or_else(|reason| {
            self.poll_from_now_on(reason);
            let again = self.known.look(&Disk, &mut Nowhere, &Hints::everywhere());
            again.unwrap_or_default()
        })
    }

    fn poll_from_now_on(&mut self, reason: String) {
        self.mode = Mode::Polling(reason);
        self.known.forget_followed();
    }
}

/// Why events would tell nothing of what others change, if so.
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn remote_file_system(folder: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let folder = std::fs::canonicalize(folder).ok()?;
    let kind = crate::watch::mounts::remote_type(&mounts, &folder)?;
    Some(format!(
        "`{}` lies on a file system of the type {kind}, which does not tell what others change",
        folder.display()
    ))
}

/// Nobody says so here: events are taken where there are some.
#[cfg(not(target_os = "linux"))]
fn remote_file_system(_folder: &Path) -> Option<String> {
    None
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make files")]
mod tests;

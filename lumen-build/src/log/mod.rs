//! The build log: what one build did, when, on which thread, and why (`docs/spec/build-cache-v1.md`, Log).
//!
//! `gather` makes it of a session when a build ends, `write` and `read` turn it to lines of JSON and back; `critical` and
//! `difference` answer questions about it. A build that has nothing to do makes none.

mod critical;
mod difference;
mod gather;
mod read;
#[cfg(test)]
pub(crate) mod tests;
mod write;

pub use critical::CriticalStep;
pub use difference::{ModuleDifference, difference};

use crate::reason::{Decision, Reason, Setting};
use lumen_vm::lir::ModuleId;

/// Version of the log format, in its first line.
pub(crate) const VERSION: u64 = 3;

/// The log of one build. Times are microseconds since it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildLog {
    /// When it ended, nanoseconds since 1970.
    pub time: i64,
    /// Hash of the compiler, version of LIR, profile; as [`Setting`] lists them.
    pub settings: [String; 3],
    /// Threads that it could use.
    pub jobs: u32,
    /// Modules that took part, those that needed nothing included.
    pub modules: u64,
    /// How long it took, but for the writing of this log.
    pub duration: u64,
    /// Its parts, one after the other.
    pub phases: Vec<Phase>,
    /// What was done with modules; nothing of those that needed nothing.
    pub events: Vec<ModuleEvent>,
}

/// What was done with a module, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleEvent {
    /// The module.
    pub module: ModuleId,
    /// What was done.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// What the cache said, if it was asked.
    pub lookup: Option<Lookup>,
    /// Reading and parsing its document.
    pub read: Option<Work>,
    /// Deciding, and compiling if it came to that.
    pub build: Option<Work>,
    /// Bytes that were put in the cache.
    pub bytes: u64,
    /// Positions of the events of modules that this one imports.
    pub needs: Vec<u32>,
}

/// What the cache said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// It has a result for this code and these answers of imports.
    Hit,
    /// It has none.
    Miss(Miss),
}

/// Why the cache had no result. Keys have two levels: what is known before a module is compiled, its code above all, and what its
/// imports answered when it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// It knows no compilation of this code by this compiler. What is different about the module says the reason of its event.
    NoResult,
    /// It knows one, whose results are gone.
    ResultGone,
    /// It knows some, whose imports answered otherwise: the first answer that differs from the newest of them, as a
    /// [`Reason::ItemChanged`] or [`Reason::ImportMoved`].
    OtherAnswer(Reason),
}

impl Miss {
    /// The same, given why the module was built. If that is an answer too, both are the same one: that which differs from the last
    /// result of this workspace.
    pub(crate) fn of_module(self, reason: &Reason) -> Miss {
        let is_answer = matches!(reason, Reason::ItemChanged { .. } | Reason::ImportMoved { .. });
        match self {
            Miss::OtherAnswer(_) if is_answer => Miss::OtherAnswer(reason.clone()),
            miss => miss,
        }
    }

    /// Its name in logs and events.
    pub fn name(&self) -> &'static str {
        match self {
            Miss::NoResult => "no result",
            Miss::ResultGone => "result gone",
            Miss::OtherAnswer(_) => "other answer",
        }
    }
}

impl Lookup {
    /// Its name in logs and events.
    pub fn name(&self) -> &'static str {
        match self {
            Lookup::Hit => "hit",
            Lookup::Miss(_) => "miss",
        }
    }
}

/// Time that a thread spent on a module, in microseconds since the build began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Number of the thread, from 0.
    pub lane: u32,
    /// When it began.
    pub start: u64,
    /// When it ended.
    pub end: u64,
}

impl Work {
    /// Its length in microseconds.
    pub fn duration(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// A part of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Which one.
    pub kind: PhaseKind,
    /// When it began.
    pub start: u64,
    /// When it ended.
    pub end: u64,
}

/// The parts of a build, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseKind {
    /// Finding the workspace: the state file, or manifests and lock.
    Manifest,
    /// Walking the source folders.
    Scan,
    /// Comparing with the state of the last build.
    Plan,
    /// Reading, deciding, compiling.
    Compile,
    /// Compiling the snippets of documents, for tests.
    Snippets,
    /// Sealing new results in a pack.
    Store,
    /// Making the link manifest.
    Link,
    /// Writing the state file.
    State,
}

impl PhaseKind {
    const ALL: [PhaseKind; 8] = [
        PhaseKind::Manifest,
        PhaseKind::Scan,
        PhaseKind::Plan,
        PhaseKind::Compile,
        PhaseKind::Snippets,
        PhaseKind::Store,
        PhaseKind::Link,
        PhaseKind::State,
    ];

    /// Its name in logs and events.
    pub fn name(self) -> &'static str {
        match self {
            PhaseKind::Manifest => "manifest",
            PhaseKind::Scan => "scan",
            PhaseKind::Plan => "plan",
            PhaseKind::Compile => "compile",
            PhaseKind::Snippets => "snippets",
            PhaseKind::Store => "store",
            PhaseKind::Link => "link",
            PhaseKind::State => "state",
        }
    }
}

impl ModuleEvent {
    /// An event that took no time of its own.
    pub(crate) fn untimed(module: ModuleId, decision: Decision, reason: Reason) -> ModuleEvent {
        ModuleEvent {
            module,
            decision,
            reason,
            lookup: None,
            read: None,
            build: None,
            bytes: 0,
            needs: Vec::new(),
        }
    }

    /// Microseconds that threads spent on it.
    pub fn duration(&self) -> u64 {
        let both = [self.read, self.build];
        both.iter().flatten().map(Work::duration).sum()
    }

    /// The module whose change or failure it goes back to.
    pub fn cause(&self) -> Option<&ModuleId> {
        match (&self.decision, &self.reason) {
            (Decision::Skipped(because), _) => Some(because),
            (_, Reason::ItemChanged { module, .. }) => Some(module),
            _ => None,
        }
    }
}

impl BuildLog {
    /// One of the settings.
    pub fn setting(&self, setting: Setting) -> &str {
        let mut named = Setting::ALL.iter().zip(&self.settings);
        let found = named.find(|(other, _)| **other == setting);
        found.map_or("", |(_, text)| text)
    }

    /// How often the cache had a result.
    pub fn hits(&self) -> usize {
        let lookups = self.events.iter().filter_map(|event| event.lookup.as_ref());
        lookups.filter(|lookup| **lookup == Lookup::Hit).count()
    }

    /// How often the cache was asked and had none.
    pub fn misses(&self) -> usize {
        let asked = self.events.iter().filter(|event| event.lookup.is_some());
        asked.count() - self.hits()
    }

    /// Positions of events by the time that threads spent on them, the longest first; equal ones by name.
    pub fn slowest(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        let key = |position: &usize| {
            self.events
                .get(*position)
                .map(|event| (std::cmp::Reverse(event.duration()), event.module.as_str()))
        };
        order.sort_by(|left, right| key(left).cmp(&key(right)));
        order
    }
}

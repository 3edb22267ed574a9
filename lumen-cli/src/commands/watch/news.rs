//! What a build of a watch finds, told as soon as it differs from what was said last. Until then it is held back: a build that has
//! nothing new to say is not to be seen.

use super::waiting::Beginning;
use crate::output::{Listener, Printer};
use lumen_build::Report;
use lumen_pkg::{Loaded, Problem};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Listens to one build.
pub(super) struct News<'a> {
    beginning: &'a Beginning<'a>,
    /// What was said last.
    problems: &'a [Problem],
    reports: &'a [Report],
    /// Whether only a build that fails is to be seen.
    needs_error: bool,
    held: Mutex<Held>,
}

/// What has been found.
#[derive(Default)]
pub(super) struct Held {
    manifests: Option<Loaded>,
    /// With the folder that paths start from; those that were not printed as they came.
    reports: Vec<(PathBuf, Report)>,
    /// Whether it is known that this is not what was said last.
    differs: bool,
    /// Whether an error is among it.
    has_error: bool,
    /// Whether all of it has been printed, and what comes is.
    is_open: bool,
}

impl<'a> News<'a> {
    pub(super) fn new(
        beginning: &'a Beginning<'a>,
        problems: &'a [Problem],
        reports: &'a [Report],
        needs_error: bool,
    ) -> News<'a> {
        News {
            beginning,
            problems,
            reports,
            needs_error,
            held: Mutex::default(),
        }
    }

    /// After the build: what was held back, or nothing if all of it has been printed.
    pub(super) fn end(self) -> Option<Held> {
        let held = self.held.into_inner().unwrap_or_else(PoisonError::into_inner);
        (!held.is_open).then_some(held)
    }

    /// Prints what was held back, if it is time to.
    fn open(&self, held: &mut Held) {
        if held.differs && (held.has_error || !self.needs_error) {
            held.is_open = true;
            self.beginning.tell();
            held.print(self.beginning);
        }
    }
}

impl Listener for News<'_> {
    fn manifests(&self, manifests: &Loaded) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.differs |= manifests.problems != self.problems;
        held.manifests = Some(manifests.clone());
        self.open(&mut held);
    }

    fn found(&self, root: &Path, report: &Report) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_open {
            return printer(self.beginning).found(root, report);
        }
        held.differs |= self.reports.get(held.reports.len()) != Some(report);
        held.has_error |= report.has_errors();
        held.reports.push((root.to_owned(), report.clone()));
        self.open(&mut held);
    }
}

impl Held {
    pub(super) fn print(&self, beginning: &Beginning<'_>) {
        let printer = printer(beginning);
        if let Some(manifests) = &self.manifests {
            printer.manifests(manifests);
        }
        for (root, report) in &self.reports {
            printer.found(root, report);
        }
    }
}

fn printer<'b>(beginning: &'b Beginning<'_>) -> Printer<'b> {
    Printer {
        output: &beginning.session.output,
        folder: &beginning.session.environment.folder,
    }
}

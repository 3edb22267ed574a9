//! What is seen while modules compile: findings, as soon as it is their turn, and one calm line: how many modules are done, and
//! which one is taking its time. The line is for terminals only; elsewhere the summary says it all.

use super::Output;
use crate::interrupt::Interrupt;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lumen_build::{Progress, Report, Step};
use lumen_pkg::Loaded;
use lumen_vm::lir::ModuleId;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

/// Who prints findings while a build runs. Told from one thread at a time.
pub(crate) trait Listener: Sync {
    /// Manifests that were read, perhaps with warnings.
    fn manifests(&self, manifests: &Loaded);

    /// What was found in a document below `root`.
    fn found(&self, root: &Path, report: &Report);
}

/// Prints each finding when it comes.
pub(crate) struct Printer<'o> {
    pub(crate) output: &'o Output,
    /// The current folder.
    pub(crate) folder: &'o Path,
}

impl Listener for Printer<'_> {
    fn manifests(&self, manifests: &Loaded) {
        self.output.warnings_of_manifests(Some(manifests), self.folder);
    }

    fn found(&self, root: &Path, report: &Report) {
        self.output.document(report, root, self.folder);
    }
}

/// What a build shows while it runs.
pub(crate) struct BuildProgress<'i> {
    visible: bool,
    interrupt: &'i Interrupt,
    bar: OnceLock<ProgressBar>,
    listener: Option<&'i dyn Listener>,
}

impl<'i> BuildProgress<'i> {
    /// A line that appears with the first module to look at. Ctrl-C is listened to from then on.
    pub(crate) fn new(output: &Output, interrupt: &'i Interrupt) -> BuildProgress<'i> {
        BuildProgress {
            visible: output.terminal && !output.quiet,
            interrupt,
            bar: OnceLock::new(),
            listener: None,
        }
    }

    /// With somebody who prints findings meanwhile.
    pub(crate) fn telling(self, listener: Option<&'i dyn Listener>) -> BuildProgress<'i> {
        BuildProgress { listener, ..self }
    }

    /// Prints something while the line is away.
    fn aside(&self, print: impl FnOnce()) {
        match self.bar.get() {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

impl Progress for BuildProgress<'_> {
    fn planned(&self, modules: usize) {
        if modules == 0 {
            return;
        }
        self.interrupt.listen();
        if self.visible {
            let bar = self.bar.get_or_init(|| {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
                let style = ProgressStyle::with_template("{spinner} {pos}/{len} modules {wide_msg}");
                bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
                bar.enable_steady_tick(Duration::from_millis(100));
                bar
            });
            bar.set_length(modules as u64);
        }
    }

    fn compiling(&self, module: &ModuleId) {
        if let Some(bar) = self.bar.get() {
            bar.set_message(module.to_string());
        }
    }

    fn finished(&self, _module: &ModuleId, _step: Step) {
        if let Some(bar) = self.bar.get() {
            bar.inc(1);
        }
    }

    fn manifests(&self, manifests: &Loaded) {
        if let Some(listener) = self.listener {
            self.aside(|| listener.manifests(manifests));
        }
    }

    fn found(&self, root: &Path, report: &Report) {
        if let Some(listener) = self.listener {
            self.aside(|| listener.found(root, report));
        }
    }
}

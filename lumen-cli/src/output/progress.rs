//! One calm line while modules compile: how many are done, and which one is taking its time. Terminals only; elsewhere
//! the summary says it all.

use super::Output;
use crate::interrupt::Interrupt;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lumen_build::{Progress, Step};
use lumen_vm::lir::ModuleId;
use std::sync::OnceLock;
use std::time::Duration;

/// The progress line of a build.
pub(crate) struct BuildProgress<'i> {
    visible: bool,
    interrupt: &'i Interrupt,
    bar: OnceLock<ProgressBar>,
}

impl<'i> BuildProgress<'i> {
    /// A line that appears with the first module to look at. Ctrl-C is listened to from then on.
    pub(crate) fn new(output: &Output, interrupt: &'i Interrupt) -> BuildProgress<'i> {
        BuildProgress {
            visible: output.terminal && !output.quiet,
            interrupt,
            bar: OnceLock::new(),
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
}

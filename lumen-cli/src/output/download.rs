//! Packages that come from registries: one calm line on a terminal while they do, and one line in the end that says how many and how much.

use super::{Output, plural};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lumen_pkg::client::{DownloadProgress, VerifiedRelease};
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

/// The downloads of one command. What was downloaded is said when it is dropped.
pub(crate) struct Downloads {
    output: Arc<Output>,
    bar: RefCell<Option<ProgressBar>>,
    packages: Cell<usize>,
    bytes: Cell<u64>,
}

impl Downloads {
    /// Says nothing as long as nothing is downloaded.
    pub(crate) fn new(output: &Arc<Output>) -> Downloads {
        Downloads {
            output: Arc::clone(output),
            bar: RefCell::new(None),
            packages: Cell::new(0),
            bytes: Cell::new(0),
        }
    }
}

impl DownloadProgress for Downloads {
    fn planned(&self, archives: usize) {
        if archives == 0 || !self.output.terminal || self.output.quiet {
            return;
        }
        let mut bar = self.bar.borrow_mut();
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template("{spinner} {pos}/{len} packages {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        // One registry after the other says how many.
        bar.inc_length(archives as u64);
    }

    fn arrived(&self, release: &VerifiedRelease, bytes: usize) {
        self.packages.set(self.packages.get() + 1);
        self.bytes.set(self.bytes.get() + bytes as u64);
        let (package, version) = (&release.package, &release.published.version);
        if let Some(bar) = self.bar.borrow().as_ref() {
            bar.set_message(format!("{package} {version}"));
            bar.inc(1);
        }
        self.output.event(&json!({
            "event": "downloaded",
            "version": 1,
            "package": package,
            "release": version.to_string(),
            "bytes": bytes,
        }));
    }
}

impl Drop for Downloads {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
        if self.packages.get() > 0 {
            let packages = plural(self.packages.get(), "package");
            self.output
                .status("Downloaded", &format!("{packages}, {}", size(self.bytes.get())));
        }
    }
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short() {
        let shown: Vec<String> = [0, 999, 1_000, 12_345, 1_000_000].map(size).into();
        assert_eq!(shown, ["0 bytes", "999 bytes", "1.0 kB", "12.3 kB", "1.0 MB"]);
    }
}

//! What a build has to say: findings, notes, and one line in past tense.

use super::{MessageFormat, Output};
use crate::paths::shown;
use lumen_build::{Note, Outcome, Report as DocumentReport, hex};
use lumen_compiler::diagnostic::{Code, Report, Severity, Source};
use lumen_compiler::document::{DocumentRange, Form, LineColumn};
use lumen_pkg::Loaded;
use std::path::Path;
use std::time::Duration;

impl Output {
    /// Prints all of a build whose findings have not been printed; `folder` is the current one.
    pub(crate) fn build(&self, outcome: &Outcome, folder: &Path) {
        self.warnings_of_manifests(outcome.manifests.as_ref(), folder);
        for report in &outcome.reports {
            self.document(report, &outcome.root, folder);
        }
        self.ended(outcome);
    }

    /// Prints notes and how a build ended, whose findings have been printed.
    pub(crate) fn ended(&self, outcome: &Outcome) {
        self.notes(&outcome.notes);
        self.summary(outcome);
    }

    /// Prints what was found on the way to an answer about modules: warnings of manifests, and notes.
    pub(crate) fn remarks(&self, manifests: Option<&Loaded>, notes: &[Note], folder: &Path) {
        self.warnings_of_manifests(manifests, folder);
        self.notes(notes);
    }

    /// Prints notes of a build.
    pub(crate) fn notes(&self, notes: &[Note]) {
        notes.iter().for_each(|note| self.build_note(&note.text));
    }

    /// Prints a note of the build.
    pub(crate) fn build_note(&self, text: &str) {
        match self.format {
            MessageFormat::Text => self.note(&format!("note: {text}")),
            MessageFormat::Json => {
                self.event(&serde_json::json!({"event": "note", "version": 1, "message": text}));
            }
        }
    }

    /// Prints what is doubtful in manifests.
    pub(crate) fn warnings_of_manifests(&self, manifests: Option<&Loaded>, folder: &Path) {
        if let Some(loaded) = manifests.filter(|_| !self.quiet) {
            super::print_problems(self, &loaded.problems, |file| loaded.source_text(file), folder);
        }
    }

    /// The findings of one document. `--quiet` leaves warnings out.
    pub(crate) fn document(&self, report: &DocumentReport, root: &Path, folder: &Path) {
        let file = shown(&root.join(&report.path), folder);
        if let Some(unreadable) = &report.unreadable {
            // A text that is none; without a position the file could not even be read.
            let code = unreadable.position.map_or("", |_| Code::E0007.info().name);
            let mut finding = Report::of_file(Severity::Error, code, &unreadable.reason, &file);
            finding.range = unreadable.position.map(|(line, column)| {
                let place = LineColumn {
                    line: line as u32,
                    column: column as u32,
                };
                DocumentRange {
                    start: place,
                    end: place,
                }
            });
            self.report(&finding);
        }
        if report.diagnostics.is_empty() {
            return;
        }
        let source = Source::new(&*report.text);
        let maps = Form::of_path(&report.path).positions(&report.text);
        let map = match report.snippet {
            None => &maps.module,
            Some(number) => maps.snippets.get(number).unwrap_or(&maps.module),
        };
        let mut diagnostics: Vec<_> = report.diagnostics.iter().collect();
        if self.quiet {
            diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
        }
        for diagnostic in diagnostics {
            self.report(&Report::of(diagnostic, &file, Some(&source), map));
        }
    }

    /// The event of a finished build. The hash of its image takes up to a third as long as a whole build with nothing to do, so it is
    /// not worked out for people.
    fn finished(&self, outcome: &Outcome, errors: usize) {
        self.event(&serde_json::json!({
            "event": "build-finished",
            "version": 1,
            "modules": outcome.modules,
            "compiled": outcome.compiled,
            "cached": outcome.cached,
            "up_to_date": outcome.up_to_date,
            "failed": outcome.failed,
            "skipped": outcome.skipped.len(),
            "not_started": outcome.not_started,
            "errors": errors,
            "warnings": count(outcome, Severity::Warning),
            "cancelled": outcome.cancelled,
            "image": outcome.image.as_ref().map(|image| hex(&image.hash())),
            "milliseconds": milliseconds(outcome.duration),
        }));
    }

    fn summary(&self, outcome: &Outcome) {
        let errors = count(outcome, Severity::Error);
        if self.format == MessageFormat::Json {
            self.finished(outcome, errors);
        }
        let time = seconds(outcome.duration);
        if outcome.modules == 0 && outcome.succeeded() {
            self.status("Built", &format!("0 modules in {time}"));
            return self.no_documents();
        }
        let modules = plural(outcome.modules, "module");
        if outcome.is_up_to_date() && outcome.modules == outcome.up_to_date && errors == 0 {
            self.status(
                "Built",
                &format!("{modules} in {time}: 0 compiled, everything is up to date"),
            );
            return;
        }
        let parts = [
            (outcome.compiled, "compiled"),
            (outcome.cached, "from the cache"),
            (outcome.up_to_date, "up to date"),
            (outcome.failed, "failed"),
            (outcome.skipped.len(), "skipped, since what they import failed"),
            (outcome.not_started, "not started (`--keep-going` goes on)"),
        ];
        let counts: Vec<String> = parts
            .iter()
            .filter(|(number, what)| *number > 0 || *what == "compiled")
            .map(|(number, what)| format!("{number} {what}"))
            .collect();
        let verb = match (outcome.cancelled, outcome.succeeded()) {
            (true, _) => "Stopped",
            (false, true) => "Built",
            (false, false) => "Failed",
        };
        self.status(verb, &format!("{modules} in {time}: {}", counts.join(", ")));
        if let Some(code) = first_error(outcome) {
            self.note(&format!(
                "           `lumen explain {}` says more",
                code.info().name
            ));
        }
        if errors > 0 {
            self.error(&format!(
                "{} in {}",
                plural(errors, "error"),
                plural(outcome.failed, "document")
            ));
        }
    }
}

impl Output {
    /// Says why there is nothing to build, and what to do.
    pub(crate) fn no_documents(&self) {
        self.note(&format!(
            "{:>10} there are no documents: write `src/main.lm.md`, as `lumen new` makes it",
            ""
        ));
    }
}

/// The code of the first error.
fn first_error(outcome: &Outcome) -> Option<Code> {
    let mut found = outcome.reports.iter().flat_map(|report| &report.diagnostics);
    let error = found.find(|diagnostic| diagnostic.severity == Severity::Error)?;
    Some(error.code)
}

fn count(outcome: &Outcome, severity: Severity) -> usize {
    let unreadable = outcome
        .reports
        .iter()
        .filter(|report| report.unreadable.is_some() && severity == Severity::Error);
    let found = outcome.reports.iter().flat_map(|report| &report.diagnostics);
    unreadable.count() + found.filter(|diagnostic| diagnostic.severity == severity).count()
}

/// `1 module`, `2 modules`, `3 entries`.
pub(crate) fn plural(number: usize, what: &str) -> String {
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {what}s"),
    }
}

/// A duration in events: milliseconds with at most three decimals, rounded.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    let microseconds = duration.as_nanos().saturating_add(500) / 1_000;
    microseconds as f64 / 1e3
}

/// A duration for people.
pub(crate) fn seconds(duration: Duration) -> String {
    match duration.as_secs_f64() {
        tiny if tiny < 0.001 => format!("{:.0} µs", tiny * 1e6),
        short if short < 0.9995 => format!("{:.0} ms", short * 1e3),
        long => format!("{long:.2} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::milliseconds;
    use std::time::Duration;

    #[test]
    fn events_have_milliseconds_with_three_decimals() {
        for (nanoseconds, written) in [
            (0, "0.0"),
            (46_620, "0.047"),
            (46_499, "0.046"),
            (1_000_000, "1.0"),
            (1_234_567_890, "1234.568"),
        ] {
            let time = milliseconds(Duration::from_nanos(nanoseconds));
            assert_eq!(serde_json::json!(time).to_string(), written);
        }
    }
}

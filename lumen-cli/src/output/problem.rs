//! Problems of manifests, workspaces and the lock, through the renderer of the compiler's findings.

use super::Output;
use crate::paths::shown;
use lumen_compiler::diagnostic::{Report, ReportLabel, Severity, Source};
use lumen_compiler::document::{DocumentRange, LineColumn};
use lumen_pkg::{Problem, Region};
use std::path::Path;

/// Prints problems; `text` gives the lines of a file, `folder` is the current one. Says how many are errors.
pub(crate) fn print_problems<'t>(
    output: &Output,
    problems: &[Problem],
    text: impl Fn(&Path) -> Option<&'t str>,
    folder: &Path,
) -> usize {
    for problem in problems {
        let source = text(&problem.location.file).map(Source::new);
        output.report(&report(problem, source.as_ref(), folder));
    }
    problems
        .iter()
        .filter(|problem| problem.severity == lumen_pkg::Severity::Error)
        .count()
}

/// Labels in the same file are shown in the excerpt, those in others named below it.
fn report<'s>(problem: &Problem, source: Option<&'s Source>, folder: &Path) -> Report<'s> {
    let severity = match problem.severity {
        lumen_pkg::Severity::Error => Severity::Error,
        lumen_pkg::Severity::Warning => Severity::Warning,
    };
    let file = shown(&problem.location.file, folder);
    let mut report = Report::of_file(severity, problem.code.unwrap_or(""), &problem.message, &file);
    report.source = source;
    report.range = problem.location.region.map(range);
    for label in &problem.labels {
        match label
            .location
            .region
            .filter(|_| label.location.file == problem.location.file)
        {
            Some(region) => report.labels.push(ReportLabel {
                range: range(region),
                text: label.message.clone(),
            }),
            None => {
                let line = label
                    .location
                    .region
                    .map(|region| format!(":{}", region.line))
                    .unwrap_or_default();
                let place = shown(&label.location.file, folder);
                report
                    .help
                    .push(format!("see {place}{line}: {}", label.message).into());
            }
        }
    }
    report.help.extend(problem.help.clone().map(Into::into));
    report
}

fn range(region: Region) -> DocumentRange {
    DocumentRange {
        start: LineColumn {
            line: region.line,
            column: region.column,
        },
        end: LineColumn {
            line: region.end_line,
            column: region.end_column,
        },
    }
}

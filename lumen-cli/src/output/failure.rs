//! Failures of a running program: kind, message, document line with a caret, and the stack of cells.

use super::Output;
use crate::paths::shown;
use lumen_build::{Program, ProgramModule, TestCase, bundled_text};
use lumen_compiler::diagnostic::{Report, Severity, Source};
use lumen_compiler::document::{DocumentRange, Form};
use lumen_vm::lir::Span;
use lumen_vm::{Details, Failure, FailureKind};
use serde_json::json;
use std::path::Path;

/// Resolves failures to lines of documents: what is needed besides the failure.
pub(crate) struct FailureReport<'p> {
    /// The program that failed; nothing for hand-written LIR.
    pub(crate) program: Option<&'p Program>,
    /// The folder that the documents' paths start from.
    pub(crate) root: &'p Path,
    /// The current folder.
    pub(crate) folder: &'p Path,
}

/// A frame, as people see it.
struct Place {
    cell: String,
    file: Option<String>,
    range: Option<DocumentRange>,
    text: Option<String>,
}

impl Place {
    fn line(&self) -> String {
        let at = match (&self.file, self.range) {
            (Some(file), Some(range)) => format!(" at {file}:{}:{}", range.start.line, range.start.column),
            (Some(file), None) => format!(" in {file}"),
            (None, _) => String::new(),
        };
        format!("  in cell `{}`{at}", self.cell)
    }
}

/// How many frames are shown before and after an ellipsis.
const SHOWN_FRAMES: usize = 12;

/// How the names of generated constructors end.
const CONSTRUCTOR: &str = ".new";

impl FailureReport<'_> {
    /// Prints the failure: on standard error for people, as one object on standard output for programs.
    pub(crate) fn print(&self, output: &Output, failure: &Failure) {
        let places = self.places(failure);
        let innermost = places
            .iter()
            .find(|place| place.range.is_some())
            .or_else(|| places.iter().find(|place| place.file.is_some()));
        let source = innermost.and_then(|place| place.text.as_deref()).map(Source::new);
        let file = innermost.and_then(|place| place.file.clone()).unwrap_or_default();
        let mut report = Report::of_file(Severity::Error, failure.kind.name(), &failure.message, &file);
        report.source = source.as_ref();
        report.range = innermost.and_then(|place| place.range);
        output.report(&report);
        let details = detail_lines(&failure.details);
        let stack = stack_lines(&places, failure.omitted);
        for line in details.iter().chain(&stack) {
            output.failure_line(line);
        }
        let trimmed = |lines: &[String]| {
            lines
                .iter()
                .map(|line| line.trim().to_owned())
                .collect::<Vec<_>>()
        };
        output.event(&json!({
            "event": "failure",
            "version": 1,
            "details": trimmed(&details),
            "stack": trimmed(&stack),
        }));
    }

    /// What is printed below the message: what else is known, and the stack.
    pub(crate) fn lines(&self, failure: &Failure) -> Vec<String> {
        let mut lines = detail_lines(&failure.details);
        lines.extend(stack_lines(&self.places(failure), failure.omitted));
        lines
    }

    /// The frames, innermost first, inlined ones included.
    fn places(&self, failure: &Failure) -> Vec<Place> {
        let mut places = self.frames(failure);
        if failure.kind == FailureKind::Validation {
            // What was wrong is where the record was made, not in its constructor, which nobody wrote.
            let written = places.iter().position(|place| !place.cell.ends_with(CONSTRUCTOR));
            places.drain(..written.unwrap_or(0));
        }
        places
    }

    fn frames(&self, failure: &Failure) -> Vec<Place> {
        let mut places = Vec::new();
        for frame in &failure.stack {
            let Some(module) = self.module(frame.module.as_str()) else {
                places.push(Place {
                    cell: frame.name.clone(),
                    file: None,
                    range: None,
                    text: None,
                });
                continue;
            };
            let Some(debug) = module.debug.cells.get(frame.cell as usize) else {
                continue;
            };
            for source in frame.source_frames(debug) {
                let cell = module.module.cells.get(source.cell as usize);
                places.push(self.place(module, cell.map_or("?", |cell| &cell.name), source.span));
            }
        }
        places
    }

    fn module(&self, id: &str) -> Option<&ProgramModule> {
        self.program?
            .modules
            .iter()
            .find(|module| module.module.id.as_str() == id)
    }

    fn place(&self, module: &ProgramModule, cell: &str, span: Option<Span>) -> Place {
        let (file, text) = self.document(&module.path);
        let range = span.zip(text.as_ref()).map(|(span, text)| {
            let id = module.module.id.as_str();
            let snippet = id.rsplit_once('#').and_then(|(_, number)| number.parse().ok());
            range(&module.path, text, snippet, span)
        });
        Place {
            cell: cell.to_owned(),
            file: Some(file),
            range,
            text,
        }
    }
}

/// Where a span of a document's module, or of one of its snippets, stands.
fn range(path: &str, text: &str, snippet: Option<usize>, span: Span) -> DocumentRange {
    let maps = Form::of_path(path).positions(text);
    let map = snippet.and_then(|number| maps.snippets.get(number));
    map.unwrap_or(&maps.module).range(span)
}

impl FailureReport<'_> {
    /// Prints that a test ended without a failure, and returned what no passing test returns.
    pub(crate) fn print_refused(&self, output: &Output, case: &TestCase, why: &str) {
        let place = self.place_of(case);
        let source = place.text.as_deref().map(Source::new);
        let file = place.file.unwrap_or_default();
        let mut report = Report::of_file(Severity::Error, "", why, &file);
        report.range = place.range;
        report.source = source.as_ref();
        output.report(&report);
    }

    /// Where a test stands, as a line of a stack.
    pub(crate) fn line_of(&self, case: &TestCase) -> String {
        self.place_of(case).line()
    }

    fn place_of(&self, case: &TestCase) -> Place {
        let (file, text) = self.document(&case.path);
        let span = case.test.span;
        Place {
            cell: case.test.cell.clone(),
            file: Some(file),
            range: text
                .as_deref()
                .map(|text| range(&case.path, text, case.snippet, span)),
            text,
        }
    }

    /// A document as people see its path, and its text if it can be read again.
    fn document(&self, path: &str) -> (String, Option<String>) {
        if let Some(text) = bundled_text(path) {
            return (path.to_owned(), Some(text.to_owned()));
        }
        let path = self.root.join(path);
        #[expect(
            clippy::disallowed_methods,
            reason = "the document is read again to show its line"
        )]
        let text = std::fs::read_to_string(&path).ok();
        (shown(&path, self.folder), text)
    }
}

/// What else is known: both sides of an assertion, or each broken constraint.
fn detail_lines(details: &Details) -> Vec<String> {
    match details {
        Details::None => Vec::new(),
        Details::Sides { left, right } => vec![format!("   left: {left}"), format!("  right: {right}")],
        Details::Constraints(broken) => broken
            .iter()
            .map(|broken| format!("  {}", broken.describe()))
            .collect(),
    }
}

fn stack_lines(places: &[Place], omitted: usize) -> Vec<String> {
    let hidden = places.len().saturating_sub(2 * SHOWN_FRAMES);
    let mut lines: Vec<String> = Vec::new();
    for (index, place) in places.iter().enumerate() {
        if hidden > 0 && index == SHOWN_FRAMES {
            lines.push(format!("  ... {} more cells ...", hidden + omitted));
        }
        if hidden == 0 || index < SHOWN_FRAMES || index >= SHOWN_FRAMES + hidden {
            lines.push(place.line());
        }
    }
    if hidden == 0 && omitted > 0 {
        lines.push(format!("  ... {omitted} more cells ..."));
    }
    lines
}

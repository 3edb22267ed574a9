//! What people and programs see: one place that writes to the standard streams.
//!
//! Data goes to standard output, everything else to standard error. A closed pipe is not an error: writing just stops.

mod build;
mod color;
mod failure;
mod problem;
mod progress;

pub(crate) use build::{plural, seconds};
pub(crate) use color::ColorChoice;
pub(crate) use failure::FailureReport;
pub(crate) use problem::print_problems;
pub(crate) use progress::BuildProgress;

use lumen_compiler::diagnostic::{Report, Style, json, render};
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How diagnostics and events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum MessageFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where and how a command writes.
#[derive(Debug)]
pub(crate) struct Output {
    /// Nothing but errors.
    pub(crate) quiet: bool,
    /// For people or for programs.
    pub(crate) format: MessageFormat,
    /// Whether standard error is coloured.
    pub(crate) color: bool,
    /// Whether standard error is a terminal, where a progress line can be redrawn.
    pub(crate) terminal: bool,
    /// Keeps lines together that several threads write.
    together: Mutex<()>,
}

impl Output {
    /// Decides colour from the option, the environment (`no_color`: NO_COLOR is set and not empty) and the stream.
    pub(crate) fn new(quiet: bool, format: MessageFormat, color: ColorChoice, no_color: bool) -> Output {
        let terminal = io::stderr().is_terminal();
        Output {
            quiet,
            format,
            color: color.decide(terminal, no_color),
            terminal,
            together: Mutex::new(()),
        }
    }

    /// Held while lines that belong together are written.
    pub(crate) fn lock(&self) -> MutexGuard<'_, ()> {
        self.together.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line of data on standard output.
    pub(crate) fn data(&self, line: &str) {
        write_line(&mut io::stdout().lock(), line);
    }

    /// A line on standard error, unless `--quiet`; in JSON mode people's lines are left out.
    pub(crate) fn note(&self, line: &str) {
        if !self.quiet && self.format == MessageFormat::Text {
            write_line(&mut io::stderr().lock(), line);
        }
    }

    /// A finished step, `      Built 12 modules`: a verb in past tense, set right, and the rest.
    pub(crate) fn status(&self, verb: &str, rest: &str) {
        if self.color {
            self.note(&format!("\x1b[1;32m{verb:>10}\x1b[0m {rest}"));
        } else {
            self.note(&format!("{verb:>10} {rest}"));
        }
    }

    /// An error of the command itself, never silenced.
    pub(crate) fn error(&self, message: &str) {
        match self.format {
            MessageFormat::Text if self.color => {
                write_line(
                    &mut io::stderr().lock(),
                    &format!("\x1b[1;31merror\x1b[0m: {message}"),
                );
            }
            MessageFormat::Text => write_line(&mut io::stderr().lock(), &format!("error: {message}")),
            MessageFormat::Json => self.event(&serde_json::json!({"severity": "error", "message": message})),
        }
    }

    /// A finding: on standard error for people, one object a line on standard output for programs.
    pub(crate) fn report(&self, report: &Report<'_>) {
        match self.format {
            MessageFormat::Text => {
                let style = if self.color { Style::Colour } else { Style::Plain };
                write_line(&mut io::stderr().lock(), &render(report, style));
            }
            MessageFormat::Json => write_line(&mut io::stdout().lock(), &json(report)),
        }
    }

    /// A line that belongs to a failure: never silenced, and left out for programs.
    pub(crate) fn failure_line(&self, line: &str) {
        if self.format == MessageFormat::Text {
            write_line(&mut io::stderr().lock(), line);
        }
    }

    /// An event for programs: one object a line on standard output.
    pub(crate) fn event(&self, event: &serde_json::Value) {
        if self.format == MessageFormat::Json {
            write_line(&mut io::stdout().lock(), &event.to_string());
        }
    }
}

/// Writes a line. A reader that has gone away (`lumen ... | head`) is no error, and nothing else can be done about one.
fn write_line(stream: &mut dyn Write, line: &str) {
    let _ = stream
        .write_all(line.as_bytes())
        .and_then(|()| stream.write_all(b"\n"))
        .and_then(|()| stream.flush());
}

/// A line that the program itself writes.
pub(crate) fn program_line(stream: &mut dyn Write, line: &str) {
    write_line(stream, line);
}

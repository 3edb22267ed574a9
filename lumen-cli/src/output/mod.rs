//! What people and programs see: one place that writes to the standard streams.
//!
//! Data goes to standard output, everything else to standard error. What comes from elsewhere, words of registries and names in repositories, can end up in any
//! message, so none of them carries what a terminal would act on. A closed pipe is not an error: writing just stops.

mod build;
mod color;
mod download;
mod failure;
mod problem;
mod progress;

pub(crate) use build::{milliseconds, plural, seconds};
pub(crate) use color::ColorChoice;
pub(crate) use download::Downloads;
pub(crate) use failure::FailureReport;
pub(crate) use problem::print_problems;
pub(crate) use progress::{BuildProgress, Listener, Printer};

use lumen_compiler::diagnostic::{Report, Style, json, render};
use lumen_pkg::client::printable;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// Whether standard output took less than it was given, for another reason than a reader that has gone away.
    incomplete: AtomicBool,
    /// Whether the reader of standard output has gone away.
    unread: AtomicBool,
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
            incomplete: AtomicBool::new(false),
            unread: AtomicBool::new(false),
            together: Mutex::new(()),
        }
    }

    /// Held while lines that belong together are written.
    pub(crate) fn lock(&self) -> MutexGuard<'_, ()> {
        self.together.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line of data on standard output. A reader that has gone away (`lumen ... | head`) is no error.
    pub(crate) fn data(&self, line: &str) {
        match write_line(&mut io::stdout().lock(), line) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.unread.store(true, Ordering::Relaxed);
            }
            Err(_) => self.incomplete.store(true, Ordering::Relaxed),
        }
    }

    /// Whether nobody reads any longer what is written: a command that would go on for ever ends then.
    pub(crate) fn is_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }

    /// Clears the terminal and what can be scrolled back to, if there is one.
    pub(crate) fn clear_terminal(&self) {
        if self.terminal && self.format == MessageFormat::Text {
            error_line("\x1b[H\x1b[2J\x1b[3J");
        }
    }

    /// A line that the program prints. Nobody can be told that its reader has gone away, so that ends the process: it
    /// might print for ever.
    pub(crate) fn program_line(&self, line: &str) {
        match write_line(&mut io::stdout().lock(), line) {
            Ok(()) => {}
            #[expect(
                clippy::disallowed_methods,
                reason = "a reader that has gone away ends a program"
            )]
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
            Err(_) => self.incomplete.store(true, Ordering::Relaxed),
        }
    }

    /// Whether something that was to be on standard output is not.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.incomplete.load(Ordering::Relaxed)
    }

    /// A line of data on standard output, or for programs an object that says the same.
    pub(crate) fn item(&self, line: &str, event: &serde_json::Value) {
        match self.format {
            MessageFormat::Text => self.data(&printable(line)),
            MessageFormat::Json => self.event(event),
        }
    }

    /// A line on standard error, unless `--quiet`; in JSON mode people's lines are left out.
    pub(crate) fn note(&self, line: &str) {
        if !self.quiet && self.format == MessageFormat::Text {
            error_line(&printable(line));
        }
    }

    /// A finished step, `      Built 12 modules`: a verb in past tense, set right, and the rest.
    pub(crate) fn status(&self, verb: &str, rest: &str) {
        if self.color && !self.quiet && self.format == MessageFormat::Text {
            error_line(&format!("\x1b[1;32m{verb:>10}\x1b[0m {}", printable(rest)));
        } else {
            self.note(&format!("{verb:>10} {rest}"));
        }
    }

    /// The same of a step that failed, never silenced.
    pub(crate) fn failure_status(&self, verb: &str, rest: &str) {
        match self.format {
            MessageFormat::Text if self.color => {
                error_line(&format!("\x1b[1;31m{verb:>10}\x1b[0m {}", printable(rest)));
            }
            _ => self.failure_line(&format!("{verb:>10} {rest}")),
        }
    }

    /// An error of the command itself, never silenced.
    pub(crate) fn error(&self, message: &str) {
        match self.format {
            MessageFormat::Text if self.color => {
                error_line(&format!("\x1b[1;31merror\x1b[0m: {}", printable(message)));
            }
            MessageFormat::Text => error_line(&format!("error: {}", printable(message))),
            MessageFormat::Json => self.event(&serde_json::json!({"severity": "error", "message": message})),
        }
    }

    /// A finding: on standard error for people, one object a line on standard output for programs.
    pub(crate) fn report(&self, report: &Report<'_>) {
        match self.format {
            MessageFormat::Text => {
                let style = if self.color { Style::Colour } else { Style::Plain };
                error_line(&render(report, style));
            }
            MessageFormat::Json => self.data(&json(report)),
        }
    }

    /// A line that belongs to a failure: never silenced, and left out for programs.
    pub(crate) fn failure_line(&self, line: &str) {
        if self.format == MessageFormat::Text {
            error_line(&printable(line));
        }
    }

    /// An event for programs: one object a line on standard output.
    pub(crate) fn event(&self, event: &serde_json::Value) {
        if self.format == MessageFormat::Json {
            self.data(&event.to_string());
        }
    }
}

/// A line on standard error. Nothing can be done if it cannot be written.
pub(crate) fn error_line(line: &str) {
    let _ = write_line(&mut io::stderr().lock(), line);
}

fn write_line(stream: &mut dyn Write, line: &str) -> io::Result<()> {
    stream.write_all(line.as_bytes())?;
    stream.write_all(b"\n")?;
    stream.flush()
}

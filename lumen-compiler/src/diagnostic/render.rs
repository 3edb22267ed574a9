//! Findings for people:
//!
//! ```text
//! error[E0012]: type mismatch in cell `extract`
//!   --> invoice_agent.lm.md:42:15
//!    |
//! 42 |   let total = item.price * item.quantity
//!    |               ^^^^^^^^^^^^^^^^^^^^^^^^^^
//!    |               expected Float, got Int
//!    |
//!    help: use `to_float(item.quantity)` to convert
//! ```

use super::excerpt::{Line, Mark, Weight, excerpt};
use super::preview::{Change, PreviewLine, preview};
use super::{Report, Severity};
use std::fmt::Write;

/// Whether terminal colours are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI colours.
    Colour,
}

/// What a piece of the output is, for its colour.
#[derive(Clone, Copy)]
enum Role {
    Severity(Severity),
    Strong,
    Frame,
    Related,
    Help,
    Removed,
    Added,
}

/// The finding as lines, each with its line end.
pub fn render(report: &Report<'_>, style: Style) -> String {
    let mut out = Output {
        text: String::new(),
        style,
        margin: 0,
    };
    let severity = report.severity;
    let mut head = severity.name().to_owned();
    if !report.code.is_empty() {
        let _ = write!(head, "[{}]", printable(&report.code));
    }
    out.paint(Role::Severity(severity), &head);
    out.paint(Role::Strong, &format!(": {}", printable(&report.message)));
    out.text.push('\n');
    let lines = excerpt(report);
    let edited = report.help.iter().flat_map(|help| &help.edits);
    let widest = lines
        .iter()
        .filter_map(Line::number)
        .chain(edited.map(|edit| edit.range.end.line + 1))
        .max()
        .unwrap_or(0);
    out.margin = widest.to_string().len().max(2);
    out.place(report);
    if !lines.is_empty() {
        out.frame(None);
        out.text.push('\n');
        for line in &lines {
            out.excerpt_line(line, severity);
        }
    }
    if !report.help.is_empty() && !lines.is_empty() {
        out.frame(None);
        out.text.push('\n');
    }
    for help in &report.help {
        out.text.push_str(&" ".repeat(out.margin + 1));
        out.paint(Role::Help, "help");
        let _ = writeln!(out.text, ": {}", printable(&help.text));
        if let Some(source) = report.source {
            let (changes, has_more) = preview(source, &help.edits);
            out.preview(&changes);
            if has_more {
                out.paint(Role::Frame, "...");
                out.text.push('\n');
            }
        }
    }
    out.text
}

struct Output {
    text: String,
    style: Style,
    /// Width of line numbers.
    margin: usize,
}

impl Output {
    fn paint(&mut self, role: Role, text: &str) {
        if self.style == Style::Plain {
            self.text.push_str(text);
            return;
        }
        let code = match role {
            Role::Severity(Severity::Error) => "1;31",
            Role::Severity(Severity::Warning) => "1;33",
            Role::Strong => "1",
            Role::Frame | Role::Related => "1;34",
            Role::Help => "1;36",
            Role::Removed => "31",
            Role::Added => "32",
        };
        let _ = write!(self.text, "\u{1b}[{code}m{text}\u{1b}[0m");
    }

    fn place(&mut self, report: &Report<'_>) {
        if report.file.is_empty() {
            return;
        }
        let blanks = " ".repeat(self.margin);
        self.text.push_str(&blanks);
        self.paint(Role::Frame, "-->");
        let _ = write!(self.text, " {}", printable(&report.file));
        if let Some(range) = report.range {
            let _ = write!(self.text, ":{}:{}", range.start.line, range.start.column);
        }
        self.text.push('\n');
    }

    /// The margin of a line: its number, if it has one, and the bar.
    fn frame(&mut self, number: Option<u32>) {
        let number = number.map_or(String::new(), |number| number.to_string());
        let width = self.margin;
        self.paint(Role::Frame, &format!("{number:>width$} |"));
    }

    fn excerpt_line(&mut self, line: &Line, severity: Severity) {
        let Line::Source { number, text, marks } = line else {
            self.paint(Role::Frame, "...");
            self.text.push('\n');
            return;
        };
        self.frame(Some(*number));
        let text = text.trim_end();
        if !text.is_empty() {
            let _ = write!(self.text, " {text}");
        }
        self.text.push('\n');
        if marks.is_empty() {
            return;
        }
        self.underline(marks, severity);
        self.labels(marks, severity);
    }

    /// `^^^` under the finding, `---` under other places.
    fn underline(&mut self, marks: &[Mark], severity: Severity) {
        self.frame(None);
        self.text.push(' ');
        let mut column = 0;
        for mark in marks {
            let start = mark.start.max(column);
            if start >= mark.end.max(mark.start + 1) {
                continue;
            }
            self.text.push_str(&" ".repeat(start - column));
            let length = mark.end.max(mark.start + 1) - start;
            let (sign, role) = mark.weight.paint(severity);
            self.paint(role, &sign.repeat(length));
            column = start + length;
        }
        self.text.push('\n');
    }

    /// The lines that advice would change, as they would read.
    fn preview(&mut self, lines: &[PreviewLine]) {
        if lines.is_empty() {
            return;
        }
        self.frame(None);
        self.text.push('\n');
        for line in lines {
            let (sign, role) = match line.change {
                Change::Stays => ("|", Role::Frame),
                Change::Removed => ("-", Role::Removed),
                Change::Added => ("+", Role::Added),
            };
            let width = self.margin;
            self.paint(Role::Frame, &format!("{:>width$} ", line.number));
            self.paint(role, sign);
            let text = line.text.trim_end();
            if !text.is_empty() {
                let _ = write!(self.text, " {text}");
            }
            self.text.push('\n');
            if line.marks.is_empty() {
                continue;
            }
            self.frame(None);
            self.text.push(' ');
            let mut column = 0;
            for (start, end) in &line.marks {
                self.text.push_str(&" ".repeat(start - column));
                self.paint(Role::Added, &"+".repeat(end - start));
                column = *end;
            }
            self.text.push('\n');
        }
    }

    /// The words of the marks, the rightmost first, each at its column.
    fn labels(&mut self, marks: &[Mark], severity: Severity) {
        let worded: Vec<&Mark> = marks.iter().filter(|mark| !mark.text.is_empty()).collect();
        let lines = worded.iter().enumerate().rev();
        for (index, mark, text) in
            lines.flat_map(|(index, mark)| mark.text.split('\n').map(move |text| (index, mark, text)))
        {
            self.frame(None);
            self.text.push(' ');
            let mut column = 0;
            for other in worded.iter().take(index).filter(|other| other.start < mark.start) {
                if other.start < column {
                    continue;
                }
                self.text.push_str(&" ".repeat(other.start - column));
                let (_, role) = other.weight.paint(severity);
                self.paint(role, "|");
                column = other.start + 1;
            }
            self.text.push_str(&" ".repeat(mark.start - column));
            let (_, role) = mark.weight.paint(severity);
            self.paint(role, &printable(text));
            self.text.push('\n');
        }
    }
}

impl Weight {
    fn paint(self, severity: Severity) -> (&'static str, Role) {
        match self {
            Weight::Primary => ("^", Role::Severity(severity)),
            Weight::Related => ("-", Role::Related),
        }
    }
}

/// A text on one line, without characters that would steer a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '\n' {
                ' '
            } else {
                super::excerpt::visible(c)
            }
        })
        .collect()
}

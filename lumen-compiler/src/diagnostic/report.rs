//! A finding with everything that is needed to show it: plain data, for both renderers. Documents, manifests and
//! runtime errors all end up here.

use super::{Confidence, Diagnostic, Edit, Severity};
use crate::document::{DocumentRange, LineColumn, PositionMap};

/// A text and where its lines begin.
#[derive(Clone, Debug)]
pub struct Source {
    text: String,
    starts: Vec<usize>,
}

impl Source {
    /// Finds the lines of a text; a byte order mark is no part of the first one.
    pub fn new(text: impl Into<String>) -> Source {
        let text = text.into();
        let first = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        let breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(index, _)| index + 1);
        let starts = std::iter::once(first).chain(breaks).collect();
        Source { text, starts }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a line ends with a carriage return and a line feed.
    pub(super) fn has_carriage_return(&self, number: u32) -> bool {
        let next = self.starts.get(number as usize);
        next.is_some_and(|next| self.text[..*next].ends_with("\r\n"))
    }

    /// The offset in bytes of a place; of the end of its line if that is shorter.
    pub(super) fn offset(&self, place: LineColumn) -> Option<usize> {
        let line = self.line(place.line)?;
        let start = *self.starts.get((place.line as usize).checked_sub(1)?)?;
        let within = line
            .char_indices()
            .nth(place.column as usize - 1)
            .map_or(line.len(), |(offset, _)| offset);
        Some(start + within)
    }

    /// A line, from 1, without its line end; `None` if there are fewer.
    pub fn line(&self, number: u32) -> Option<&str> {
        let index = (number as usize).checked_sub(1)?;
        let start = *self.starts.get(index)?;
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

/// A finding, ready to be shown.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// Error or warning.
    pub severity: Severity,
    /// `E0012`, or what kind of problem it is; may be empty.
    pub code: String,
    /// What is wrong, one line.
    pub message: String,
    /// The file, as it is to be shown.
    pub file: String,
    /// The file's text, for excerpts; none are shown without it.
    pub source: Option<&'a Source>,
    /// Where it shows; `None` if it concerns the whole file.
    pub range: Option<DocumentRange>,
    /// What to say there; may be empty.
    pub label: String,
    /// Other places in the file.
    pub labels: Vec<ReportLabel>,
    /// What to do, the best first.
    pub help: Vec<ReportHelp>,
}

/// One piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportHelp {
    /// One sentence without a full stop.
    pub text: String,
    /// What does it, in one go; none if there are only words.
    pub edits: Vec<ReportEdit>,
    /// Whether the edits are what is meant.
    pub confidence: Confidence,
}

/// A replacement of a stretch of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportEdit {
    /// What is replaced; empty to insert. Up to the first column of a line, it takes the line end before it.
    pub range: DocumentRange,
    /// By what, as it is to stand in the file.
    pub replacement: String,
}

impl<T: Into<String>> From<T> for ReportHelp {
    fn from(text: T) -> ReportHelp {
        ReportHelp {
            text: text.into(),
            edits: Vec::new(),
            confidence: Confidence::Sure,
        }
    }
}

/// Another place and what it has to do with the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportLabel {
    /// The place.
    pub range: DocumentRange,
    /// A few words.
    pub text: String,
}

impl<'a> Report<'a> {
    /// A finding of the compiler about `file`, whose spans `positions` resolves.
    pub fn of(
        diagnostic: &Diagnostic,
        file: &str,
        source: Option<&'a Source>,
        positions: &PositionMap,
    ) -> Report<'a> {
        let labels = diagnostic.related.iter().map(|label| ReportLabel {
            range: positions.range(label.span),
            text: label.text.clone(),
        });
        Report {
            severity: diagnostic.severity,
            code: diagnostic.code.info().name.to_owned(),
            message: diagnostic.message.clone(),
            file: file.to_owned(),
            source,
            range: Some(positions.range(diagnostic.span)),
            label: diagnostic.label.clone(),
            labels: labels.collect(),
            help: diagnostic
                .help
                .iter()
                .map(|help| ReportHelp {
                    text: help.text.clone(),
                    edits: report_edits(&help.edits, source, positions).unwrap_or_default(),
                    confidence: help.confidence,
                })
                .collect(),
        }
    }

    /// A finding about a file as a whole.
    pub fn of_file(severity: Severity, code: &str, message: impl Into<String>, file: &str) -> Report<'a> {
        Report {
            severity,
            code: code.to_owned(),
            message: message.into(),
            file: file.to_owned(),
            source: None,
            range: None,
            label: String::new(),
            labels: Vec::new(),
            help: Vec::new(),
        }
    }
}

/// The edits as they concern the file; nothing if one of them cannot be placed there.
fn report_edits(edits: &[Edit], source: Option<&Source>, positions: &PositionMap) -> Option<Vec<ReportEdit>> {
    let source = source?;
    let placed = |edit: &Edit| {
        let (range, first_column) = positions.edit_range(edit.span)?;
        let line = source.line(range.start.line)?;
        // What stands before the code of a line in a quote or a list stands before that of a new line too.
        let before: String = line.chars().take(first_column as usize - 1).collect();
        if !before.chars().all(|c| c == '>' || c.is_whitespace())
            && (edit.below || edit.replacement.contains('\n'))
        {
            return None;
        }
        let (mut range, mut replacement) = (range, edit.replacement.clone());
        if edit.below {
            let code: String = line.chars().skip(first_column as usize - 1).collect();
            let indent = &code[..code.len() - code.trim_start_matches([' ', '\t']).len()];
            replacement = format!("\n{indent}{replacement}");
            // Any column past its end is the end of a line.
            range.end.column = 1 + source.line(range.end.line)?.chars().count() as u32;
            range.start = range.end;
        }
        let line_end = if source.has_carriage_return(range.start.line) {
            "\r\n"
        } else {
            "\n"
        };
        Some(ReportEdit {
            range,
            replacement: replacement.replace('\n', &format!("{line_end}{before}")),
        })
    };
    edits.iter().map(placed).collect()
}

impl Severity {
    /// As printed.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

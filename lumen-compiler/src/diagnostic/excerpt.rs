//! Which lines of a source show a finding, clipped and with marks in display columns. Knows nothing of colours.

use super::{Report, Source};
use crate::document::DocumentRange;
use unicode_width::UnicodeWidthChar;

/// A tab reaches the next multiple of this many columns.
const TAB: usize = 4;
/// Longer lines are clipped, columns.
pub(super) const WIDEST: usize = 140;
/// How many columns stay before the first mark of a clipped line.
const LEAD: usize = 40;

/// One line of an excerpt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line of the source.
    Source {
        number: u32,
        /// Tabs expanded, clipped.
        text: String,
        /// By column.
        marks: Vec<Mark>,
    },
    /// Lines left out.
    Gap,
}

impl Line {
    pub(super) fn number(&self) -> Option<u32> {
        match self {
            Line::Source { number, .. } => Some(*number),
            Line::Gap => None,
        }
    }
}

/// A stretch of a line, in display columns from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) start: usize,
    /// One past its last column; at least one column is shown.
    pub(super) end: usize,
    pub(super) weight: Weight,
    pub(super) text: String,
}

/// What a mark points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// The finding.
    Primary,
    /// Something that explains it.
    Related,
}

/// A part of a range that lies in one line, in characters from 0.
struct Part {
    line: u32,
    start: usize,
    /// `None`: to the end of the line.
    end: Option<usize>,
    /// It is the last line of a longer range, and is marked from its first word on.
    continues: bool,
    weight: Weight,
    text: String,
}

/// The lines that show a finding; none if there is no source or no place.
pub(super) fn excerpt(report: &Report<'_>) -> Vec<Line> {
    let (Some(source), Some(range)) = (report.source, report.range) else {
        return Vec::new();
    };
    let mut parts = Vec::new();
    add_parts(&mut parts, range, Weight::Primary, &report.label);
    for label in &report.labels {
        add_parts(&mut parts, label.range, Weight::Related, &label.text);
    }
    // By line; of equal places the finding itself first.
    parts.sort_by_key(|part| (part.line, part.start, part.weight));
    let mut lines: Vec<Line> = Vec::new();
    let mut rest = parts.as_slice();
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|part| part.line == first.line).count();
        let (here, below) = rest.split_at(count);
        rest = below;
        let before = lines.iter().rev().find_map(Line::number);
        match before {
            Some(number) if first.line == number + 2 => lines.extend(source_line(source, number + 1, &[])),
            Some(number) if first.line > number + 2 => lines.push(Line::Gap),
            _ => {}
        }
        lines.extend(source_line(source, first.line, here));
    }
    lines
}

/// The first and the last line of a range; its words at the last one.
fn add_parts(parts: &mut Vec<Part>, range: DocumentRange, weight: Weight, text: &str) {
    let first = range.start.column as usize - 1;
    let last = range.end.column as usize - 1;
    if range.start.line == range.end.line {
        parts.push(Part {
            line: range.start.line,
            start: first,
            end: Some(last),
            continues: false,
            weight,
            text: text.to_owned(),
        });
        return;
    }
    parts.push(Part {
        line: range.start.line,
        start: first,
        end: None,
        continues: false,
        weight,
        text: String::new(),
    });
    parts.push(Part {
        line: range.end.line,
        start: 0,
        end: Some(last),
        continues: true,
        weight,
        text: text.to_owned(),
    });
}

fn source_line(source: &Source, number: u32, parts: &[Part]) -> Option<Line> {
    let line = source.line(number)?;
    let indent = line.chars().take_while(|c| c.is_whitespace()).count();
    let last_needed = parts
        .iter()
        .map(|part| part.end.unwrap_or(part.start).max(part.start))
        .max()
        .unwrap_or(0);
    let (text, columns) = displayed(line, last_needed + 2 * WIDEST);
    let column = columns.last().copied().unwrap_or(0);
    let at = |index: usize| columns.get(index).or(columns.last()).copied().unwrap_or(0);
    let mut marks: Vec<Mark> = parts
        .iter()
        .map(|part| {
            let start = match part.end {
                Some(end) if part.continues => indent.min(end),
                _ => part.start,
            };
            Mark {
                start: at(start),
                end: part.end.map_or(column, at),
                weight: part.weight,
                text: part.text.clone(),
            }
        })
        .collect();
    let text = clip(&text, column, &mut marks);
    Some(Line::Source { number, text, marks })
}

/// The first characters of a line as they are shown, and the display column of each and of the end.
pub(super) fn displayed(line: &str, limit: usize) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut columns = Vec::new();
    let mut column = 0;
    for character in line.chars().take(limit) {
        columns.push(column);
        if character == '\t' {
            let width = TAB - column % TAB;
            text.extend(std::iter::repeat_n(' ', width));
            column += width;
        } else {
            let shown = visible(character);
            text.push(shown);
            column += shown.width().unwrap_or(1);
        }
    }
    columns.push(column);
    (text, columns)
}

/// Shortens a long line to a window around its first mark.
fn clip(text: &str, width: usize, marks: &mut [Mark]) -> String {
    if width <= WIDEST {
        return text.to_owned();
    }
    let first = marks
        .iter()
        .filter(|mark| mark.weight == Weight::Primary)
        .map(|mark| mark.start)
        .min();
    let first = first
        .or_else(|| marks.iter().map(|mark| mark.start).min())
        .unwrap_or(0);
    let from = if first < WIDEST - LEAD { 0 } else { first - LEAD };
    let to = from + WIDEST;
    let mut shown = String::new();
    if from > 0 {
        shown.push('…');
    }
    let mut column = 0;
    for character in text.chars() {
        let character_width = character.width().unwrap_or(1);
        if column >= from && column + character_width <= to {
            shown.push(character);
        }
        column += character_width;
    }
    if to < width {
        shown.push('…');
    }
    let lead = usize::from(from > 0);
    for mark in marks {
        mark.start = mark.start.clamp(from, to) - from + lead;
        mark.end = mark.end.clamp(from, to) - from + lead;
    }
    shown
}

/// The character, or a replacement for one that would not show as itself: control characters and those that reorder
/// text.
pub(super) fn visible(character: char) -> char {
    match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => {
            '\u{fffd}'
        }
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

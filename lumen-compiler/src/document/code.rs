//! Files of code alone: which lines are documentation. What is left is one fence.
//!
//! A line that begins, after blanks, with three or more backticks opens a block of documentation; the next line that
//! consists of at least as many closes it. The lines of a block String (`"""`) are its text, whatever they begin with.
//! The block's lines are not part of the fence, so that an edit of them changes no code, as with prose.

use super::fence::{Fence, Piece};
use std::ops::Range;

/// A file taken apart.
pub(super) struct Split<'a> {
    pub(super) fence: Fence,
    pub(super) blocks: Vec<Block>,
    /// A block that is not closed; then the rest is not to be relied upon.
    pub(super) open: Option<Opening<'a>>,
}

/// A block of documentation.
pub(super) struct Block {
    /// What stands between its lines of backticks, bytes of the file.
    pub(super) content: Range<usize>,
    /// Where it stands in the code: what begins at or after this offset of the fence is below it.
    pub(super) offset: u32,
}

/// The line that opens a block.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    pub(super) line: u32,
    pub(super) text: &'a str,
    ticks: usize,
    content: usize,
}

/// Takes the text from `base` on apart.
pub(super) fn split(text: &str, base: usize) -> Split<'_> {
    let mut content = String::with_capacity(text.len());
    let mut pieces = Vec::new();
    let mut blocks = Vec::new();
    let mut open: Option<Opening<'_>> = None;
    let mut in_string = false;
    let mut start = base;
    for (number, line) in text[base..].split_inclusive('\n').enumerate() {
        let number = number as u32 + 1;
        let end = start + line.len();
        let bare = line.trim_end();
        let ticks = leading_ticks(bare);
        match open {
            Some(opening) => {
                if ticks >= opening.ticks && bare.trim_start().len() == ticks {
                    blocks.push(Block {
                        content: opening.content..start,
                        offset: content.len() as u32,
                    });
                    open = None;
                }
            }
            None if ticks >= 3 && !in_string => {
                open = Some(Opening {
                    line: number,
                    text: bare,
                    ticks,
                    content: end,
                });
            }
            None => {
                in_string = ends_in_string(line, in_string);
                pieces.push(Piece {
                    content: content.len() as u32,
                    line: number,
                    column: 1,
                    synthetic: false,
                });
                match line.strip_suffix("\r\n") {
                    Some(line) => content.extend([line, "\n"]),
                    None => content.push_str(line),
                }
            }
        }
        start = end;
    }
    if pieces.is_empty() {
        pieces.push(Piece {
            content: 0,
            line: 1,
            column: 1,
            synthetic: true,
        });
    }
    let fence = Fence {
        info: "lumen".to_owned(),
        content,
        range: base..text.len(),
        pieces,
    };
    Split { fence, blocks, open }
}

fn leading_ticks(line: &str) -> usize {
    let line = line.trim_start();
    line.len() - line.trim_start_matches('`').len()
}

/// Whether the line after this one lies in a block String, given whether this one begins in one. Knows no more of the
/// language than that: comments, and Strings that end on their line.
fn ends_in_string(line: &str, mut in_string: bool) -> bool {
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            '\\' if in_string => 2,
            '"' if rest.starts_with("\"\"\"") => {
                in_string = !in_string;
                3
            }
            '#' if !in_string => return false,
            '"' if !in_string => match string_length(rest) {
                Some(length) => length,
                None => return false,
            },
            other => other.len_utf8(),
        };
        rest = rest.get(skipped..).unwrap_or("");
    }
    in_string
}

/// Bytes of the String that the text begins with; nothing if it does not end on its line.
fn string_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (offset, character) in text.char_indices().skip(1) {
        match character {
            '"' if !escaped => return Some(offset + 1),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

/// The lines of a block without the blanks that all of them begin with, and without blank lines around them.
pub(super) fn unindented(text: &str) -> String {
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let written = text.lines().filter(|line| !line.trim().is_empty());
    let common = written.map(blanks).min().unwrap_or(0);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.get(common..).unwrap_or("").trim_end())
        .collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

//! Byte spans of a file, and the line and column regions that people see. Pure arithmetic; no file names.

use std::ops::Range;

/// Byte range `start..end` of a manifest's text. Manifests are at most 1 MiB, so `u32` is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            start: narrow(range.start),
            end: narrow(range.end),
        }
    }
}

/// A value and the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// A region of a text file. Lines and columns count from 1, columns in Unicode scalar values; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// Line of the first character.
    pub line: u32,
    /// Column of the first character.
    pub column: u32,
    /// Line of the character after the last one.
    pub end_line: u32,
    /// Column of the character after the last one.
    pub end_column: u32,
}

impl Region {
    /// The region that `span` covers in `text`. Offsets beyond the text or inside a character move to the nearest
    /// character boundary before them, so that a region never panics.
    pub(crate) fn of(text: &str, span: Span) -> Self {
        let (line, column) = line_and_column(text, span.start);
        let (end_line, end_column) = line_and_column(text, span.end.max(span.start));
        Self {
            line,
            column,
            end_line,
            end_column,
        }
    }
}

fn line_and_column(text: &str, offset: u32) -> (u32, u32) {
    let mut offset = (offset as usize).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = text.get(..offset).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let lines = before.bytes().filter(|byte| *byte == b'\n').count();
    let columns = before.get(line_start..).unwrap_or_default().chars().count();
    (one_based(lines), one_based(columns))
}

fn one_based(count: usize) -> u32 {
    u32::try_from(count + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_unicode_scalars() {
        let text = "a = 1\n\"żółć\" = x\n";
        let start = text.find('x').expect("there is an x");
        let region = Region::of(text, (start..start + 1).into());
        assert_eq!(
            region,
            Region {
                line: 2,
                column: 10,
                end_line: 2,
                end_column: 11
            }
        );
    }

    #[test]
    fn offsets_outside_the_text_are_clamped() {
        let text = "é";
        assert_eq!(
            Region::of(text, Span { start: 1, end: 99 }),
            Region {
                line: 1,
                column: 1,
                end_line: 1,
                end_column: 2
            }
        );
    }
}

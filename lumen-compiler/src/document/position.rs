//! From spans, which are relative to fences, to lines and columns of the document.

use super::fence::{Fence, Piece};
use crate::diagnostic::{Diagnostic, Span};

/// A place in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineColumn {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode scalar values.
    pub column: u32,
}

/// A stretch of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentRange {
    /// Its first character.
    pub start: LineColumn,
    /// One past its last character.
    pub end: LineColumn,
}

/// A line of the prose that spans can refer to: `Span::fence` counts these from `u32::MAX` downwards, and offsets are
/// bytes of the line. So positions of directives survive an edit of the prose as those of code do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProseLine {
    /// From 1.
    pub(super) line: u32,
    pub(super) text: String,
}

/// Where the spans of a module, or of a snippet, stand in the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PositionMap {
    fences: Vec<Fence>,
    prose: Vec<ProseLine>,
}

/// The span of nothing at the beginning of a line of prose.
pub(super) fn prose_span(number: usize) -> Span {
    Span {
        fence: u32::MAX - number as u32,
        start: 0,
        end: 0,
    }
}

impl PositionMap {
    pub(super) fn new(fences: Vec<Fence>, prose: Vec<ProseLine>) -> PositionMap {
        PositionMap { fences, prose }
    }

    /// The map of a snippet.
    pub(super) fn of_fence(fence: Fence) -> PositionMap {
        PositionMap::new(vec![fence], Vec::new())
    }

    /// The map of the module of a document, without parsing it.
    pub fn of_text(text: &str) -> PositionMap {
        super::positions(text).module
    }

    /// The fences whose positions it knows, by number.
    pub fn fences(&self) -> &[Fence] {
        &self.fences
    }

    /// Where a span stands. A span that is not of this document yields some place in it, or its beginning.
    pub fn range(&self, span: Span) -> DocumentRange {
        let start = self.place(span.fence, span.start, Side::Start);
        let end = if span.end > span.start {
            self.place(span.fence, span.end, Side::End)
        } else {
            start
        };
        DocumentRange {
            start,
            end: end.max(start),
        }
    }

    /// Where an edit of a span stands, and the column at which the code of its first line begins. A span that ends behind
    /// a line end takes it along. Nothing where the code does not stand in the document as it is, in a part of a tab.
    pub fn edit_range(&self, span: Span) -> Option<(DocumentRange, u32)> {
        let Some(fence) = self.fences.get(span.fence as usize) else {
            self.prose.get((u32::MAX - span.fence) as usize)?;
            return Some((self.range(span), 1));
        };
        let range = DocumentRange {
            start: place_in_fence(fence, span.start as usize, Side::Start),
            end: place_in_fence(fence, span.end as usize, Side::Start),
        };
        let lines = range.start.line..=range.end.line;
        let mut pieces = fence.pieces.iter().filter(|piece| lines.contains(&piece.line));
        let first = pieces.next()?;
        let is_plain = !first.synthetic && pieces.all(|piece| !piece.synthetic);
        is_plain.then_some((range, first.column))
    }

    /// Where a span begins.
    pub fn start(&self, span: Span) -> LineColumn {
        self.place(span.fence, span.start, Side::Start)
    }

    /// Sorts findings by their place in the document, keeping the order of those at one place.
    pub fn sort(&self, diagnostics: &mut [Diagnostic]) {
        diagnostics.sort_by_cached_key(|diagnostic| self.range(diagnostic.span));
    }

    fn place(&self, fence: u32, offset: u32, side: Side) -> LineColumn {
        if let Some(fence) = self.fences.get(fence as usize) {
            return place_in_fence(fence, offset as usize, side);
        }
        match self.prose.get((u32::MAX - fence) as usize) {
            Some(line) => LineColumn {
                line: line.line,
                column: 1 + count_characters(&line.text, 0, offset as usize),
            },
            None => LineColumn { line: 1, column: 1 },
        }
    }
}

/// Whether an offset begins a stretch, or ends one and belongs to the line of the byte before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Start,
    End,
}

fn place_in_fence(fence: &Fence, offset: usize, side: Side) -> LineColumn {
    let offset = offset.min(fence.content.len());
    let sought = if side == Side::End {
        offset.saturating_sub(1)
    } else {
        offset
    } as u32;
    let index = fence.pieces.partition_point(|piece| piece.content <= sought);
    let Some(piece) = index.checked_sub(1).and_then(|index| fence.pieces.get(index)) else {
        return LineColumn { line: 1, column: 1 };
    };
    let Piece {
        content,
        line,
        column,
        synthetic,
    } = *piece;
    let passed = if synthetic {
        0
    } else {
        count_characters(&fence.content, content as usize, offset)
    };
    LineColumn {
        line,
        column: column + passed,
    }
}

/// Characters between two byte offsets, a line end not counted; an offset inside a character counts as before it.
fn count_characters(text: &str, from: usize, to: usize) -> u32 {
    let to = to.min(text.len());
    let bytes = text.as_bytes().get(from..to).unwrap_or(&[]);
    let count = bytes
        .iter()
        .filter(|byte| **byte & 0xc0 != 0x80 && **byte != b'\n')
        .count();
    let inside = !text.is_char_boundary(to) && count > 0;
    count as u32 - u32::from(inside)
}

//! Text that may grow up to a bound: what values are written into, so that no value can outgrow the byte budget by
//! being shown.

use crate::heap::Heap;
use std::fmt::{self, Write};

/// A text with a number of bytes that it may still take. Writing more is refused, with `fmt::Error`.
pub(crate) struct BoundedText {
    text: String,
    left: usize,
}

impl BoundedText {
    /// An empty text that may take `limit` bytes.
    pub(crate) fn new(limit: usize) -> BoundedText {
        BoundedText {
            text: String::new(),
            left: limit,
        }
    }

    /// An empty text that may take what is left of the heap's budget.
    pub(crate) fn within(heap: &Heap) -> BoundedText {
        BoundedText::new(heap.bytes_left())
    }

    /// What was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// What was written.
    pub(crate) fn into_string(self) -> String {
        self.text
    }

    /// Counts bytes that the writer needs besides the text; [`BoundedText::refund`] takes them back.
    pub(super) fn charge(&mut self, bytes: usize) -> fmt::Result {
        self.left = self.left.checked_sub(bytes).ok_or(fmt::Error)?;
        Ok(())
    }

    pub(super) fn refund(&mut self, bytes: usize) {
        self.left += bytes;
    }
}

impl Write for BoundedText {
    /// A piece that does not fit is cut at the last character that does.
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let fitting = piece.floor_char_boundary(self.left);
        self.text.push_str(&piece[..fitting]);
        self.left -= fitting;
        if fitting == piece.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_the_bound_between_characters() {
        let mut text = BoundedText::new(5);
        assert_eq!(text.write_str("ab"), Ok(()));
        assert_eq!(text.write_str("é漢"), Err(fmt::Error));
        assert_eq!(text.as_str(), "abé");
        assert_eq!(text.charge(2), Err(fmt::Error));
        assert_eq!(text.charge(1), Ok(()));
        text.refund(1);
        assert_eq!(text.write_str("c"), Ok(()));
        assert_eq!(text.into_string(), "abéc");
    }
}

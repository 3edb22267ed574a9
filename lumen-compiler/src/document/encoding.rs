//! From the bytes of a file to the text of a document.

use super::position::LineColumn;
use std::fmt;

/// Longer documents are refused, bytes.
pub const MAX_BYTES: usize = 16 << 20;

/// Why bytes are no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// More than [`MAX_BYTES`].
    TooLong {
        /// How many bytes.
        bytes: usize,
    },
    /// So many quotes and lists inside one another, over so many lines, that telling them apart takes seconds.
    TooNested,
    /// Not UTF-8.
    NotUtf8 {
        /// Where the first wrong byte stands.
        at: LineColumn,
    },
}

/// The text of a document, without a byte order mark. Reports what makes it unreadable.
pub fn read_text(bytes: &[u8]) -> Result<&str, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLong { bytes: bytes.len() });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let valid = &bytes[..error.valid_up_to()];
            let line_start = valid
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |index| index + 1);
            let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
            // Every byte that does not continue a character begins one.
            let column = 1 + valid[line_start..]
                .iter()
                .filter(|byte| **byte & 0xc0 != 0x80)
                .count();
            let at = LineColumn {
                line: line as u32,
                column: column as u32,
            };
            Err(Unreadable::NotUtf8 { at })
        }
    }
}

impl Unreadable {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Unreadable::TooLong { .. } => "split it into several documents, at most 16 MiB each",
            Unreadable::TooNested => "put fewer quotes and lists inside one another",
            Unreadable::NotUtf8 { .. } => "save it in the encoding UTF-8",
        }
    }

    /// Where it shows.
    pub fn place(&self) -> LineColumn {
        match self {
            Unreadable::TooLong { .. } | Unreadable::TooNested => LineColumn { line: 1, column: 1 },
            Unreadable::NotUtf8 { at } => *at,
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::TooLong { bytes } => write!(f, "the document is too long: {bytes} bytes"),
            Unreadable::TooNested => write!(f, "the quotes and lists of the document are nested too deeply"),
            Unreadable::NotUtf8 { .. } => write!(f, "the document is not UTF-8 text"),
        }
    }
}

impl std::error::Error for Unreadable {}

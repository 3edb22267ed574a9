//! The flat binary form of modules and debug sections: what the cache stores and a link reads.
//!
//! ```text
//!            4 bytes   u32       one u32 each            the sections, without gaps
//!  module  ┌────────┬─────────┬────────────────────────┬────┬───────────┬───────┬──────────┬───────┬─ ─ ─
//!          │ "LIRM" │ version │ length of each section │ id │ constants │ types │ nominals │ cells │ imported ...
//!          └────────┴─────────┴────────────────────────┴────┴───────────┴───────┴──────────┴───────┴─ ─ ─
//!  debug   ┌────────┬─────────┬───────┐
//!          │ "LIRD" │ version │ cells │
//!          └────────┴─────────┴───────┘
//! ```
//! Numbers are little endian. A list is its u32 count and its items; text and octets are their u32 length and the bytes.
//! Every module has exactly one encoding and every byte string that decodes is the encoding of its module. Reading
//! allocates no more than a small multiple of the input and checks nothing that the verifier checks.

use super::{Debug, LIR_VERSION, Module};

mod read;
mod sections;
mod write;

use read::Reader;
use write::Writer;

const MODULE_MAGIC: [u8; 4] = *b"LIRM";
const DEBUG_MAGIC: [u8; 4] = *b"LIRD";

/// Why bytes are not a module or debug section.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {problem}")]
pub struct BinaryError {
    /// Where reading stopped.
    pub offset: usize,
    /// What was wrong there.
    pub problem: BinaryProblem,
}

/// What can be wrong with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BinaryProblem {
    /// They do not begin as a module or debug section.
    #[error("this is not LIR")]
    Magic,
    /// They are of another version of the format.
    #[error("this is LIR version {found}; this program reads version {LIR_VERSION}")]
    Version {
        /// Their version.
        found: u32,
    },
    /// They end too early, or announce more than they hold.
    #[error("the input is truncated")]
    Truncated,
    /// A section, or the whole, is longer than what it holds.
    #[error("superfluous bytes")]
    Superfluous,
    /// A tag, number or truth value outside its range.
    #[error("no {0} has this number")]
    BadTag(&'static str),
    /// Text is not UTF-8.
    #[error("text that is not UTF-8")]
    Utf8,
}

impl Module {
    /// The binary form.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.bytes(&MODULE_MAGIC);
        writer.u32(LIR_VERSION);
        let table = writer.reserve(4 * sections::MODULE_SECTIONS);
        for section in 0..sections::MODULE_SECTIONS {
            let start = writer.length();
            sections::write(self, section, &mut writer);
            let length = writer.length() - start;
            writer.patch(table + 4 * section, length);
        }
        writer.finish()
    }

    /// The module whose binary form this is.
    pub fn decode(bytes: &[u8]) -> Result<Module, BinaryError> {
        let mut reader = Reader::new(bytes);
        reader.head(MODULE_MAGIC)?;
        let mut lengths = [0; sections::MODULE_SECTIONS];
        for length in &mut lengths {
            *length = reader.u32()?;
        }
        let module = sections::read(&mut reader, lengths)?;
        reader.end()?;
        Ok(module)
    }
}

impl Debug {
    /// The binary form.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.bytes(&DEBUG_MAGIC);
        writer.u32(LIR_VERSION);
        sections::write_debug(self, &mut writer);
        writer.finish()
    }

    /// The debug section whose binary form this is.
    pub fn decode(bytes: &[u8]) -> Result<Debug, BinaryError> {
        let mut reader = Reader::new(bytes);
        reader.head(DEBUG_MAGIC)?;
        let debug = sections::read_debug(&mut reader)?;
        reader.end()?;
        Ok(debug)
    }
}

//! The canonical JSON form of modules: what `lumen emit --json` prints and what people write by hand.
//!
//! Written JSON has sorted keys, no white space, and leaves out what has its default; reading it yields the same module.
//! For people, reading takes more: types, constants and the number of registers follow from their use, so a table may be
//! left out; jumps go to labels. `docs/spec/lir-v1.md` describes every key.

use std::fmt;

use serde_json::Value;

use super::Module;

mod canonical;
mod cursor;
mod instructions;
mod literals;
mod reader;
mod writer;

pub(super) use canonical::canonical_text;
pub(super) use literals::{float_text, hex};

/// Why a text is not a module in JSON form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct JsonError {
    /// Where: `cells[0].code[3].a`; empty if the text is no JSON.
    pub path: String,
    /// What is wrong there and what was expected.
    pub problem: String,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.problem)
        } else {
            write!(f, "{}: {}", self.path, self.problem)
        }
    }
}

impl Module {
    /// The canonical JSON form, without a line end.
    pub fn to_json(&self) -> String {
        canonical_text(&writer::module(self))
    }

    /// The module that a JSON text describes. It is not verified.
    pub fn from_json(text: &str) -> Result<Module, JsonError> {
        let value: Value = serde_json::from_str(text).map_err(|error| JsonError {
            path: String::new(),
            problem: format!("not JSON: {error}"),
        })?;
        reader::module(&value)
    }
}

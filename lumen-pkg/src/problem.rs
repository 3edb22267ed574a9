//! What is wrong with a manifest, workspace or lock: plain data, rendered by `lumen-cli` as text or JSON.

use crate::position::Region;
use std::path::PathBuf;

/// One error or warning. Message and help are sentences without colour, final full stop or file position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Errors stop the build, warnings do not.
    pub severity: Severity,
    /// A code of the language's table; manifests use only E0060, "not supported yet".
    pub code: Option<&'static str>,
    /// What is wrong, in the user's words.
    pub message: String,
    /// Where.
    pub location: Location,
    /// Other places that take part, in reading order: the first of two equal names, every further edge of a cycle.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The workspace cannot be built.
    Error,
    /// The workspace can be built, but something has no effect or is probably not meant so.
    Warning,
}

/// A place in a file, or a whole file when `region` is `None` (unreadable, too large, a folder).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Absolute if the start folder was.
    pub file: PathBuf,
    /// Lines and columns within the file.
    pub region: Option<Region>,
}

/// A further place with a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there.
    pub message: String,
}

impl Problem {
    /// Whether the problem or one of its labels lies in `file`.
    pub(crate) fn mentions(&self, file: &std::path::Path) -> bool {
        self.location.file == file || self.labels.iter().any(|label| label.location.file == file)
    }
}

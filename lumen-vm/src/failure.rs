//! How a run fails: kind, message, details and the stack of cells, as plain data. Rendering it is the CLI's.

use crate::heap::HeapError;
use crate::lir::{CellDebug, ModuleId, Span};

/// Sort of a failure, as LANGUAGE section 7 lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// A `where` constraint is broken.
    Validation,
    /// A tool failed.
    Tool,
    /// A tool was called beyond what was granted.
    Policy,
    /// A check of the language or a limit: index, key, division, overflow, null, cast, depth, fuel, memory.
    Runtime,
    /// `halt`, and `e!` on an err.
    Halt,
    /// An assertion does not hold.
    Assertion,
}

impl FailureKind {
    /// The name that users see.
    pub fn name(self) -> &'static str {
        match self {
            FailureKind::Validation => "ValidationError",
            FailureKind::Tool => "ToolError",
            FailureKind::Policy => "PolicyError",
            FailureKind::Runtime => "RuntimeError",
            FailureKind::Halt => "Halt",
            FailureKind::Assertion => "AssertionError",
        }
    }
}

/// What else is known about a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Details {
    /// Nothing.
    #[default]
    None,
    /// The two sides of an assertion, shown as literals.
    Sides {
        /// What the program had.
        left: String,
        /// What it was compared with.
        right: String,
    },
    /// The broken constraints of a record.
    Constraints(Vec<BrokenConstraint>),
}

/// Something wrong with one value: a broken `where` constraint, or a Json that is of another type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenConstraint {
    /// Path of the field, `a.b[0]`.
    pub path: String,
    /// The constraint as written, or what was expected.
    pub constraint: String,
    /// The value, as text.
    pub value: String,
}

impl BrokenConstraint {
    /// One line for people: where, what is there, what should be.
    pub fn describe(&self) -> String {
        let BrokenConstraint {
            path,
            constraint,
            value,
        } = self;
        let said = ["expected ", "missing", "unknown field"];
        let said = said.into_iter().find(|said| constraint.starts_with(said));
        let place = if path.is_empty() {
            String::new()
        } else {
            format!("at `{path}`: ")
        };
        match said {
            None => format!("{path} = {value}, where {constraint}"),
            Some("missing") => format!("{place}{constraint}"),
            Some(_) => format!("{place}{constraint}, found {value}"),
        }
    }
}

/// Why a text is no value of a parameter's type.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ArgumentError {
    /// The text is no JSON. One sentence that says where, what was expected and what was found.
    #[error("{0}")]
    Text(String),
    /// The JSON is no value of the type: all that is wrong with it, at least one thing.
    #[error("{}", faults_in_words(.0))]
    Faulty(Vec<BrokenConstraint>),
    /// Constraints do not hold, or a constraint or a default failed.
    #[error("{}", .0.message)]
    Failed(Failure),
}

fn faults_in_words(faults: &[BrokenConstraint]) -> String {
    let lines: Vec<String> = faults.iter().map(BrokenConstraint::describe).collect();
    match lines.as_slice() {
        [line] => line.clone(),
        lines => format!("{} errors\n  {}", lines.len(), lines.join("\n  ")),
    }
}

/// A cell that was running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    /// Its module.
    pub module: ModuleId,
    /// Its position in [`crate::lir::Module::cells`].
    pub cell: u32,
    /// Its name.
    pub name: String,
    /// Word offset of the instruction in [`crate::lir::Cell::code`].
    pub offset: u32,
}

/// A run that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Its sort.
    pub kind: FailureKind,
    /// What happened, one sentence without a full stop.
    pub message: String,
    /// What else is known.
    pub details: Box<Details>,
    /// The innermost cells that were running, innermost first.
    pub stack: Vec<FrameInfo>,
    /// How many outer cells the stack leaves out in its middle: the outermost ones are kept too.
    pub omitted: usize,
    /// Whether a budget is exhausted, so that no handlers run.
    pub(crate) exhausted: bool,
    /// Whether the stack holds all cells of the run in which it happened.
    pub(crate) traced: bool,
}

impl Failure {
    /// A failure without details and stack; the machine fills in the stack.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            details: Box::default(),
            stack: Vec::new(),
            omitted: 0,
            exhausted: false,
            traced: false,
        }
    }

    /// A [`FailureKind::Runtime`] failure.
    pub fn runtime(message: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Runtime, message)
    }

    /// A [`FailureKind::Runtime`] failure for want of fuel or memory: no handlers run.
    pub(crate) fn exhausted(message: impl Into<String>) -> Failure {
        Failure {
            exhausted: true,
            ..Failure::runtime(message)
        }
    }

    /// A [`FailureKind::Assertion`] failure.
    pub fn assertion(message: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Assertion, message)
    }

    /// The same with details.
    pub fn with_details(mut self, details: Details) -> Failure {
        self.details = Box::new(details);
        self
    }
}

impl From<HeapError> for Failure {
    #[cold]
    fn from(error: HeapError) -> Failure {
        Failure::exhausted(error.to_string())
    }
}

/// A place in the source that was running: a cell (inlined or not) and the expression in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFrame {
    /// Position in [`crate::lir::Module::cells`] of the cell whose text it is.
    pub cell: u32,
    /// The expression; nothing if the debug section does not say.
    pub span: Option<Span>,
}

impl FrameInfo {
    /// The places in the source that this frame stands for, innermost first: the instruction's own and the calls that were
    /// inlined around it. `debug` is the entry of [`FrameInfo::cell`] in its module's debug section.
    pub fn source_frames(&self, debug: &CellDebug) -> Vec<SourceFrame> {
        let following = debug
            .instructions
            .partition_point(|&(offset, _)| offset <= self.offset);
        let entry = following
            .checked_sub(1)
            .and_then(|position| debug.instructions.get(position));
        let mut frames = Vec::new();
        let mut next = entry.map(|&(_, location)| location);
        while let Some((index, location)) =
            next.and_then(|index| Some((index, debug.locations.get(index as usize)?)))
        {
            frames.push(SourceFrame {
                cell: location.cell,
                span: Some(location.span),
            });
            // Callers stand below in the table; anything else would be a loop.
            next = location.caller.filter(|&caller| caller < index);
        }
        if frames.is_empty() {
            frames.push(SourceFrame {
                cell: self.cell,
                span: None,
            });
        }
        frames
    }
}

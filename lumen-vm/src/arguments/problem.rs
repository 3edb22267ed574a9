//! What can be wrong with a text that should be a value, and how it is said.

use crate::failure::Failure;
use crate::heap::{HeapError, TypeRef, TypeTable};
use crate::show::{BoundedText, write_type_name};

/// Why a builder made no value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Missing {
    /// It cannot make such values yet; says what.
    NotSupported(String),
    /// The program failed while making it.
    Failed(Failure),
}

/// Why a text is no value of a parameter's type.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ArgumentError {
    /// The text is no JSON, or not of the type. One sentence that says where, what was expected and what was found.
    #[error("{0}")]
    Text(String),
    /// A constructor or a default failed.
    #[error("{}", .0.message)]
    Failed(Failure),
}

/// What is wrong, and where in the tree.
#[derive(Debug)]
pub(super) struct Problem {
    /// Steps from the innermost value outward: `.name` or `[0]`.
    path: Vec<String>,
    error: ArgumentError,
}

impl Problem {
    pub(super) fn new(message: String) -> Problem {
        Problem {
            path: Vec::new(),
            error: ArgumentError::Text(message),
        }
    }

    pub(super) fn within(mut self, step: String) -> Problem {
        self.path.push(step);
        self
    }
}

impl From<HeapError> for Problem {
    fn from(error: HeapError) -> Problem {
        Problem {
            path: Vec::new(),
            error: ArgumentError::Failed(error.into()),
        }
    }
}

impl From<Missing> for Problem {
    fn from(missing: Missing) -> Problem {
        match missing {
            Missing::NotSupported(what) => Problem::new(format!("{what} is not supported yet")),
            Missing::Failed(failure) => Problem {
                path: Vec::new(),
                error: ArgumentError::Failed(failure),
            },
        }
    }
}

impl From<Problem> for ArgumentError {
    fn from(problem: Problem) -> ArgumentError {
        let steps: String = problem.path.iter().rev().map(String::as_str).collect();
        match problem.error {
            ArgumentError::Text(message) if !steps.is_empty() => {
                ArgumentError::Text(format!("at `{}`: {message}", steps.trim_start_matches('.')))
            }
            error => error,
        }
    }
}

/// A type's name, cut off if it is long.
pub(super) fn type_name(types: &TypeTable, ty: TypeRef) -> String {
    const SHOWN: usize = 4096;
    let mut name = BoundedText::new(SHOWN);
    match write_type_name(types, ty, &mut name) {
        Ok(()) => name.into_string(),
        Err(_) => name.into_string() + "...",
    }
}

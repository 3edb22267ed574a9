//! What is wrong with a Json, and where in it.

use crate::failure::{BrokenConstraint, Details, Failure, FailureKind};
use crate::heap::{Heap, HeapError, TypeRef, TypeTable, Word};
use crate::show::{BoundedText, Form, write_type_name, write_value};
use std::fmt::Write;

/// Something wrong with one value.
#[derive(Debug)]
pub(crate) struct Fault {
    /// A FieldError, owned.
    error: Word,
    /// Whether the value is of its type and breaks a constraint.
    pub(crate) breaks_constraint: bool,
}

impl Fault {
    pub(crate) fn release(self, heap: &mut Heap) {
        heap.release(self.error);
    }
}

/// The faults so far, and the path to what is being decoded.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
    path: String,
}

/// Length of the path before a step.
#[must_use]
pub(super) struct Outer(usize);

impl Faults {
    pub(super) fn enter_name(&mut self, name: &str) -> Outer {
        let outer = Outer(self.path.len());
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(name);
        outer
    }

    pub(super) fn enter_position(&mut self, position: usize) -> Outer {
        let outer = Outer(self.path.len());
        write!(self.path, "[{position}]").expect("a String takes everything");
        outer
    }

    pub(super) fn enter_key(&mut self, key: &str) -> Outer {
        let outer = Outer(self.path.len());
        write!(self.path, "[{key:?}]").expect("a String takes everything");
        outer
    }

    pub(super) fn leave(&mut self, outer: Outer) {
        self.path.truncate(outer.0);
    }

    /// Notes a fault of the value at the path; borrows the value, a dynamic word.
    pub(super) fn add(&mut self, heap: &mut Heap, constraint: &str, value: Word) -> Result<(), HeapError> {
        let error = field_error(heap, &self.path, constraint, value)?;
        self.list.push(Fault {
            error,
            breaks_constraint: false,
        });
        Ok(())
    }

    /// Notes a broken constraint of a field of the record at the path. Borrows the FieldError, whose path is the field.
    pub(super) fn add_broken(&mut self, heap: &mut Heap, error: Word) -> Result<(), HeapError> {
        let [path, constraint, value] = [0, 1, 2].map(|part| heap.element(error, part));
        let outer = self.enter_name(heap.text(path));
        let path = heap.string(&self.path);
        self.leave(outer);
        let path = path?;
        heap.retain(constraint);
        heap.retain(value);
        let error = heap.aggregate(TypeRef::FIELD_ERROR, &[path, constraint, value])?;
        self.list.push(Fault {
            error,
            breaks_constraint: true,
        });
        Ok(())
    }

    /// How many there are so far.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Takes those from `start` on away.
    pub(super) fn split_off(&mut self, start: usize) -> Vec<Fault> {
        self.list.split_off(start)
    }

    /// Adds some that were taken away.
    pub(super) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.list.extend(faults);
    }

    pub(super) fn into_list(self) -> Vec<Fault> {
        self.list
    }
}

/// A FieldError. Borrows the value, a dynamic word.
pub(crate) fn field_error(
    heap: &mut Heap,
    path: &str,
    constraint: &str,
    value: Word,
) -> Result<Word, HeapError> {
    let path = heap.string(path)?;
    let constraint = match heap.string(constraint) {
        Ok(constraint) => constraint,
        Err(error) => {
            heap.release(path);
            return Err(error);
        }
    };
    heap.retain(value);
    heap.aggregate(TypeRef::FIELD_ERROR, &[path, constraint, value])
}

/// Gives faults up.
pub(crate) fn release_faults(heap: &mut Heap, faults: Vec<Fault>) {
    faults.into_iter().for_each(|fault| fault.release(heap));
}

/// The failure of a run that these faults are; consumes them. `expected` is the name of the type that the value should
/// have.
pub(crate) fn failure_of(heap: &mut Heap, expected: &str, faults: Vec<Fault>) -> Failure {
    let message = summary(expected, faults.len());
    let shown = shown_faults(heap, &faults);
    release_faults(heap, faults);
    Failure::new(FailureKind::Validation, message).with_details(Details::Constraints(shown))
}

/// Faults as plain data. Borrows.
pub(crate) fn shown_faults(heap: &Heap, faults: &[Fault]) -> Vec<BrokenConstraint> {
    let errors: Vec<Word> = faults.iter().map(|fault| fault.error).collect();
    shown_errors(heap, &errors)
}

/// FieldErrors as plain data. Borrows.
pub(crate) fn shown_errors(heap: &Heap, errors: &[Word]) -> Vec<BrokenConstraint> {
    let show = |&error: &Word| {
        let [path, constraint, value] = [0, 1, 2].map(|part| heap.element(error, part));
        BrokenConstraint {
            path: heap.text(path).to_owned(),
            constraint: heap.text(constraint).to_owned(),
            value: shown(heap, value),
        }
    };
    errors.iter().map(show).collect()
}

/// A Json as a literal, cut off if it is long.
fn shown(heap: &Heap, json: Word) -> String {
    const SHOWN: usize = 1000;
    let mut text = BoundedText::new(SHOWN);
    match write_value(heap, json, TypeRef::JSON, Form::Literal, &mut text) {
        Ok(()) => text.into_string(),
        Err(_) => text.into_string() + "...",
    }
}

fn summary(expected: &str, count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("not a valid {expected}: {count} error{plural}")
}

/// The ValidationError of these faults; consumes them. `expected` is the name of the type that the value should have.
pub(crate) fn invalid(heap: &mut Heap, expected: &str, faults: Vec<Fault>) -> Result<Word, HeapError> {
    let message = summary(expected, faults.len());
    let errors: Vec<Word> = faults.into_iter().map(|fault| fault.error).collect();
    let errors = heap.list_of(TypeRef::FIELD_ERRORS, &errors)?;
    validation_error(heap, &message, errors)
}

/// A ValidationError. Consumes the errors, a `list[FieldError]`.
pub(crate) fn validation_error(heap: &mut Heap, message: &str, errors: Word) -> Result<Word, HeapError> {
    match heap.string(message) {
        Ok(message) => heap.aggregate(TypeRef::VALIDATION_ERROR, &[message, errors]),
        Err(error) => {
            heap.release(errors);
            Err(error)
        }
    }
}

/// A type's name, cut off if it is long.
pub(crate) fn type_name(types: &TypeTable, ty: TypeRef) -> String {
    const SHOWN: usize = 4096;
    let mut name = BoundedText::new(SHOWN);
    match write_type_name(types, ty, &mut name) {
        Ok(()) => name.into_string(),
        Err(_) => name.into_string() + "...",
    }
}

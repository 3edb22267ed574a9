//! What constructors and checks of constrained records collect: the list of the constraints that do not hold.

use super::building::element_type;
use super::exactly;
use super::output::show_failure;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word};
use crate::json::{self, Functions};
use crate::show::{BoundedText, Form, ShowError, write_value};

pub(super) fn constraint_failed(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    result: TypeRef,
) -> Result<Word, Failure> {
    let [failures, path, constraint, value] = exactly(arguments);
    let heap = &mut *context.heap;
    let text = json_or_literal(heap, *value).map_err(|error| show_failure(heap, error))?;
    let row = element_type(heap, result);
    let value = heap.string(&text)?;
    let words = [path.take(heap), constraint.take(heap), value];
    let row = heap.aggregate(row, &words)?;
    let failures = failures.take(heap);
    Ok(heap.push(failures, row)?)
}

/// What `R.check` collects.
pub(super) fn add_field_error(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [errors, path, constraint, value] = exactly(arguments);
    let heap = &mut *context.heap;
    let value = json::encode(heap, value.word, value.ty, Functions::Show)?;
    let words = [path.take(heap), constraint.take(heap), value];
    let error = heap.aggregate(TypeRef::FIELD_ERROR, &words)?;
    let errors = errors.take(heap);
    Ok(heap.push(errors, error)?)
}

fn json_or_literal(heap: &Heap, value: Argument) -> Result<String, ShowError> {
    let mut text = BoundedText::within(heap);
    match write_value(heap, value.word, value.ty, Form::Json, &mut text) {
        Ok(()) => return Ok(text.into_string()),
        Err(ShowError::Full) => return Err(ShowError::Full),
        Err(ShowError::NotJson(_)) => {}
    }
    let mut text = BoundedText::within(heap);
    write_value(heap, value.word, value.ty, Form::Literal, &mut text)?;
    Ok(text.into_string())
}

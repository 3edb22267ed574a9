//! Constraints of records that do not hold: what `R.check` collects, and what `R.new` fails with.

use super::exactly;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};
use crate::json::{self, Functions};

/// What `R.new` fails with.
pub(super) fn validation_error(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [record, errors] = exactly(arguments);
    let heap = &mut *context.heap;
    let name = heap.text(record.word);
    let message = match heap.elements(errors.word).len() {
        1 => format!("{name} is not valid: 1 constraint does not hold"),
        count => format!("{name} is not valid: {count} constraints do not hold"),
    };
    let errors = errors.take(heap);
    Ok(json::validation_error(heap, &message, errors)?)
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

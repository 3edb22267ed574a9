//! `print` and `debug`: a line for the host.

use super::exactly;
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{Heap, TypeRef, Word};
use crate::show::{BoundedText, ShowError, write_shown};

pub(super) fn print(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    let line = shown(context.heap, *value)?;
    context.output.print_line(&line);
    Ok(Word::NULL)
}

pub(super) fn debug(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    let line = shown(context.heap, *value)?;
    context.output.debug_line(&line);
    Ok(Word::NULL)
}

/// What `print` shows of a value, within the byte budget.
pub(super) fn shown(heap: &mut Heap, value: Argument) -> Result<String, Failure> {
    let mut text = BoundedText::within(heap);
    match write_shown(heap, value.word, value.ty, &mut text) {
        Ok(()) => Ok(text.into_string()),
        Err(error) => Err(show_failure(heap, error)),
    }
}

/// A value that could not be shown, as a failure of the run.
pub(super) fn show_failure(heap: &mut Heap, error: ShowError) -> Failure {
    match error {
        ShowError::Full => heap.charge(usize::MAX).expect_err("no budget is so large").into(),
        ShowError::NotJson(what) => Failure::runtime(format!("{what} has no form in JSON")),
    }
}

//! `assert_snapshot`: a value as text that people read and keep, which the host compares.

use super::exactly;
use super::output::{show_failure, shown};
use crate::exec::{Argument, Context};
use crate::failure::{Failure, FailureKind};
use crate::heap::{Heap, TypeRef, Word};
use crate::show::{BoundedText, Form, ShowError, write_indented, write_value};

pub(super) fn assert_snapshot(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value, name] = exactly(arguments);
    let text = rendered(context.heap, *value)?;
    let name = Some(context.heap.text(name.word)).filter(|name| !name.is_empty());
    match context.output.snapshot(name, &text) {
        Ok(()) => Ok(Word::NULL),
        Err(why) => Err(Failure::new(FailureKind::Validation, why)),
    }
}

/// A String as it is, anything else as indented JSON; what has no form in JSON, as `print` shows it.
fn rendered(heap: &mut Heap, value: Argument) -> Result<String, Failure> {
    if heap.resolve(value.word, value.ty).0 == TypeRef::STRING {
        return shown(heap, value);
    }
    let mut json = BoundedText::within(heap);
    match write_value(heap, value.word, value.ty, Form::Json, &mut json) {
        Ok(()) => {}
        Err(ShowError::NotJson(_)) => return shown(heap, value),
        Err(error) => return Err(show_failure(heap, error)),
    }
    // Both texts exist for a while.
    let room = json.as_str().len();
    heap.charge(room)?;
    let mut text = BoundedText::within(heap);
    let written = write_indented(json.as_str(), &mut text);
    heap.refund(room);
    match written {
        Ok(()) => Ok(text.into_string()),
        Err(_) => Err(show_failure(heap, ShowError::Full)),
    }
}

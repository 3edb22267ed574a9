//! Between types: `to_string`, `to_int`, `to_float`, `type_of`, `format`.

use super::output::{show_failure, shown};
use super::{arithmetic, exactly};
use crate::exec::{Argument, Context};
use crate::failure::Failure;
use crate::heap::{RuntimeType, TypeRef, Word};
use crate::show::{
    BoundedText, FormatOperand, FormatSpec, FormatSpecError, format_float, format_int, format_text,
    write_type_name,
};

pub(super) fn to_string(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    if value.ty == TypeRef::STRING {
        return Ok(value.take(context.heap));
    }
    let text = shown(context.heap, *value)?;
    Ok(context.heap.string(&text)?)
}

pub(super) fn int_of_string(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [text] = exactly(arguments);
    optional_int(context, arithmetic::parse_int(context.heap.text(text.word)))
}

pub(super) fn int_of_float(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    optional_int(context, arithmetic::truncate(value.word.float()))
}

pub(super) fn int_of_int(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    optional_int(context, Some(value.word.int()))
}

pub(super) fn float_of_string(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [text] = exactly(arguments);
    match arithmetic::parse_float(context.heap.text(text.word)) {
        Some(value) => Ok(context.heap.wrap_float(value)?),
        None => Ok(Word::INLINE_NULL),
    }
}

pub(super) fn float_of_int(
    _: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    Ok(Word::from_float(value.word.int() as f64))
}

pub(super) fn float_of_float(
    _: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    Ok(value.word)
}

pub(super) fn type_of(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value] = exactly(arguments);
    let (ty, _) = context.heap.resolve(value.word, value.ty);
    let mut name = BoundedText::within(context.heap);
    match write_type_name(context.heap.types(), ty, &mut name) {
        Ok(()) => Ok(context.heap.string(name.as_str())?),
        Err(error) => Err(show_failure(context.heap, error.into())),
    }
}

pub(super) fn format(
    context: &mut Context<'_>,
    arguments: &mut [Argument],
    _: TypeRef,
) -> Result<Word, Failure> {
    let [value, spec] = exactly(arguments);
    let (ty, word) = context.heap.resolve(value.word, value.ty);
    let operand = match context.heap.types().get(ty) {
        RuntimeType::Int => FormatOperand::Int,
        RuntimeType::Float => FormatOperand::Float,
        RuntimeType::String => FormatOperand::String,
        _ => FormatOperand::Other,
    };
    let written = context.heap.text(spec.word);
    let spec = FormatSpec::parse(written)
        .and_then(|spec| spec.check(operand, written).map(|()| spec))
        .map_err(|error| faulty_spec(written, &error))?;
    let mut text = BoundedText::within(context.heap);
    let done = match operand {
        FormatOperand::Int => format_int(word.int(), &spec, &mut text),
        FormatOperand::Float => format_float(word.float(), &spec, &mut text),
        FormatOperand::String => format_text(context.heap.text(word), &spec, &mut text),
        FormatOperand::Other => format_text(&shown(context.heap, *value)?, &spec, &mut text),
    };
    match done {
        Ok(()) => Ok(context.heap.string(text.as_str())?),
        Err(error) => Err(show_failure(context.heap, error.into())),
    }
}

fn faulty_spec(spec: &str, error: &FormatSpecError) -> Failure {
    let shown: String = spec.chars().take(40).collect();
    Failure::runtime(format!("faulty format spec {shown:?}: {error}"))
}

fn optional_int(context: &mut Context<'_>, value: Option<i64>) -> Result<Word, Failure> {
    match value {
        Some(value) => Ok(context.heap.wrap_int(value)?),
        None => Ok(Word::INLINE_NULL),
    }
}

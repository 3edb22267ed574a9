//! Values of any type as text, in the language's own notation or in canonical JSON.
//!
//! Literal notation is LANGUAGE section 6, "`print` shows ..."; JSON is section 5, "JSON form". Both walk the value with
//! an explicit stack, so that a list nested a million levels needs no native stack; the stack counts against the bound
//! of the text that is written.

use super::bounded::BoundedText;
use super::json_scalar::{order_of_names, write_json_float, write_json_string};
use super::literal::{write_bytes_literal, write_float, write_hex, write_text_literal};
use super::parts::Parts;
use super::type_name::write_type_name;
use crate::heap::{Heap, NominalShape, RuntimeType, TypeRef, Word};
use std::fmt::{self, Write};

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As literals of the language.
    Literal,
    /// As canonical JSON.
    Json,
}

/// Why a value could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShowError {
    /// The text is as long as it may be.
    Full,
    /// Part of the value has no form in JSON; says which.
    NotJson(&'static str),
}

impl From<fmt::Error> for ShowError {
    fn from(_: fmt::Error) -> ShowError {
        ShowError::Full
    }
}

/// Writes a value as `print` shows it: a String raw, anything else as a literal.
pub(crate) fn write_shown(
    heap: &Heap,
    word: Word,
    ty: TypeRef,
    output: &mut BoundedText,
) -> Result<(), ShowError> {
    match heap.resolve(word, ty) {
        (TypeRef::STRING, word) => Ok(output.write_str(heap.text(word))?),
        (ty, word) => write_value(heap, word, ty, Form::Literal, output),
    }
}

/// Writes a value, a String as a literal too.
pub(crate) fn write_value(
    heap: &Heap,
    word: Word,
    ty: TypeRef,
    form: Form,
    output: &mut BoundedText,
) -> Result<(), ShowError> {
    let mut writer = Writer {
        heap,
        form,
        output,
        open: Vec::new(),
    };
    let mut next = Some((word, ty));
    loop {
        if let Some((word, ty)) = next {
            let (ty, word) = heap.resolve(word, ty);
            writer.begin(word, ty)?;
        }
        let Some(frame) = writer.open.last_mut() else {
            return Ok(());
        };
        next = frame.parts.advance(heap, form, writer.output)?;
        if next.is_none() {
            writer.output.write_str(frame.close)?;
            writer.open.pop();
            writer.output.refund(size_of::<Frame<'_>>());
        }
    }
}

/// A value that is being written.
struct Frame<'heap> {
    parts: Parts<'heap>,
    close: &'static str,
}

struct Writer<'heap, 'output> {
    heap: &'heap Heap,
    form: Form,
    output: &'output mut BoundedText,
    open: Vec<Frame<'heap>>,
}

impl<'heap> Writer<'heap, '_> {
    /// Writes a scalar, or what comes before the first part of anything else. `ty` is not dynamic.
    fn begin(&mut self, word: Word, ty: TypeRef) -> Result<(), ShowError> {
        let (heap, form) = (self.heap, self.form);
        let literal = form == Form::Literal;
        match heap.types().get(ty) {
            RuntimeType::Null => self.output.write_str("null")?,
            RuntimeType::Bool => write!(self.output, "{}", word.bool())?,
            RuntimeType::Int => write!(self.output, "{}", word.int())?,
            RuntimeType::Float => self.float(word.float())?,
            RuntimeType::String if literal => write_text_literal(heap.text(word), self.output)?,
            RuntimeType::String => write_json_string(heap.text(word), self.output)?,
            RuntimeType::Bytes => self.bytes(heap.octets(word))?,
            RuntimeType::List(element) => self.open("[", Parts::same(heap.elements(word), *element), "]")?,
            RuntimeType::Tuple(types) => {
                let (open, close) = if literal { ("(", ")") } else { ("[", "]") };
                self.open(open, Parts::each(heap.elements(word), types), close)?;
            }
            RuntimeType::Set(_) if literal && heap.table_len(word) == 0 => self.output.write_str("set()")?,
            RuntimeType::Set(element) => {
                let (open, close) = if literal { ("{", "}") } else { ("[", "]") };
                self.open(open, Parts::set(heap, word, *element), close)?;
            }
            RuntimeType::Map(key, value) => {
                let parts = match form {
                    Form::Literal => Parts::map(heap, word, *key, *value),
                    Form::Json => self.sorted_entries(word, *key, *value)?,
                };
                self.open("{", parts, "}")?;
            }
            RuntimeType::Result(..) => {
                let open = match (heap.variant_of(word), form) {
                    (0, Form::Literal) => "ok(",
                    (0, Form::Json) => "{\"ok\":",
                    (_, Form::Literal) => "err(",
                    (_, Form::Json) => "{\"err\":",
                };
                let parts = Parts::each(heap.elements(word), heap.types().parts(ty, heap.variant_of(word)));
                self.open(open, parts, if literal { ")" } else { "}" })?;
            }
            RuntimeType::Nominal(nominal) => {
                let nominal = heap.types().nominal(*nominal);
                match &nominal.shape {
                    NominalShape::Record(fields) => self.record(&nominal.name, word, fields)?,
                    NominalShape::Enum(variants) => {
                        let variant = heap.variant_of(word);
                        let (name, types) = &variants[variant as usize];
                        self.variant(name, word, types)?;
                    }
                    NominalShape::Opaque => unreachable!("no value is of an opaque type"),
                }
            }
            RuntimeType::Function(..) | RuntimeType::Generator(_) if literal => {
                write_type_name(heap.types(), ty, self.output)?;
            }
            RuntimeType::Function(..) => return Err(ShowError::NotJson("a function")),
            RuntimeType::Generator(_) => return Err(ShowError::NotJson("a generator")),
            RuntimeType::Variable(_) => unreachable!("no value is of an open type"),
            RuntimeType::Json | RuntimeType::Union(_) => {
                unreachable!("a dynamic word holds a value of a plain type")
            }
        }
        Ok(())
    }

    fn open(&mut self, open: &str, parts: Parts<'heap>, close: &'static str) -> fmt::Result {
        self.output.write_str(open)?;
        self.output.charge(size_of::<Frame<'_>>())?;
        self.open.push(Frame { parts, close });
        Ok(())
    }

    fn float(&mut self, value: f64) -> Result<(), ShowError> {
        match self.form {
            Form::Literal => write_float(value, self.output)?,
            Form::Json if value.is_finite() => write_json_float(value, self.output)?,
            Form::Json if value.is_nan() => return Err(ShowError::NotJson("NaN")),
            Form::Json => return Err(ShowError::NotJson("an infinite Float")),
        }
        Ok(())
    }

    fn bytes(&mut self, octets: &[u8]) -> fmt::Result {
        if self.form == Form::Literal {
            return write_bytes_literal(octets, self.output);
        }
        self.output.write_char('"')?;
        write_hex(octets, self.output)?;
        self.output.write_char('"')
    }

    fn record(&mut self, name: &str, word: Word, fields: &'heap [(String, TypeRef)]) -> fmt::Result {
        let words = self.heap.elements(word);
        let mut order: Vec<u32> = (0..fields.len() as u32).collect();
        if self.form == Form::Literal {
            self.output.write_str(name)?;
            return self.open("(", Parts::fields(fields, words, order), ")");
        }
        order.sort_by(|left, right| order_of_names(&fields[*left as usize].0, &fields[*right as usize].0));
        self.open("{", Parts::fields(fields, words, order), "}")
    }

    fn variant(&mut self, name: &str, word: Word, types: &'heap [TypeRef]) -> fmt::Result {
        let words = self.heap.elements(word);
        match (self.form, types.is_empty()) {
            (Form::Literal, true) => self.output.write_str(name),
            (Form::Json, true) => write_json_string(name, self.output),
            (Form::Literal, false) => {
                self.output.write_str(name)?;
                self.open("(", Parts::each(words, types), ")")
            }
            (Form::Json, false) => {
                self.output.write_char('{')?;
                write_json_string(name, self.output)?;
                self.open(":[", Parts::each(words, types), "]}")
            }
        }
    }

    /// Entries of a map by the order of names in JSON, which is not that of keys: names are text, compared by UTF-16.
    fn sorted_entries(&mut self, map: Word, key: TypeRef, value: TypeRef) -> Result<Parts<'heap>, ShowError> {
        let held = self.heap.table_len(map) * size_of::<(Word, Word)>();
        self.output.charge(held)?;
        let heap = self.heap;
        let mut entries: Vec<(Word, Word)> = heap.map_entries(map).collect();
        match key {
            TypeRef::STRING => {
                entries.sort_by(|left, right| order_of_names(heap.text(left.0), heap.text(right.0)));
            }
            TypeRef::INT => entries.sort_by_cached_key(|(key, _)| key.int().to_string()),
            _ => {}
        }
        self.output.refund(held);
        Ok(Parts::entries(entries, key, value))
    }
}

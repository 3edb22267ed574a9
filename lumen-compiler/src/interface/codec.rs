//! The stored form of what the build caches beside LIR: interfaces, warnings, lists of tests.
//!
//! One encoding for each value, so equal bytes mean equal values. Reading is bounded by the input and by a depth, and
//! never panics: whatever is not an encoding is `None`. The forms carry no version: they are found by keys that name
//! the compiler ([`crate::COMPILER_ID`]).
//!
//! Numbers are little endian; a list is its `u32` count and its items, a text its `u32` length and its bytes.

mod read;
mod write;

use super::{Interface, InterfaceItem, InterfaceKind, InterfaceType};
use crate::check::Test;
use crate::diagnostic::{Code, Confidence, Diagnostic, Label, Severity};
use lumen_vm::lir::ModuleId;
use read::Reader;
use write::Writer;

/// Types nested deeper are not read; the checker allows no such depth.
const MAXIMUM_DEPTH: usize = 500;

/// Types that are a tag alone; the tag is the position.
const PLAIN_TYPES: [InterfaceType; 9] = [
    InterfaceType::Error,
    InterfaceType::Never,
    InterfaceType::Null,
    InterfaceType::Bool,
    InterfaceType::Int,
    InterfaceType::Float,
    InterfaceType::String,
    InterfaceType::Bytes,
    InterfaceType::Json,
];

/// An interface in stored form.
pub fn encode_interface(interface: &Interface) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.text(interface.module.as_str());
    writer.list(&interface.items, Writer::item);
    writer.digest(&interface.names_hash);
    writer.0
}

/// The interface in stored form, if it is one.
pub fn decode_interface(bytes: &[u8]) -> Option<Interface> {
    let mut reader = Reader(bytes);
    let module = ModuleId::parse(reader.text()?);
    let items = reader.list(Reader::item)?;
    let names_hash = reader.digest()?;
    let ascending = items.is_sorted_by(|left, right| left.name < right.name);
    (reader.0.is_empty() && ascending).then_some(Interface {
        module,
        items,
        names_hash,
    })
}

/// Findings in stored form.
pub fn encode_diagnostics(diagnostics: &[Diagnostic]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.list(diagnostics, |writer, diagnostic| {
        writer.text(diagnostic.code.info().name);
        writer.byte(u8::from(diagnostic.severity == Severity::Error));
        writer.text(&diagnostic.message);
        writer.span(diagnostic.span);
        writer.text(&diagnostic.label);
        writer.list(&diagnostic.related, |writer, label| {
            writer.span(label.span);
            writer.text(&label.text);
        });
        writer.list(&diagnostic.help, |writer, help| {
            writer.text(&help.text);
            writer.byte(u8::from(help.confidence == Confidence::Sure));
            writer.list(&help.edits, |writer, edit| {
                writer.span(edit.span);
                writer.text(&edit.replacement);
                writer.byte(u8::from(edit.below));
            });
        });
    });
    writer.0
}

/// Findings from their stored form.
pub fn decode_diagnostics(bytes: &[u8]) -> Option<Vec<Diagnostic>> {
    let mut reader = Reader(bytes);
    let diagnostics = reader.list(|reader| {
        Some(Diagnostic {
            code: Code::from_name(reader.text()?)?,
            severity: match reader.flag()? {
                true => Severity::Error,
                false => Severity::Warning,
            },
            message: reader.text()?.to_owned(),
            span: reader.span()?,
            label: reader.text()?.to_owned(),
            related: reader.list(|reader| {
                Some(Label {
                    span: reader.span()?,
                    text: reader.text()?.to_owned(),
                })
            })?,
            help: reader.list(Reader::help)?,
        })
    })?;
    reader.0.is_empty().then_some(diagnostics)
}

/// Tests in stored form.
pub fn encode_tests(tests: &[Test]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.list(tests, |writer, test| {
        writer.text(&test.cell);
        writer.text(&test.name);
        writer.span(test.span);
    });
    writer.0
}

/// Tests from their stored form.
pub fn decode_tests(bytes: &[u8]) -> Option<Vec<Test>> {
    let mut reader = Reader(bytes);
    let tests = reader.list(|reader| {
        Some(Test {
            cell: reader.text()?.to_owned(),
            name: reader.text()?.to_owned(),
            span: reader.span()?,
        })
    })?;
    reader.0.is_empty().then_some(tests)
}

/// What an item's hash is over.
pub(super) fn item_bytes(
    name: &str,
    public: bool,
    kind: &InterfaceKind,
    deprecated: Option<&str>,
) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.text(name);
    writer.byte(u8::from(public));
    writer.kind(kind);
    writer.optional_text(deprecated);
    writer.0
}

/// What the hash of the set of names is over.
pub(super) fn names_bytes(items: &[InterfaceItem]) -> Vec<u8> {
    let mut writer = Writer::default();
    let named: Vec<&InterfaceItem> = items.iter().filter(|item| item.is_named()).collect();
    writer.list(&named, |writer, item| {
        writer.text(&item.name);
        writer.byte(u8::from(item.public));
    });
    writer.0
}

#[cfg(test)]
mod tests;

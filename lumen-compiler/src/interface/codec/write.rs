//! Writing the stored form.

use super::super::{Digest, InterfaceItem, InterfaceKind, InterfaceType, InterfaceTypeParameter};
use super::PLAIN_TYPES;
use crate::diagnostic::Span;
use lumen_vm::lir::ModuleId;

/// Appends stored forms.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn number(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(u32::try_from(count).expect("a document has fewer than 2^32 of anything"));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn digest(&mut self, digest: &Digest) {
        self.0.extend_from_slice(digest);
    }

    pub(super) fn span(&mut self, span: Span) {
        [span.fence, span.start, span.end]
            .into_iter()
            .for_each(|number| self.number(number));
    }

    pub(super) fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Writer, &T)) {
        self.count(items.len());
        items.iter().for_each(|item| write(self, item));
    }

    pub(super) fn optional_text(&mut self, text: Option<&str>) {
        self.byte(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    pub(super) fn item(&mut self, item: &InterfaceItem) {
        self.text(&item.name);
        self.byte(u8::from(item.public));
        self.kind(&item.kind);
        self.optional_text(item.deprecated.as_deref());
        self.digest(&item.hash);
    }

    pub(super) fn kind(&mut self, kind: &InterfaceKind) {
        match kind {
            InterfaceKind::Cell {
                type_parameters,
                parameters,
                result,
                effects,
            } => {
                self.byte(0);
                self.type_parameters(type_parameters);
                self.list(parameters, |writer, parameter| {
                    writer.typed(&parameter.name, &parameter.ty, parameter.has_default);
                });
                self.ty(result);
                self.list(effects, |writer, effect| writer.text(effect));
            }
            InterfaceKind::Record {
                type_parameters,
                fields,
                constrained,
            } => {
                self.byte(1);
                self.type_parameters(type_parameters);
                self.list(fields, |writer, field| {
                    writer.typed(&field.name, &field.ty, field.has_default)
                });
                self.byte(u8::from(*constrained));
            }
            InterfaceKind::Enum {
                type_parameters,
                variants,
            } => {
                self.byte(2);
                self.type_parameters(type_parameters);
                self.list(variants, |writer, (name, payload)| {
                    writer.text(name);
                    writer.list(payload, Writer::ty);
                });
            }
            InterfaceKind::Const { ty } => {
                self.byte(3);
                self.ty(ty);
            }
            InterfaceKind::Alias { type_parameters, ty } => {
                self.byte(4);
                self.type_parameters(type_parameters);
                self.ty(ty);
            }
            InterfaceKind::Trait { methods } => {
                self.byte(6);
                self.list(methods, |writer, method| {
                    writer.text(&method.name);
                    writer.list(&method.parameters, |writer, parameter| {
                        writer.typed(&parameter.name, &parameter.ty, parameter.has_default);
                    });
                    writer.ty(&method.result);
                });
            }
            InterfaceKind::Impl {
                type_parameters,
                ty,
                cells,
            } => {
                self.byte(7);
                self.type_parameters(type_parameters);
                self.ty(ty);
                self.list(cells, |writer, cell| writer.text(cell));
            }
            InterfaceKind::Method { traits } => {
                self.byte(8);
                self.traits(traits);
            }
            InterfaceKind::Broken => self.byte(5),
        }
    }

    pub(super) fn type_parameters(&mut self, parameters: &[InterfaceTypeParameter]) {
        self.list(parameters, |writer, parameter| {
            writer.text(&parameter.name);
            writer.byte(parameter.class as u8);
            writer.traits(&parameter.traits);
        });
    }

    pub(super) fn traits(&mut self, traits: &[(ModuleId, String)]) {
        self.list(traits, |writer, (module, name)| {
            writer.text(module.as_str());
            writer.text(name);
        });
    }

    pub(super) fn typed(&mut self, name: &str, ty: &InterfaceType, has_default: bool) {
        self.text(name);
        self.ty(ty);
        self.byte(u8::from(has_default));
    }

    /// Recurses over the nesting of a type, which the checker bounds.
    pub(super) fn ty(&mut self, ty: &InterfaceType) {
        if let Some(tag) = PLAIN_TYPES.iter().position(|plain| plain == ty) {
            return self.byte(tag as u8);
        }
        match ty {
            InterfaceType::List(element) => self.tagged(16, [element.as_ref()]),
            InterfaceType::Map(key, value) => self.tagged(17, [key.as_ref(), value.as_ref()]),
            InterfaceType::Set(element) => self.tagged(18, [element.as_ref()]),
            InterfaceType::Result(ok, err) => self.tagged(19, [ok.as_ref(), err.as_ref()]),
            InterfaceType::Tuple(elements) => {
                self.byte(20);
                self.list(elements, Writer::ty);
            }
            InterfaceType::Union(members) => {
                self.byte(21);
                self.list(members, Writer::ty);
            }
            InterfaceType::Nominal(module, name, arguments) => {
                self.byte(22);
                self.text(module.as_str());
                self.text(name);
                self.list(arguments, Writer::ty);
            }
            InterfaceType::Function(parameters, result) => {
                self.byte(23);
                self.list(parameters, Writer::ty);
                self.ty(result);
            }
            InterfaceType::Generator(element) => self.tagged(24, [element.as_ref()]),
            InterfaceType::Variable(position) => {
                self.byte(25);
                self.number(*position);
            }
            plain => unreachable!("{plain:?} is in the table of plain types"),
        }
    }

    pub(super) fn tagged<const N: usize>(&mut self, tag: u8, parts: [&InterfaceType; N]) {
        self.byte(tag);
        parts.into_iter().for_each(|part| self.ty(part));
    }
}

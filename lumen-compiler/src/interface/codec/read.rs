//! Reading the stored form, which may be anything.

use super::super::{
    Digest, InterfaceField, InterfaceItem, InterfaceKind, InterfaceMethod, InterfaceParameter, InterfaceType,
    InterfaceTypeParameter,
};
use super::{MAXIMUM_DEPTH, PLAIN_TYPES};
use crate::diagnostic::{Confidence, Edit, Help, Span};
use lumen_vm::lir::{ModuleId, VariableClass};

/// Takes stored forms off the front; nothing where there is none.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.number()? as usize;
        std::str::from_utf8(self.take(length)?).ok()
    }

    pub(super) fn digest(&mut self) -> Option<Digest> {
        self.take(32)?.try_into().ok()
    }

    pub(super) fn help(&mut self) -> Option<Help> {
        Some(Help {
            text: self.text()?.to_owned(),
            confidence: match self.flag()? {
                true => Confidence::Sure,
                false => Confidence::Maybe,
            },
            edits: self.list(|reader| {
                Some(Edit {
                    span: reader.span()?,
                    replacement: reader.text()?.to_owned(),
                    below: reader.flag()?,
                })
            })?,
        })
    }

    pub(super) fn span(&mut self) -> Option<Span> {
        Some(Span {
            fence: self.number()?,
            start: self.number()?,
            end: self.number()?,
        })
    }

    /// Every item takes at least a byte, so a count that the input cannot hold is refused at once.
    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Reader<'a>) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()? as usize;
        if count > self.0.len() {
            return None;
        }
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(read(self)?);
        }
        Some(items)
    }

    pub(super) fn item(&mut self) -> Option<InterfaceItem> {
        Some(InterfaceItem {
            name: self.text()?.to_owned(),
            public: self.flag()?,
            kind: self.kind()?,
            deprecated: match self.flag()? {
                true => Some(self.text()?.to_owned()),
                false => None,
            },
            hash: self.digest()?,
        })
    }

    pub(super) fn kind(&mut self) -> Option<InterfaceKind> {
        Some(match self.byte()? {
            0 => InterfaceKind::Cell {
                type_parameters: self.type_parameters()?,
                parameters: self.parameters()?,
                result: self.ty(0)?,
                effects: self.list(|reader| reader.text().map(str::to_owned))?,
            },
            1 => InterfaceKind::Record {
                type_parameters: self.type_parameters()?,
                fields: self.list(|reader| {
                    let (name, ty, has_default) = reader.typed()?;
                    Some(InterfaceField {
                        name,
                        ty,
                        has_default,
                    })
                })?,
                constrained: self.flag()?,
            },
            2 => InterfaceKind::Enum {
                type_parameters: self.type_parameters()?,
                variants: self
                    .list(|reader| Some((reader.text()?.to_owned(), reader.list(|reader| reader.ty(0))?)))?,
            },
            3 => InterfaceKind::Const { ty: self.ty(0)? },
            4 => InterfaceKind::Alias {
                type_parameters: self.type_parameters()?,
                ty: self.ty(0)?,
            },
            5 => InterfaceKind::Broken,
            6 => InterfaceKind::Trait {
                methods: self.list(|reader| {
                    Some(InterfaceMethod {
                        name: reader.text()?.to_owned(),
                        parameters: reader.parameters()?,
                        result: reader.ty(0)?,
                    })
                })?,
            },
            7 => InterfaceKind::Impl {
                type_parameters: self.type_parameters()?,
                ty: self.ty(0)?,
                cells: self.list(|reader| reader.text().map(str::to_owned))?,
            },
            8 => InterfaceKind::Method {
                traits: self.traits()?,
            },
            _ => return None,
        })
    }

    pub(super) fn type_parameters(&mut self) -> Option<Vec<InterfaceTypeParameter>> {
        self.list(|reader| {
            Some(InterfaceTypeParameter {
                name: reader.text()?.to_owned(),
                class: VariableClass::from_number(reader.byte()?)?,
                traits: reader.traits()?,
            })
        })
    }

    pub(super) fn traits(&mut self) -> Option<Vec<(ModuleId, String)>> {
        self.list(|reader| Some((ModuleId::parse(reader.text()?), reader.text()?.to_owned())))
    }

    pub(super) fn parameters(&mut self) -> Option<Vec<InterfaceParameter>> {
        self.list(|reader| {
            let (name, ty, has_default) = reader.typed()?;
            Some(InterfaceParameter {
                name,
                ty,
                has_default,
            })
        })
    }

    pub(super) fn typed(&mut self) -> Option<(String, InterfaceType, bool)> {
        Some((self.text()?.to_owned(), self.ty(0)?, self.flag()?))
    }

    pub(super) fn ty(&mut self, depth: usize) -> Option<InterfaceType> {
        if depth > MAXIMUM_DEPTH {
            return None;
        }
        let tag = self.byte()?;
        if let Some(plain) = PLAIN_TYPES.get(usize::from(tag)) {
            return Some(plain.clone());
        }
        let inner = |reader: &mut Self| reader.ty(depth + 1);
        Some(match tag {
            16 => InterfaceType::List(Box::new(inner(self)?)),
            17 => InterfaceType::Map(Box::new(inner(self)?), Box::new(inner(self)?)),
            18 => InterfaceType::Set(Box::new(inner(self)?)),
            19 => InterfaceType::Result(Box::new(inner(self)?), Box::new(inner(self)?)),
            20 => InterfaceType::Tuple(self.list(inner)?),
            21 => InterfaceType::Union(self.list(inner)?),
            22 => InterfaceType::Nominal(
                ModuleId::parse(self.text()?),
                self.text()?.to_owned(),
                self.list(inner)?,
            ),
            23 => InterfaceType::Function(self.list(inner)?, Box::new(inner(self)?)),
            24 => InterfaceType::Generator(Box::new(inner(self)?)),
            25 => InterfaceType::Variable(self.number()?),
            _ => return None,
        })
    }
}

//! The stored form of what the build caches beside LIR: interfaces, warnings, lists of tests.
//!
//! One encoding for each value, so equal bytes mean equal values. Reading is bounded by the input and by a depth, and
//! never panics: whatever is not an encoding is `None`. The forms carry no version: they are found by keys that name
//! the compiler ([`crate::COMPILER_ID`]).
//!
//! Numbers are little endian; a list is its `u32` count and its items, a text its `u32` length and its bytes.

use super::{
    Digest, Interface, InterfaceField, InterfaceItem, InterfaceKind, InterfaceMethod, InterfaceParameter,
    InterfaceType, InterfaceTypeParameter,
};
use crate::check::Test;
use crate::diagnostic::{Code, Confidence, Diagnostic, Edit, Help, Label, Severity, Span};
use lumen_vm::lir::{ModuleId, VariableClass};

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

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn number(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.number(u32::try_from(count).expect("a document has fewer than 2^32 of anything"));
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn digest(&mut self, digest: &Digest) {
        self.0.extend_from_slice(digest);
    }

    fn span(&mut self, span: Span) {
        [span.fence, span.start, span.end]
            .into_iter()
            .for_each(|number| self.number(number));
    }

    fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Writer, &T)) {
        self.count(items.len());
        items.iter().for_each(|item| write(self, item));
    }

    fn optional_text(&mut self, text: Option<&str>) {
        self.byte(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn item(&mut self, item: &InterfaceItem) {
        self.text(&item.name);
        self.byte(u8::from(item.public));
        self.kind(&item.kind);
        self.optional_text(item.deprecated.as_deref());
        self.digest(&item.hash);
    }

    fn kind(&mut self, kind: &InterfaceKind) {
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

    fn type_parameters(&mut self, parameters: &[InterfaceTypeParameter]) {
        self.list(parameters, |writer, parameter| {
            writer.text(&parameter.name);
            writer.byte(parameter.class as u8);
            writer.traits(&parameter.traits);
        });
    }

    fn traits(&mut self, traits: &[(ModuleId, String)]) {
        self.list(traits, |writer, (module, name)| {
            writer.text(module.as_str());
            writer.text(name);
        });
    }

    fn typed(&mut self, name: &str, ty: &InterfaceType, has_default: bool) {
        self.text(name);
        self.ty(ty);
        self.byte(u8::from(has_default));
    }

    /// Recurses over the nesting of a type, which the checker bounds.
    fn ty(&mut self, ty: &InterfaceType) {
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

    fn tagged<const N: usize>(&mut self, tag: u8, parts: [&InterfaceType; N]) {
        self.byte(tag);
        parts.into_iter().for_each(|part| self.ty(part));
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()? as usize;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn digest(&mut self) -> Option<Digest> {
        self.take(32)?.try_into().ok()
    }

    fn help(&mut self) -> Option<Help> {
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

    fn span(&mut self) -> Option<Span> {
        Some(Span {
            fence: self.number()?,
            start: self.number()?,
            end: self.number()?,
        })
    }

    /// Every item takes at least a byte, so a count that the input cannot hold is refused at once.
    fn list<T>(&mut self, mut read: impl FnMut(&mut Reader<'a>) -> Option<T>) -> Option<Vec<T>> {
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

    fn item(&mut self) -> Option<InterfaceItem> {
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

    fn kind(&mut self) -> Option<InterfaceKind> {
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

    fn type_parameters(&mut self) -> Option<Vec<InterfaceTypeParameter>> {
        self.list(|reader| {
            Some(InterfaceTypeParameter {
                name: reader.text()?.to_owned(),
                class: VariableClass::from_number(reader.byte()?)?,
                traits: reader.traits()?,
            })
        })
    }

    fn traits(&mut self) -> Option<Vec<(ModuleId, String)>> {
        self.list(|reader| Some((ModuleId::parse(reader.text()?), reader.text()?.to_owned())))
    }

    fn parameters(&mut self) -> Option<Vec<InterfaceParameter>> {
        self.list(|reader| {
            let (name, ty, has_default) = reader.typed()?;
            Some(InterfaceParameter {
                name,
                ty,
                has_default,
            })
        })
    }

    fn typed(&mut self) -> Option<(String, InterfaceType, bool)> {
        Some((self.text()?.to_owned(), self.ty(0)?, self.flag()?))
    }

    fn ty(&mut self, depth: usize) -> Option<InterfaceType> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn types() -> impl Strategy<Value = InterfaceType> {
        let leaf = prop_oneof![
            (0..PLAIN_TYPES.len()).prop_map(|index| PLAIN_TYPES[index].clone()),
            "[A-Z][a-z]{0,3}".prop_map(|name| InterfaceType::Nominal(
                ModuleId::document("m"),
                name,
                Vec::new()
            )),
            (0..3u32).prop_map(InterfaceType::Variable),
        ];
        leaf.prop_recursive(4, 20, 3, |inner| {
            let boxed = || inner.clone().prop_map(Box::new);
            prop_oneof![
                boxed().prop_map(InterfaceType::List),
                boxed().prop_map(InterfaceType::Set),
                (boxed(), boxed()).prop_map(|(key, value)| InterfaceType::Map(key, value)),
                (boxed(), boxed()).prop_map(|(ok, err)| InterfaceType::Result(ok, err)),
                proptest::collection::vec(inner.clone(), 0..3).prop_map(InterfaceType::Tuple),
                proptest::collection::vec(inner.clone(), 0..3).prop_map(InterfaceType::Union),
                boxed().prop_map(InterfaceType::Generator),
                (proptest::collection::vec(inner.clone(), 0..3), boxed())
                    .prop_map(|(parameters, result)| InterfaceType::Function(parameters, result)),
                proptest::collection::vec(inner.clone(), 0..3).prop_map(|arguments| {
                    InterfaceType::Nominal(ModuleId::document("m"), "N".to_owned(), arguments)
                }),
            ]
        })
    }

    fn type_parameters() -> impl Strategy<Value = Vec<InterfaceTypeParameter>> {
        let parameter =
            ("[A-Z]", 0..4u8, any::<bool>()).prop_map(|(name, class, bound)| InterfaceTypeParameter {
                name,
                class: VariableClass::from_number(class).expect("there are four classes"),
                traits: bound
                    .then(|| (ModuleId::document("m"), "Show".to_owned()))
                    .into_iter()
                    .collect(),
            });
        proptest::collection::vec(parameter, 0..3)
    }

    fn parameters() -> impl Strategy<Value = Vec<InterfaceParameter>> {
        let parameter =
            ("[a-z]{1,3}", types(), any::<bool>()).prop_map(|(name, ty, has_default)| InterfaceParameter {
                name,
                ty,
                has_default,
            });
        proptest::collection::vec(parameter, 0..3)
    }

    fn kinds() -> impl Strategy<Value = InterfaceKind> {
        let typed = || ("[a-z]{1,3}", types(), any::<bool>());
        let method =
            ("[a-z]", parameters(), types()).prop_map(|(name, parameters, result)| InterfaceMethod {
                name,
                parameters,
                result,
            });
        prop_oneof![
            (type_parameters(), parameters(), types()).prop_map(|(type_parameters, parameters, result)| {
                InterfaceKind::Cell {
                    type_parameters,
                    parameters,
                    result,
                    effects: vec!["http".to_owned()],
                }
            }),
            (
                type_parameters(),
                proptest::collection::vec(typed(), 0..3),
                any::<bool>()
            )
                .prop_map(|(type_parameters, fields, constrained)| {
                    let field = |(name, ty, has_default)| InterfaceField {
                        name,
                        ty,
                        has_default,
                    };
                    InterfaceKind::Record {
                        type_parameters,
                        fields: fields.into_iter().map(field).collect(),
                        constrained,
                    }
                }),
            (
                type_parameters(),
                proptest::collection::vec(("[A-Z]", proptest::collection::vec(types(), 0..2)), 0..3)
            )
                .prop_map(|(type_parameters, variants)| InterfaceKind::Enum {
                    type_parameters,
                    variants
                }),
            types().prop_map(|ty| InterfaceKind::Const { ty }),
            (type_parameters(), types())
                .prop_map(|(type_parameters, ty)| InterfaceKind::Alias { type_parameters, ty }),
            proptest::collection::vec(method, 0..3).prop_map(|methods| InterfaceKind::Trait { methods }),
            (
                type_parameters(),
                types(),
                proptest::collection::vec("[a-z]", 0..2)
            )
                .prop_map(|(type_parameters, ty, cells)| InterfaceKind::Impl {
                    type_parameters,
                    ty,
                    cells
                }),
            proptest::collection::vec("[A-Z]", 0..2).prop_map(|names| InterfaceKind::Method {
                traits: names
                    .into_iter()
                    .map(|name| (ModuleId::in_package("@a/b", "1.0.0", "t"), name))
                    .collect()
            }),
            Just(InterfaceKind::Broken),
        ]
    }

    fn interfaces() -> impl Strategy<Value = Interface> {
        let items = proptest::collection::btree_map(
            "[a-z]{1,4}",
            (any::<bool>(), kinds(), any::<Option<String>>(), any::<Digest>()),
            0..4,
        );
        (items, any::<Digest>()).prop_map(|(items, names_hash)| Interface {
            module: ModuleId::in_package("@a/b", "1.0.0", "c"),
            items: items
                .into_iter()
                .map(|(name, (public, kind, deprecated, hash))| InterfaceItem {
                    name,
                    public,
                    kind,
                    deprecated,
                    hash,
                })
                .collect(),
            names_hash,
        })
    }

    proptest! {
        #[test]
        fn an_interface_reads_back_as_it_was_written(interface in interfaces()) {
            prop_assert_eq!(decode_interface(&encode_interface(&interface)), Some(interface));
        }

        #[test]
        fn what_reads_as_an_interface_is_its_only_encoding(interface in interfaces(), at in any::<prop::sample::Index>(), value in any::<u8>()) {
            let mut bytes = encode_interface(&interface);
            let at = at.index(bytes.len());
            bytes[at] = value;
            if let Some(other) = decode_interface(&bytes) {
                prop_assert_eq!(encode_interface(&other), bytes);
            }
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (decode_interface(&bytes), decode_diagnostics(&bytes), decode_tests(&bytes));
        }
    }

    #[test]
    fn types_nested_without_end_are_refused() {
        let mut bytes = encode_interface(&Interface {
            module: ModuleId::document("m"),
            items: vec![],
            names_hash: [0; 32],
        });
        bytes.truncate(6);
        bytes.extend(1u32.to_le_bytes());
        bytes.extend([0, 0, 0, 0, 1, 3]);
        bytes.extend(vec![16; 1_000_000]);
        assert_eq!(decode_interface(&bytes), None);
    }

    #[test]
    fn diagnostics_and_tests_read_back_as_they_were_written() {
        let span = Span {
            fence: 1,
            start: 2,
            end: u32::MAX,
        };
        let diagnostics = vec![
            Diagnostic::new(Code::W0001, span, "unused")
                .label("here")
                .related(span, "there")
                .help("remove it")
                .fix("write `x`", [Edit::replace(span, "x")])
                .maybe("write `y`", [Edit::before(span, "y"), Edit::delete(span)]),
            Diagnostic::new(Code::E0012, span, ""),
        ];
        assert_eq!(
            decode_diagnostics(&encode_diagnostics(&diagnostics)),
            Some(diagnostics)
        );
        let tests = vec![Test {
            cell: "c".to_owned(),
            name: "adds up".to_owned(),
            span,
        }];
        assert_eq!(decode_tests(&encode_tests(&tests)), Some(tests));
    }
}

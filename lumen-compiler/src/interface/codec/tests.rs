use super::super::{Digest, InterfaceField, InterfaceMethod, InterfaceParameter, InterfaceTypeParameter};
use super::*;
use crate::diagnostic::{Edit, Span};
use lumen_vm::lir::VariableClass;
use proptest::prelude::*;

fn types() -> impl Strategy<Value = InterfaceType> {
    let leaf = prop_oneof![
        (0..PLAIN_TYPES.len()).prop_map(|index| PLAIN_TYPES[index].clone()),
        "[A-Z][a-z]{0,3}".prop_map(|name| InterfaceType::Nominal(ModuleId::document("m"), name, Vec::new())),
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
    let method = ("[a-z]", parameters(), types()).prop_map(|(name, parameters, result)| InterfaceMethod {
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

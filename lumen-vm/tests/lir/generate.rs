//! Generators of modules: arbitrary ones, of which nothing makes sense but the shape.

use lumen_vm::lir::{
    Cell, CellDebug, CellKind, Constant, Debug, Field, ImportedCell, Layout, Location, Module, ModuleId,
    Nominal, NominalId, Origin, Parameter, Policy, Span, Tool, Type, TypeId, Variant,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Any module, mostly refused by the verifier.
pub(crate) fn arbitrary_module() -> impl Strategy<Value = Module> {
    let tables = (
        vec(constant(), 0..4),
        vec(ty(), 0..6),
        vec(nominal(), 0..3),
        vec(cell(), 0..3),
        vec(imported_cell(), 0..3),
        vec(tool(), 0..2),
        vec(policy(), 0..2),
    );
    (name(), tables).prop_map(
        |(id, (constants, types, nominals, cells, imported_cells, tools, policies))| Module {
            id: ModuleId::parse(&id),
            constants,
            types,
            nominals,
            cells,
            imported_cells,
            tools,
            policies,
        },
    )
}

/// Any debug section.
pub(crate) fn arbitrary_debug() -> impl Strategy<Value = Debug> {
    let span = any::<[u32; 3]>()
        .prop_map(|[fence, start, end]| Span { fence, start, end })
        .boxed();
    let location = (any::<u32>(), span.clone(), any::<Option<u32>>())
        .prop_map(|(cell, span, caller)| Location { cell, span, caller });
    let cell = (span, vec(location, 0..3), vec(any::<(u32, u32)>(), 0..4)).prop_map(
        |(declaration, locations, instructions)| CellDebug {
            declaration,
            locations,
            instructions,
        },
    );
    vec(cell, 0..3).prop_map(|cells| Debug { cells })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]",
        "[a-z]{1,8}(\\.[a-z]{1,4})?",
        "[A-C][a-z]{0,3}",
        Just("Int".to_owned()),
        Just("list".to_owned()),
        "\\PC{0,6}",
        any::<String>(),
    ]
}

fn constant() -> impl Strategy<Value = Constant> {
    let float = prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        prop::sample::select(vec![
            0.0,
            -0.0,
            0.1,
            1.0,
            1e21,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY
        ]),
    ];
    prop_oneof![
        any::<i64>().prop_map(Constant::Int),
        (0..3i64).prop_map(Constant::Int),
        float.prop_map(Constant::Float),
        name().prop_map(Constant::String),
        vec(any::<u8>(), 0..5).prop_map(Constant::Bytes),
    ]
}

fn type_id() -> impl Strategy<Value = TypeId> {
    prop_oneof![9 => 0..6u32, 1 => any::<u32>()].prop_map(TypeId)
}

fn type_ids() -> impl Strategy<Value = Vec<TypeId>> {
    vec(type_id(), 0..4)
}

fn ty() -> impl Strategy<Value = Type> {
    prop_oneof![
        4 => prop::sample::select(vec![
            Type::Null,
            Type::Bool,
            Type::Int,
            Type::Float,
            Type::String,
            Type::Bytes,
            Type::Json,
        ]),
        1 => type_id().prop_map(Type::List),
        1 => (type_id(), type_id()).prop_map(|(key, value)| Type::Map(key, value)),
        1 => type_id().prop_map(Type::Set),
        1 => type_ids().prop_map(Type::Tuple),
        1 => (type_id(), type_id()).prop_map(|(value, error)| Type::Result(value, error)),
        1 => type_ids().prop_map(Type::Union),
        1 => (0..3u32).prop_map(|index| Type::Nominal(NominalId(index))),
        1 => (type_ids(), type_id()).prop_map(|(parameters, result)| Type::Function(parameters, result)),
    ]
}

fn nominal() -> impl Strategy<Value = Nominal> {
    let origin = prop_oneof![
        Just(Origin::Here),
        name().prop_map(|id| Origin::Module(ModuleId::parse(&id))),
    ];
    let field = (name(), type_id()).prop_map(|(name, ty)| Field { name, ty });
    let variant = (name(), type_ids()).prop_map(|(name, payload)| Variant { name, payload });
    let layout = prop_oneof![
        (vec(field, 0..3), any::<bool>())
            .prop_map(|(fields, constrained)| Layout::Record { fields, constrained }),
        vec(variant, 0..3).prop_map(|variants| Layout::Enum { variants }),
        Just(Layout::Opaque),
    ];
    (origin, name(), layout).prop_map(|(origin, name, layout)| Nominal { origin, name, layout })
}

fn cell() -> impl Strategy<Value = Cell> {
    let parameter = (name(), type_id()).prop_map(|(name, ty)| Parameter { name, ty });
    let head = (
        name(),
        0..6u8,
        any::<bool>(),
        vec(parameter, 0..3),
        type_id(),
        vec(name(), 0..3),
    );
    (head, any::<u16>(), code()).prop_map(
        |((name, kind, public, parameters, result, effects), registers, code)| Cell {
            name,
            kind: CellKind::from_number(kind).expect("there are six kinds"),
            public,
            parameters,
            result,
            effects,
            registers,
            code,
        },
    )
}

/// Words that are instructions more often than chance has it.
pub(crate) fn code() -> impl Strategy<Value = Vec<u32>> {
    let word = prop_oneof![
        6 => (0..50u8, 0..4u8, 0..4u8, 0..4u8).prop_map(|(op, a, b, c)| u32::from_le_bytes([op, a, b, c])),
        // Those that need no more words.
        6 => (5..12u8, 0..4u8, 0..4u8, 0..4u8).prop_map(|(op, a, b, c)| u32::from_le_bytes([op, a, b, c])),
        3 => 0..5u32,
        1 => any::<u32>(),
    ];
    vec(word, 0..12)
}

fn imported_cell() -> impl Strategy<Value = ImportedCell> {
    (name(), name(), type_ids(), type_id(), vec(name(), 0..2)).prop_map(
        |(module, name, parameters, result, effects)| ImportedCell {
            module: ModuleId::parse(&module),
            name,
            parameters,
            result,
            effects,
        },
    )
}

fn tool() -> impl Strategy<Value = Tool> {
    (name(), name(), type_ids(), type_id()).prop_map(|(alias, id, parameters, result)| Tool {
        alias,
        id,
        parameters,
        result,
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    (any::<u32>(), vec((name(), name()), 0..3)).prop_map(|(tool, grants)| Policy { tool, grants })
}

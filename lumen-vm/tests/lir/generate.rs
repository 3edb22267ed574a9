//! Generators of modules: arbitrary ones, of which nothing makes sense but the shape.

use lumen_vm::lir::{
    Cell, CellDebug, CellKind, Constant, Debug, Field, Generics, Handler, ImportedCell, Instance, Layout,
    Location, Method, Module, ModuleId, Nominal, NominalId, Origin, Parameter, Policy, Span, Tool, Type,
    TypeId, TypeParameter, VariableClass, Variant,
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
        vec(instance(), 0..3),
        vec(tool(), 0..2),
        vec(policy(), 0..2),
    );
    (name(), tables).prop_map(
        |(id, (constants, types, nominals, cells, imported_cells, instances, tools, policies))| Module {
            id: ModuleId::parse(&id),
            constants,
            types,
            nominals,
            cells,
            imported_cells,
            instances,
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
        1 => (0..3u32, type_ids()).prop_map(|(index, arguments)| Type::Nominal(NominalId(index), arguments)),
        1 => type_id().prop_map(Type::Generator),
        1 => (0..4u32).prop_map(Type::Variable),
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
    (origin, name(), type_parameters(), layout).prop_map(|(origin, name, parameters, layout)| Nominal {
        origin,
        name,
        parameters,
        layout,
    })
}

fn type_parameters() -> impl Strategy<Value = Vec<TypeParameter>> {
    let parameter = (name(), 0..4u8).prop_map(|(name, class)| TypeParameter {
        name,
        class: VariableClass::from_number(class).expect("there are four classes"),
    });
    vec(parameter, 0..2)
}

fn generics() -> impl Strategy<Value = Generics> {
    let method = (name(), type_ids(), type_id()).prop_map(|(name, parameters, result)| Method {
        name,
        parameters,
        result,
    });
    (type_parameters(), vec(method, 0..2)).prop_map(|(parameters, methods)| Generics { parameters, methods })
}

fn instance() -> impl Strategy<Value = Instance> {
    (0..8u32, type_ids(), vec(0..8u32, 0..2)).prop_map(|(cell, types, methods)| Instance {
        cell,
        types,
        methods,
    })
}

fn cell() -> impl Strategy<Value = Cell> {
    let parameter = (name(), type_id()).prop_map(|(name, ty)| Parameter { name, ty });
    let head = (
        name(),
        0..8u8,
        any::<bool>(),
        any::<bool>(),
        generics(),
        vec(parameter, 0..3),
        type_id(),
        vec(name(), 0..3),
    );
    let handler = any::<[u32; 3]>().prop_map(|[start, end, target]| Handler { start, end, target });
    (head, any::<u16>(), code(), vec(handler, 0..2)).prop_map(
        |(
            (name, kind, public, generator, generics, parameters, result, effects),
            registers,
            code,
            handlers,
        )| Cell {
            name,
            kind: CellKind::from_number(kind).expect("there are eight kinds"),
            public,
            generator,
            generics,
            parameters,
            result,
            effects,
            registers,
            code,
            handlers,
        },
    )
}

/// Words that are instructions more often than chance has it.
pub(crate) fn code() -> impl Strategy<Value = Vec<u32>> {
    let word = prop_oneof![
        6 => (0..53u8, 0..4u8, 0..4u8, 0..4u8).prop_map(|(op, a, b, c)| u32::from_le_bytes([op, a, b, c])),
        // Those that need no more words.
        6 => (5..12u8, 0..4u8, 0..4u8, 0..4u8).prop_map(|(op, a, b, c)| u32::from_le_bytes([op, a, b, c])),
        3 => 0..5u32,
        1 => any::<u32>(),
    ];
    vec(word, 0..12)
}

fn imported_cell() -> impl Strategy<Value = ImportedCell> {
    (
        name(),
        name(),
        generics(),
        type_ids(),
        type_id(),
        vec(name(), 0..2),
    )
        .prop_map(
            |(module, name, generics, parameters, result, effects)| ImportedCell {
                module: ModuleId::parse(&module),
                name,
                generics,
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

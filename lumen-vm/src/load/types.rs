//! Merging the type tables of modules into the program's.

use super::link::LinkError;
use crate::heap::{NominalRef, NominalShape, RuntimeType, TypeRef, TypeTable};
use crate::lir::{Layout, Module, ModuleId, Nominal, Origin, PRELUDE, Type, TypeParameter};

/// A module's types and nominals in terms of the program's.
pub(super) struct ModuleTypes {
    pub(super) types: Vec<TypeRef>,
    nominals: Vec<NominalRef>,
}

/// Enters the types of a module, whose nominals stay opaque for now.
///
/// A generic nominal is entered as the application of it to its own type parameters.
pub(super) fn intern(table: &mut TypeTable, module: &Module) -> ModuleTypes {
    let nominals: Vec<NominalRef> = module
        .nominals
        .iter()
        .map(|nominal| {
            let own = own_arguments(table, nominal.parameters.len());
            table.intern_application(declaring_module(module, nominal), &nominal.name, own)
        })
        .collect();
    let mut types: Vec<TypeRef> = Vec::with_capacity(module.types.len());
    for ty in &module.types {
        let at = |id: &crate::lir::TypeId| types[id.0 as usize];
        let runtime = match ty {
            Type::Null => RuntimeType::Null,
            Type::Bool => RuntimeType::Bool,
            Type::Int => RuntimeType::Int,
            Type::Float => RuntimeType::Float,
            Type::String => RuntimeType::String,
            Type::Bytes => RuntimeType::Bytes,
            Type::Json => RuntimeType::Json,
            Type::List(element) => RuntimeType::List(at(element)),
            Type::Map(key, value) => RuntimeType::Map(at(key), at(value)),
            Type::Set(element) => RuntimeType::Set(at(element)),
            Type::Tuple(elements) => RuntimeType::Tuple(elements.iter().map(at).collect()),
            Type::Result(ok, err) => RuntimeType::Result(at(ok), at(err)),
            Type::Union(members) => {
                // The order of members is that of their indexes, which are others here.
                let mut members: Vec<TypeRef> = members.iter().map(at).collect();
                members.sort_unstable();
                RuntimeType::Union(members.into())
            }
            Type::Nominal(nominal, arguments) if arguments.is_empty() => {
                RuntimeType::Nominal(nominals[nominal.0 as usize])
            }
            Type::Nominal(nominal, arguments) => {
                let nominal = &module.nominals[nominal.0 as usize];
                let arguments = arguments.iter().map(at).collect();
                let declaring = declaring_module(module, nominal);
                RuntimeType::Nominal(table.intern_application(declaring, &nominal.name, arguments))
            }
            Type::Function(parameters, result) => {
                RuntimeType::Function(parameters.iter().map(at).collect(), at(result))
            }
            Type::Generator(element) => RuntimeType::Generator(at(element)),
            Type::Variable(position) => RuntimeType::Variable(*position),
        };
        types.push(table.intern(runtime));
    }
    ModuleTypes { types, nominals }
}

/// The type arguments with which a nominal of so many parameters is declared.
pub(super) fn own_arguments(table: &mut TypeTable, count: usize) -> Box<[TypeRef]> {
    (0..count as u32)
        .map(|position| table.intern(RuntimeType::Variable(position)))
        .collect()
}

/// Gives the nominals that `module` declares their shape.
pub(super) fn define(table: &mut TypeTable, module: &Module, types: &ModuleTypes) -> Result<(), LinkError> {
    for (nominal, &entry) in module.nominals.iter().zip(&types.nominals) {
        if nominal.origin == Origin::Here {
            let shape = shape(&nominal.layout, types);
            if let NominalShape::Enum(variants) = &shape
                && variants.len() > usize::from(u16::MAX)
            {
                return Err(LinkError::TooManyVariants {
                    module: module.id.clone(),
                    name: nominal.name.clone(),
                });
            }
            table.define(entry, shape);
        }
    }
    Ok(())
}

/// Compares what `module` repeats of other modules' nominals with the originals. `original` finds a nominal in the
/// module that declares it.
pub(super) fn check<'modules>(
    table: &TypeTable,
    module: &Module,
    types: &ModuleTypes,
    original: impl Fn(&ModuleId, &str) -> Result<&'modules Nominal, LinkError>,
) -> Result<(), LinkError> {
    for (nominal, &entry) in module.nominals.iter().zip(&types.nominals) {
        let Origin::Module(declaring) = &nominal.origin else {
            continue;
        };
        // The verifier has compared what modules repeat of the prelude.
        if declaring.as_str() == PRELUDE {
            continue;
        }
        let agrees = agrees(nominal, original(declaring, &nominal.name)?);
        let opaque = matches!(nominal.layout, Layout::Opaque);
        if !agrees || (!opaque && shape(&nominal.layout, types) != table.nominal(entry).shape) {
            return Err(LinkError::LayoutDiffers {
                user: module.id.clone(),
                declaring: declaring.clone(),
                name: nominal.name.clone(),
            });
        }
    }
    Ok(())
}

/// Whether a nominal has the type parameters of the original, and is constrained if that is.
fn agrees(nominal: &Nominal, original: &Nominal) -> bool {
    let same_constraint = match (&nominal.layout, &original.layout) {
        (
            Layout::Record { constrained, .. },
            Layout::Record {
                constrained: original,
                ..
            },
        ) => constrained == original,
        _ => true,
    };
    same_constraint && same_parameters(&nominal.parameters, &original.parameters)
}

/// Whether type parameters agree, whatever their names.
pub(super) fn same_parameters(mine: &[TypeParameter], theirs: &[TypeParameter]) -> bool {
    let classes = |parameters: &[TypeParameter]| -> Vec<_> {
        parameters.iter().map(|parameter| parameter.class).collect()
    };
    classes(mine) == classes(theirs)
}

fn declaring_module<'module>(module: &'module Module, nominal: &'module Nominal) -> &'module ModuleId {
    match &nominal.origin {
        Origin::Here => &module.id,
        Origin::Module(declaring) => declaring,
    }
}

fn shape(layout: &Layout, types: &ModuleTypes) -> NominalShape {
    match layout {
        Layout::Record { fields, .. } => NominalShape::Record(
            fields
                .iter()
                .map(|field| (field.name.clone(), types.types[field.ty.0 as usize]))
                .collect(),
        ),
        Layout::Enum { variants } => NominalShape::Enum(
            variants
                .iter()
                .map(|variant| {
                    let payload = variant.payload.iter().map(|ty| types.types[ty.0 as usize]);
                    (variant.name.clone(), payload.collect())
                })
                .collect(),
        ),
        Layout::Opaque => NominalShape::Opaque,
    }
}

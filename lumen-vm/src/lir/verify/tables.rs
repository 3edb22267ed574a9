//! Well-formedness of a module's tables and of the heads of its cells.

use std::collections::BTreeSet;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::classes::MAX_PARAMETERS;
use super::error::{Place, Reason, VerifyError};
use super::instances::MAX_METHODS;
use super::types::{for_each_part, layout_types};
use crate::lir::json::canonical_text;
use crate::lir::{
    Cell, CellKind, Constant, Generics, ImportedCell, Layout, Module, Nominal, Origin, PRELUDE, Policy, Tool,
    Type, TypeId, TypeParameter,
};

/// Longest name, in bytes.
pub(super) const MAX_NAME: usize = 4096;
/// Deepest nesting of types, so that whoever walks a type may recurse.
pub const MAX_TYPE_DEPTH: u32 = 512;
/// Most fields, payloads, elements, members and parameters: what an instruction can pass, and what bounds its checks.
const MAX_PARTS: usize = 255;
/// Bits of the one NaN that a module may hold.
const CANONICAL_NAN: u64 = 0x7ff8_0000_0000_0000;

/// Checks all tables.
pub(super) fn check(module: &Module) -> Result<(), VerifyError> {
    let at_module = |reason| VerifyError {
        place: Place::Module,
        reason,
    };
    name(module.id.as_str(), "the module's name").map_err(at_module)?;
    if module.id.as_str() == PRELUDE {
        return Err(at_module(Reason::NamedAsPrelude));
    }
    constants(module)?;
    types(module)?;
    unique(
        "nominals",
        module
            .nominals
            .iter()
            .map(|nominal| (&nominal.origin, &nominal.name)),
    )?;
    each("nominals", &module.nominals, |entry| nominal(module, entry))?;
    unique(
        "imported_cells",
        module
            .imported_cells
            .iter()
            .map(|cell| (&cell.module, &cell.name)),
    )?;
    each("imported_cells", &module.imported_cells, |entry| {
        imported_cell(module, entry)
    })?;
    unique("instances", module.instances.iter())?;
    unique("tools", module.tools.iter().map(|tool| &tool.alias))?;
    each("tools", &module.tools, |entry| tool(module, entry))?;
    unique(
        "policies",
        module.policies.iter().map(|policy| (policy.tool, &policy.grants)),
    )?;
    each("policies", &module.policies, |entry| policy(module, entry))?;
    unique("cells", module.cells.iter().map(|cell| &cell.name))?;
    module.cells.iter().try_for_each(|cell| {
        cell_head(module, cell).map_err(|reason| VerifyError {
            place: Place::Cell {
                cell: cell.name.clone(),
            },
            reason,
        })
    })
}

pub(super) fn each<T>(
    table: &'static str,
    entries: &[T],
    check: impl Fn(&T) -> Result<(), Reason>,
) -> Result<(), VerifyError> {
    entries.iter().enumerate().try_for_each(|(index, entry)| {
        check(entry).map_err(|reason| VerifyError {
            place: Place::Entry { table, index },
            reason,
        })
    })
}

fn unique<K: Hash + Eq>(
    table: &'static str,
    keys: impl ExactSizeIterator<Item = K>,
) -> Result<(), VerifyError> {
    let mut seen = FxHashMap::with_capacity_and_hasher(keys.len(), Default::default());
    for (index, key) in keys.enumerate() {
        if let Some(earlier) = seen.insert(key, index) {
            let place = Place::Entry { table, index };
            return Err(VerifyError {
                place,
                reason: Reason::Duplicate { earlier },
            });
        }
    }
    Ok(())
}

fn constants(module: &Module) -> Result<(), VerifyError> {
    #[derive(PartialEq, Eq, Hash)]
    enum Key<'m> {
        Int(i64),
        Float(u64),
        String(&'m str),
        Bytes(&'m [u8]),
    }
    let key = |constant| match constant {
        &Constant::Int(value) => Key::Int(value),
        Constant::Float(value) => Key::Float(value.to_bits()),
        Constant::String(value) => Key::String(value),
        Constant::Bytes(value) => Key::Bytes(value),
    };
    unique("constants", module.constants.iter().map(key))?;
    each("constants", &module.constants, |constant| match constant {
        Constant::Float(value) if value.is_nan() && value.to_bits() != CANONICAL_NAN => {
            Err(Reason::NanNotCanonical)
        }
        _ => Ok(()),
    })
}

fn types(module: &Module) -> Result<(), VerifyError> {
    unique("types", module.types.iter())?;
    let mut depths: Vec<u32> = Vec::with_capacity(module.types.len());
    for (index, ty) in module.types.iter().enumerate() {
        let depth = type_depth(module, ty, &depths).map_err(|reason| VerifyError {
            place: Place::Entry {
                table: "types",
                index,
            },
            reason,
        })?;
        depths.push(depth);
    }
    Ok(())
}

/// Checks the type that stands behind those whose depths are given, and yields its own.
fn type_depth(module: &Module, ty: &Type, depths: &[u32]) -> Result<u32, Reason> {
    match ty {
        Type::Tuple(parts) => at_most("elements", parts.len(), MAX_PARTS)?,
        Type::Union(parts) => at_most("members", parts.len(), MAX_PARTS)?,
        Type::Function(parts, _) => at_most("parameters", parts.len(), MAX_PARTS)?,
        _ => {}
    }
    let mut depth = 0;
    let mut forward = None;
    for_each_part(ty, |part| match depths.get(part.0 as usize) {
        Some(&below) => depth = depth.max(below),
        None => forward = forward.or(Some(part.0)),
    });
    if let Some(referred) = forward {
        return Err(Reason::ForwardReference { referred });
    }
    if depth >= MAX_TYPE_DEPTH {
        return Err(Reason::TooDeep {
            limit: MAX_TYPE_DEPTH,
        });
    }
    let form = |id: &TypeId| &module.types[id.0 as usize];
    match ty {
        Type::Map(key, _)
            if !matches!(
                form(key),
                Type::Bool | Type::Int | Type::String | Type::Variable(_)
            ) =>
        {
            return Err(Reason::IllFormedType("a map key is Bool, Int or String"));
        }
        Type::Tuple(elements) if elements.len() < 2 => {
            return Err(Reason::IllFormedType("a tuple has two elements or more"));
        }
        Type::Union(members) => union(members, form)?,
        Type::Nominal(nominal, arguments) => {
            in_range("nominal", nominal.0, module.nominals.len())?;
            let expected = module.nominals[nominal.0 as usize].parameters.len();
            count("type arguments", expected, arguments.len())?;
        }
        Type::Variable(position) => in_range("type parameter", *position, MAX_PARAMETERS)?,
        _ => {}
    }
    Ok(depth + 1)
}

/// A union's members must be told apart by a look at the value: no two of one form, save different nominals and tuples of
/// different length. A type variable may be among them, one at most.
fn union<'m>(members: &[TypeId], form: impl Fn(&TypeId) -> &'m Type) -> Result<(), Reason> {
    if members.len() < 2 {
        return Err(Reason::IllFormedType("a union has two members or more"));
    }
    if !members.is_sorted_by(|left, right| left < right) {
        return Err(Reason::IllFormedType("a union's members ascend by index"));
    }
    let mut forms = BTreeSet::new();
    for member in members {
        let tag = match form(member) {
            Type::Union(_) | Type::Json => {
                return Err(Reason::IllFormedType("a union holds neither unions nor Json"));
            }
            Type::List(_) => (0, 0),
            Type::Map(..) => (1, 0),
            Type::Set(_) => (2, 0),
            Type::Result(..) => (3, 0),
            Type::Function(..) => (4, 0),
            Type::Tuple(elements) => (5, elements.len()),
            Type::Generator(_) => (6, 0),
            Type::Nominal(nominal, _) => (7, nominal.0 as usize),
            Type::Variable(_) => (8, 0),
            _ => continue,
        };
        if !forms.insert(tag) {
            return Err(Reason::IllFormedType(match tag.0 {
                8 => "a union holds one type variable at most",
                _ => "two members of a union differ only in type arguments",
            }));
        }
    }
    Ok(())
}

fn nominal(module: &Module, nominal: &Nominal) -> Result<(), Reason> {
    name(&nominal.name, "its name")?;
    origin(module, &nominal.origin)?;
    type_parameters(&nominal.parameters)?;
    layout_types(nominal)
        .into_iter()
        .try_for_each(|ty| in_types(module, ty))?;
    super::prelude::check(module, nominal)?;
    match &nominal.layout {
        Layout::Opaque if nominal.origin == Origin::Here => {
            Err(Reason::IllFormedLayout("a nominal of this module has a layout"))
        }
        Layout::Opaque => Ok(()),
        Layout::Record { fields, .. } => {
            at_most("fields", fields.len(), MAX_PARTS)?;
            let names: BTreeSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            if names.len() < fields.len() {
                return Err(Reason::IllFormedLayout("two fields have one name"));
            }
            names
                .into_iter()
                .try_for_each(|field| name(field, "a field's name"))
        }
        Layout::Enum { variants } => {
            if variants.is_empty() {
                return Err(Reason::IllFormedLayout("an enum has at least one variant"));
            }
            for variant in variants {
                at_most("payloads", variant.payload.len(), MAX_PARTS)?;
            }
            let names: BTreeSet<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
            if names.len() < variants.len() {
                return Err(Reason::IllFormedLayout("two variants have one name"));
            }
            names
                .into_iter()
                .try_for_each(|variant| name(variant, "a variant's name"))
        }
    }
}

fn origin(module: &Module, origin: &Origin) -> Result<(), Reason> {
    match origin {
        Origin::Here => Ok(()),
        Origin::Module(id) if *id == module.id => Err(Reason::OwnModule),
        Origin::Module(id) => name(id.as_str(), "the module's name"),
    }
}

fn imported_cell(module: &Module, cell: &ImportedCell) -> Result<(), Reason> {
    name(&cell.name, "its name")?;
    if cell.module == module.id {
        return Err(Reason::OwnModule);
    }
    name(cell.module.as_str(), "the module's name")?;
    generics(module, &cell.generics)?;
    at_most("parameters", cell.parameters.len(), MAX_PARTS)?;
    cell.parameters.iter().try_for_each(|&ty| in_types(module, ty))?;
    in_types(module, cell.result)?;
    sorted("effects", &cell.effects, "an effect's name")
}

fn tool(module: &Module, tool: &Tool) -> Result<(), Reason> {
    name(&tool.alias, "its alias")?;
    name(&tool.id, "its identity")?;
    at_most("parameters", tool.parameters.len(), MAX_PARTS)?;
    tool.parameters.iter().try_for_each(|&ty| in_types(module, ty))?;
    in_types(module, tool.result)
}

fn policy(module: &Module, policy: &Policy) -> Result<(), Reason> {
    in_range("tool", policy.tool, module.tools.len())?;
    if !policy.grants.is_sorted_by(|left, right| left.0 < right.0) {
        return Err(Reason::NotSorted("grants"));
    }
    policy.grants.iter().try_for_each(|(grant, value)| {
        name(grant, "a grant's name")?;
        match serde_json::from_str(value) {
            Ok(parsed) if canonical_text(&parsed) == *value => Ok(()),
            _ => Err(Reason::GrantNotCanonical(grant.clone())),
        }
    })
}

fn cell_head(module: &Module, cell: &Cell) -> Result<(), Reason> {
    name(&cell.name, "its name")?;
    generics(module, &cell.generics)?;
    at_most("parameters", cell.parameters.len(), MAX_PARTS)?;
    at_most("registers", usize::from(cell.registers), 256)?;
    if usize::from(cell.registers) < cell.parameters.len() {
        let parameters = cell.parameters.len();
        return Err(Reason::TooFewRegisters {
            registers: cell.registers,
            parameters,
        });
    }
    for parameter in &cell.parameters {
        name(&parameter.name, "a parameter's name")?;
        in_types(module, parameter.ty)?;
    }
    in_types(module, cell.result)?;
    if cell.generator && !matches!(module.types[cell.result.0 as usize], Type::Generator(_)) {
        return Err(Reason::NoGenerator);
    }
    let plain =
        cell.parameters.is_empty() && cell.generics.is_empty() && cell.effects.is_empty() && !cell.generator;
    if cell.kind == CellKind::Constant && !plain {
        return Err(Reason::NoConstant);
    }
    sorted("effects", &cell.effects, "an effect's name")
}

fn type_parameters(parameters: &[TypeParameter]) -> Result<(), Reason> {
    at_most("type parameters", parameters.len(), MAX_PARAMETERS)?;
    let mut parameters = parameters.iter();
    parameters.try_for_each(|parameter| name(&parameter.name, "a type parameter's name"))
}

fn generics(module: &Module, generics: &Generics) -> Result<(), Reason> {
    type_parameters(&generics.parameters)?;
    at_most("methods", generics.methods.len(), MAX_METHODS)?;
    for method in &generics.methods {
        name(&method.name, "a method's name")?;
        at_most("parameters", method.parameters.len(), MAX_PARTS)?;
        method
            .parameters
            .iter()
            .try_for_each(|&ty| in_types(module, ty))?;
        in_types(module, method.result)?;
    }
    Ok(())
}

fn sorted(what: &'static str, names: &[String], one: &'static str) -> Result<(), Reason> {
    if !names.is_sorted_by(|left, right| left < right) {
        return Err(Reason::NotSorted(what));
    }
    names.iter().try_for_each(|effect| name(effect, one))
}

fn name(text: &str, what: &'static str) -> Result<(), Reason> {
    let sane = !text.is_empty() && text.len() <= MAX_NAME && !text.chars().any(char::is_control);
    if sane { Ok(()) } else { Err(Reason::BadName(what)) }
}

fn at_most(what: &'static str, found: usize, limit: usize) -> Result<(), Reason> {
    if found <= limit {
        Ok(())
    } else {
        Err(Reason::TooMany { what, found, limit })
    }
}

/// Refuses another number than is expected.
pub(super) fn count(what: &'static str, expected: usize, found: usize) -> Result<(), Reason> {
    if expected == found {
        Ok(())
    } else {
        Err(Reason::Count {
            what,
            expected,
            found,
        })
    }
}

fn in_types(module: &Module, ty: TypeId) -> Result<(), Reason> {
    in_range("type", ty.0, module.types.len())
}

pub(super) fn in_range(what: &'static str, index: u32, length: usize) -> Result<(), Reason> {
    if (index as usize) < length {
        Ok(())
    } else {
        Err(Reason::OutOfRange { what, index, length })
    }
}

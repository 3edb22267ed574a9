//! What the verifier knows of a module's types: where each stands, and which have equality, an order, or members.

use rustc_hash::FxHashMap;

use super::error::{Place, Reason, VerifyError};
use crate::lir::{Layout, Module, Nominal, NominalId, PreludeRecord, Type, TypeId};

/// An index of a checked type table.
#[derive(Clone, Debug)]
pub(super) struct TypeIndex {
    ids: FxHashMap<Type, TypeId>,
    /// By type: whether no function is inside.
    equatable: Vec<bool>,
    /// By type: whether `<` takes it.
    ordered: Vec<bool>,
    /// The members of Json that the table holds, ascending.
    json_members: Vec<TypeId>,
    /// The prelude's record ValidationError.
    validation_error: Option<TypeId>,
}

impl TypeIndex {
    /// Indexes the table of a module whose tables are well-formed.
    pub(super) fn new(module: &Module) -> TypeIndex {
        let types = &module.types;
        let ids: FxHashMap<Type, TypeId> = types
            .iter()
            .zip(0..)
            .map(|(ty, index)| (ty.clone(), TypeId(index)))
            .collect();
        let mut ordered: Vec<bool> = Vec::with_capacity(types.len());
        for ty in types {
            ordered.push(match ty {
                Type::Int | Type::Float | Type::String | Type::Bool | Type::Bytes => true,
                Type::List(element) => ordered[element.0 as usize],
                Type::Tuple(elements) => elements.iter().all(|element| ordered[element.0 as usize]),
                _ => false,
            });
        }
        let validation_error = module
            .nominals
            .iter()
            .position(|nominal| PreludeRecord::of_nominal(nominal) == Some(PreludeRecord::ValidationError))
            .and_then(|index| {
                ids.get(&Type::Nominal(NominalId(index as u32), Vec::new()))
                    .copied()
            });
        let json_members = json_members(&ids);
        TypeIndex {
            equatable: equatable(module),
            ids,
            ordered,
            json_members,
            validation_error,
        }
    }

    /// Checks what the form of a type alone does not show: that sets can compare their elements.
    pub(super) fn check_sets(&self, module: &Module) -> Result<(), VerifyError> {
        let faulty = module.types.iter().position(|ty| match ty {
            Type::Set(element) => !self.is_equatable(*element),
            _ => false,
        });
        match faulty {
            Some(index) => Err(VerifyError {
                place: Place::Entry {
                    table: "types",
                    index,
                },
                reason: Reason::IllFormedType("the elements of a set have equality"),
            }),
            None => Ok(()),
        }
    }

    /// The entry that is this type.
    pub(super) fn find(&self, ty: &Type) -> Option<TypeId> {
        self.ids.get(ty).copied()
    }

    pub(super) fn is_equatable(&self, id: TypeId) -> bool {
        self.equatable[id.0 as usize]
    }

    pub(super) fn is_ordered(&self, id: TypeId) -> bool {
        self.ordered[id.0 as usize]
    }

    pub(super) fn validation_error(&self) -> Option<TypeId> {
        self.validation_error
    }

    /// The members of a dynamic type, ascending.
    pub(super) fn members<'a>(&'a self, module: &'a Module, id: TypeId) -> Option<&'a [TypeId]> {
        match &module.types[id.0 as usize] {
            Type::Union(members) => Some(members),
            Type::Json => Some(&self.json_members),
            _ => None,
        }
    }

    /// Whether `part` is a member of the dynamic type `whole`, or a union of some of its members. False if `whole` is not
    /// dynamic.
    pub(super) fn is_part(&self, module: &Module, part: TypeId, whole: TypeId) -> bool {
        let Some(members) = self.members(module, whole) else {
            return false;
        };
        match &module.types[part.0 as usize] {
            Type::Union(parts) => parts.iter().all(|part| members.binary_search(part).is_ok()),
            _ => part == whole || members.binary_search(&part).is_ok(),
        }
    }
}

fn json_members(ids: &FxHashMap<Type, TypeId>) -> Vec<TypeId> {
    let scalars = [Type::Null, Type::Bool, Type::Int, Type::Float, Type::String];
    let mut members: Vec<TypeId> = scalars.iter().filter_map(|ty| ids.get(ty).copied()).collect();
    if let Some(&json) = ids.get(&Type::Json) {
        members.extend(ids.get(&Type::List(json)));
        if let Some(&string) = ids.get(&Type::String) {
            members.extend(ids.get(&Type::Map(string, json)));
        }
    }
    members.sort_unstable();
    members
}

/// Which types hold no function. Functions spread against the direction of containment; nominals, through which types are
/// recursive, are nodes of the same graph. A nominal whose layout is not given counts as equatable.
fn equatable(module: &Module) -> Vec<bool> {
    let count = module.types.len();
    // Edges from part to whole; node `count + n` is nominal n.
    let mut wholes: Vec<Vec<u32>> = vec![Vec::new(); count + module.nominals.len()];
    let mut work = Vec::new();
    for (index, ty) in module.types.iter().enumerate() {
        if let Type::Function(..) | Type::Generator(_) = ty {
            work.push(index as u32);
        } else if let Type::Nominal(nominal, _) = ty {
            wholes[count + nominal.0 as usize].push(index as u32);
        } else {
            for_each_part(ty, |part| wholes[part.0 as usize].push(index as u32));
        }
    }
    for (index, nominal) in module.nominals.iter().enumerate() {
        for part in layout_types(nominal) {
            wholes[part.0 as usize].push((count + index) as u32);
        }
    }
    let mut equatable = vec![true; wholes.len()];
    while let Some(node) = work.pop() {
        if std::mem::replace(&mut equatable[node as usize], false) {
            work.extend(&wholes[node as usize]);
        }
    }
    equatable.truncate(count);
    equatable
}

/// Calls `visit` with each type that a type refers to.
pub(super) fn for_each_part(ty: &Type, mut visit: impl FnMut(TypeId)) {
    match ty {
        Type::Null | Type::Bool | Type::Int | Type::Float | Type::String | Type::Bytes | Type::Json => {}
        Type::Variable(_) => {}
        Type::List(part) | Type::Set(part) | Type::Generator(part) => visit(*part),
        Type::Map(first, second) | Type::Result(first, second) => {
            visit(*first);
            visit(*second);
        }
        Type::Tuple(parts) | Type::Union(parts) | Type::Nominal(_, parts) => {
            parts.iter().for_each(|part| visit(*part));
        }
        Type::Function(parameters, result) => {
            parameters.iter().for_each(|part| visit(*part));
            visit(*result);
        }
    }
}

/// The types that a layout mentions.
pub(super) fn layout_types(nominal: &Nominal) -> Vec<TypeId> {
    match &nominal.layout {
        Layout::Record { fields, .. } => fields.iter().map(|field| field.ty).collect(),
        Layout::Enum { variants } => variants
            .iter()
            .flat_map(|variant| variant.payload.iter().copied())
            .collect(),
        Layout::Opaque => Vec::new(),
    }
}

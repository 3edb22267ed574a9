//! What the verifier knows of a module's types: where each stands, and which have equality, an order, or members.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::classes::{Classes, ParameterSet, Scope, When};
use super::equality::equatable;
use super::error::{Place, Reason, VerifyError};
use super::substitute::Substitution;
use crate::lir::notation::TypeNotation;
use crate::lir::{Layout, Module, Nominal, NominalId, PreludeRecord, Type, TypeId, VariableClass};

/// An index of a checked type table.
#[derive(Clone, Debug)]
pub(super) struct TypeIndex {
    ids: FxHashMap<Type, TypeId>,
    /// By type: when it has equality.
    equatable: Interned<When>,
    /// By type: when `<` takes it.
    ordered: Interned<When>,
    /// By type: the type parameters that it mentions, and what it takes them to be.
    demands: Interned<Classes>,
    /// Types of fields and payloads of a nominal with arguments, by variant and position (a record has one variant), where
    /// the layout mentions type parameters; nothing for those that the table lacks.
    layouts: FxHashMap<TypeId, Vec<Box<[Option<TypeId>]>>>,
    /// The members of Json that the table holds, ascending.
    json_members: Vec<TypeId>,
    /// The prelude's record ValidationError.
    validation_error: Option<TypeId>,
}

/// A value for each type, kept once.
#[derive(Clone, Debug)]
struct Interned<T> {
    values: Vec<T>,
    numbers: Vec<u32>,
}

impl<T: Copy + Eq + Hash> Interned<T> {
    fn get(&self, id: TypeId) -> T {
        self.values[self.numbers[id.0 as usize] as usize]
    }
}

impl<T: Copy + Eq + Hash> FromIterator<T> for Interned<T> {
    fn from_iter<I: IntoIterator<Item = T>>(each: I) -> Interned<T> {
        let mut known: FxHashMap<T, u32> = FxHashMap::default();
        let mut values = Vec::new();
        let number = |value: T| {
            *known.entry(value).or_insert_with(|| {
                values.push(value);
                values.len() as u32 - 1
            })
        };
        let numbers = each.into_iter().map(number).collect();
        Interned { values, numbers }
    }
}

impl TypeIndex {
    /// Indexes the table of a module whose tables are well-formed, but for what the forms of types alone do not show: that
    /// the elements of sets have equality, and that arguments of nominals are of the classes that these ask for.
    pub(super) fn new(module: &Module, steps: &mut usize) -> Result<TypeIndex, VerifyError> {
        let types = &module.types;
        let ids: FxHashMap<Type, TypeId> = types
            .iter()
            .zip(0..)
            .map(|(ty, index)| (ty.clone(), TypeId(index)))
            .collect();
        let validation_error = module
            .nominals
            .iter()
            .position(|nominal| PreludeRecord::of_nominal(nominal) == Some(PreludeRecord::ValidationError))
            .and_then(|index| {
                ids.get(&Type::Nominal(NominalId(index as u32), Vec::new()))
                    .copied()
            });
        let json_members = json_members(&ids);
        let mut index = TypeIndex {
            equatable: equatable(module).into_iter().collect(),
            ids,
            ordered: ordered(types).into_iter().collect(),
            demands: Interned {
                values: Vec::new(),
                numbers: Vec::new(),
            },
            layouts: FxHashMap::default(),
            json_members,
            validation_error,
        };
        index.demands = index.all_demands(module)?;
        index.substitute_layouts(module, steps)?;
        Ok(index)
    }

    fn all_demands(&self, module: &Module) -> Result<Interned<Classes>, VerifyError> {
        let mut demands: Vec<Classes> = Vec::with_capacity(module.types.len());
        for (index, ty) in module.types.iter().enumerate() {
            let mut own = Classes::default();
            for_each_part(ty, |part| own = own.union(&demands[part.0 as usize]));
            let extra = self.own_demands(module, ty).map_err(|reason| VerifyError {
                place: Place::Entry {
                    table: "types",
                    index,
                },
                reason,
            })?;
            demands.push(own.union(&extra));
        }
        Ok(demands.into_iter().collect())
    }

    /// What a type itself takes the parameters to be that its parts mention.
    fn own_demands(&self, module: &Module, ty: &Type) -> Result<Classes, Reason> {
        let mut demands = Classes::default();
        match ty {
            Type::Variable(position) => {
                demands.add(VariableClass::Any, ParameterSet::of(*position as u8));
            }
            Type::Set(element) => match self.equatable.get(*element) {
                When::If(parameters) => demands.add(VariableClass::Equatable, parameters),
                When::Never => return Err(Reason::IllFormedType("the elements of a set have equality")),
            },
            Type::Map(key, _) => {
                demands = self.of_class(module, *key, VariableClass::Key)?;
            }
            Type::Nominal(nominal, arguments) => {
                let parameters = &module.nominals[nominal.0 as usize].parameters;
                for (parameter, &argument) in parameters.iter().zip(arguments) {
                    demands = demands.union(&self.of_class(module, argument, parameter.class)?);
                }
            }
            _ => {}
        }
        Ok(demands)
    }

    /// What the type parameters that a type mentions must be for it to be of a class.
    fn of_class(&self, module: &Module, id: TypeId, class: VariableClass) -> Result<Classes, Reason> {
        let when = match class {
            VariableClass::Any => When::ALWAYS,
            VariableClass::Equatable => self.equatable.get(id),
            VariableClass::Ordered => self.ordered.get(id),
            VariableClass::Key => match module.types[id.0 as usize] {
                Type::Bool | Type::Int | Type::String => When::ALWAYS,
                Type::Variable(position) => When::If(ParameterSet::of(position as u8)),
                _ => When::Never,
            },
        };
        match when {
            When::If(parameters) => {
                let mut demands = Classes::default();
                demands.add(class, parameters);
                Ok(demands)
            }
            When::Never => Err(Reason::ClassOfArgument {
                found: TypeNotation::new(module).show(id),
                class: class.name(),
            }),
        }
    }

    fn substitute_layouts(&mut self, module: &Module, steps: &mut usize) -> Result<(), VerifyError> {
        for (index, ty) in (0..).zip(&module.types) {
            let Type::Nominal(nominal, arguments) = ty else {
                continue;
            };
            let nominal = &module.nominals[nominal.0 as usize];
            let open = |ty: &TypeId| !self.demands.get(*ty).is_empty();
            if arguments.is_empty() || !layout_types(nominal).iter().any(open) {
                continue;
            }
            let mut substitution = Substitution::new(module, self, arguments);
            let mut each = |types: &mut dyn Iterator<Item = TypeId>| {
                types
                    .map(|ty| match substitution.apply(ty, steps) {
                        Err(Reason::TooComplex) => Err(VerifyError {
                            place: Place::Module,
                            reason: Reason::TooComplex,
                        }),
                        found => Ok(found.ok()),
                    })
                    .collect::<Result<Box<[_]>, _>>()
            };
            let layout = match &nominal.layout {
                Layout::Record { fields, .. } => vec![each(&mut fields.iter().map(|field| field.ty))?],
                Layout::Enum { variants } => variants
                    .iter()
                    .map(|variant| each(&mut variant.payload.iter().copied()))
                    .collect::<Result<_, _>>()?,
                Layout::Opaque => Vec::new(),
            };
            self.layouts.insert(TypeId(index), layout);
        }
        Ok(())
    }

    /// Type of a field or a payload of a nominal type, of which `declared` is the type in the layout; nothing if the table
    /// lacks it.
    pub(super) fn in_layout(
        &self,
        whole: TypeId,
        variant: u32,
        position: usize,
        declared: TypeId,
    ) -> Option<TypeId> {
        match self.layouts.get(&whole) {
            Some(layout) => layout[variant as usize][position],
            None => Some(declared),
        }
    }

    /// The type parameters that a type mentions, and what it takes them to be.
    pub(super) fn demands(&self, id: TypeId) -> Classes {
        self.demands.get(id)
    }

    /// As [`TypeIndex::demands`], of a type that is an argument where one of a class must stand.
    pub(super) fn demands_as(
        &self,
        module: &Module,
        id: TypeId,
        class: VariableClass,
    ) -> Result<Classes, Reason> {
        Ok(self.demands(id).union(&self.of_class(module, id, class)?))
    }

    /// Whether a type has equality if the type parameters that it mentions have it.
    pub(super) fn may_be_equatable(&self, id: TypeId) -> bool {
        self.equatable.get(id) != When::Never
    }

    /// Whether a type is of a class, in a scope in which it is well-formed.
    pub(super) fn is_of_class(
        &self,
        module: &Module,
        id: TypeId,
        class: VariableClass,
        scope: &Scope,
    ) -> bool {
        match class {
            VariableClass::Any => true,
            VariableClass::Equatable => scope.satisfies(self.equatable.get(id), class),
            VariableClass::Ordered => scope.satisfies(self.ordered.get(id), class),
            VariableClass::Key => match module.types[id.0 as usize] {
                Type::Bool | Type::Int | Type::String => true,
                Type::Variable(position) => scope.is_of_class(position, class),
                _ => false,
            },
        }
    }

    /// The entry that is this type.
    pub(super) fn find(&self, ty: &Type) -> Option<TypeId> {
        self.ids.get(ty).copied()
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

/// For each type, when `<` takes it.
fn ordered(types: &[Type]) -> Vec<When> {
    let mut ordered: Vec<When> = Vec::with_capacity(types.len());
    for ty in types {
        ordered.push(match ty {
            Type::Int | Type::Float | Type::String | Type::Bool | Type::Bytes => When::ALWAYS,
            Type::Variable(position) => When::If(ParameterSet::of(*position as u8)),
            Type::List(element) => ordered[element.0 as usize],
            Type::Tuple(elements) => (elements.iter()).fold(When::ALWAYS, |when, element| {
                when.and(ordered[element.0 as usize])
            }),
            _ => When::Never,
        });
    }
    ordered
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

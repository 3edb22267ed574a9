//! Types of a generic cell or nominal with arguments for its type parameters, as entries of the same table.

use rustc_hash::FxHashMap;

use super::error::Reason;
use super::types::TypeIndex;
use crate::lir::notation::TypeNotation;
use crate::lir::{Module, Type, TypeId};

/// How many types may be looked at for all substitutions of a module.
pub(super) const MAX_STEPS: usize = 1 << 24;

/// Puts `arguments` for type variables. The types that it is applied to mention no others.
pub(super) struct Substitution<'a> {
    module: &'a Module,
    types: &'a TypeIndex,
    arguments: &'a [TypeId],
    known: FxHashMap<TypeId, TypeId>,
}

impl<'a> Substitution<'a> {
    pub(super) fn new(module: &'a Module, types: &'a TypeIndex, arguments: &'a [TypeId]) -> Self {
        Substitution {
            module,
            types,
            arguments,
            known: FxHashMap::default(),
        }
    }

    /// The entry of `id` with the arguments put in; `steps` are left of [`MAX_STEPS`].
    pub(super) fn apply(&mut self, id: TypeId, steps: &mut usize) -> Result<TypeId, Reason> {
        if self.types.demands(id).is_empty() {
            return Ok(id);
        }
        if let Some(&known) = self.known.get(&id) {
            return Ok(known);
        }
        *steps = steps.checked_sub(1).ok_or(Reason::TooComplex)?;
        let ty = &self.module.types[id.0 as usize];
        let found = match ty {
            Type::Variable(position) => {
                let argument = self.arguments.get(*position as usize).copied();
                argument.ok_or(Reason::OutOfRange {
                    what: "type parameter",
                    index: *position,
                    length: self.arguments.len(),
                })?
            }
            Type::Union(members) => self.union(id, members, steps)?,
            _ => {
                let ty = map_parts(ty, |part| self.apply(part, steps))?;
                self.types.find(&ty).ok_or_else(|| self.missing(id))?
            }
        };
        self.known.insert(id, found);
        Ok(found)
    }

    /// A union after substitution: flattened, each member once. Json takes in its own members. One member alone is no union.
    fn union(&mut self, id: TypeId, members: &[TypeId], steps: &mut usize) -> Result<TypeId, Reason> {
        let mut flat = Vec::with_capacity(members.len());
        for &member in members {
            let member = self.apply(member, steps)?;
            match &self.module.types[member.0 as usize] {
                Type::Union(members) => {
                    *steps = steps.checked_sub(members.len()).ok_or(Reason::TooComplex)?;
                    flat.extend_from_slice(members);
                }
                _ => flat.push(member),
            }
        }
        let json = self.types.find(&Type::Json).filter(|json| flat.contains(json));
        if let Some(json) = json {
            flat.retain(|&member| member == json || !self.types.is_part(self.module, member, json));
        }
        flat.sort_unstable();
        flat.dedup();
        match flat[..] {
            [member] => Ok(member),
            _ => self
                .types
                .find(&Type::Union(flat))
                .ok_or_else(|| self.missing(id)),
        }
    }

    fn missing(&self, id: TypeId) -> Reason {
        let names = TypeNotation::new(self.module);
        let arguments: Vec<String> = (self.arguments.iter().enumerate())
            .map(|(position, &argument)| format!("${position} = {}", names.show(argument)))
            .collect();
        Reason::MissingType(format!("{} with {}", names.show(id), arguments.join(", ")))
    }
}

/// The type with each part replaced.
fn map_parts(ty: &Type, mut replace: impl FnMut(TypeId) -> Result<TypeId, Reason>) -> Result<Type, Reason> {
    let mut each = |parts: &[TypeId]| {
        parts
            .iter()
            .map(|&part| replace(part))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(match ty {
        Type::List(element) => Type::List(replace(*element)?),
        Type::Set(element) => Type::Set(replace(*element)?),
        Type::Generator(element) => Type::Generator(replace(*element)?),
        Type::Map(key, value) => Type::Map(replace(*key)?, replace(*value)?),
        Type::Result(ok, err) => Type::Result(replace(*ok)?, replace(*err)?),
        Type::Tuple(elements) => Type::Tuple(each(elements)?),
        Type::Union(members) => Type::Union(each(members)?),
        Type::Nominal(nominal, arguments) => Type::Nominal(*nominal, each(arguments)?),
        Type::Function(parameters, result) => Type::Function(each(parameters)?, replace(*result)?),
        Type::Null
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::String
        | Type::Bytes
        | Type::Json
        | Type::Variable(_) => ty.clone(),
    })
}

//! Runtime types with arguments for their type variables.

use rustc_hash::FxHashMap;

use super::link::LinkError;
use crate::heap::{RuntimeType, TypeRef, TypeTable};

/// How many types may be made from others for all of a program.
const MAX_STEPS: usize = 1 << 22;
/// How deep the type arguments of a cell or a nominal may nest. Bounds what recursion through ever larger types makes.
const MAX_ARGUMENT_DEPTH: u32 = 64;

/// What is left of [`MAX_STEPS`].
pub(super) struct Steps(usize);

impl Steps {
    pub(super) fn new() -> Steps {
        Steps(MAX_STEPS)
    }

    pub(super) fn spend(&mut self, steps: usize) -> Result<(), LinkError> {
        self.0 = self.0.checked_sub(steps).ok_or(LinkError::TooManyTypes)?;
        Ok(())
    }
}

/// Refuses type arguments that nest too deep.
pub(super) fn check_depth(table: &TypeTable, arguments: &[TypeRef], name: &str) -> Result<(), LinkError> {
    if arguments.iter().all(|&ty| table.depth(ty) <= MAX_ARGUMENT_DEPTH) {
        return Ok(());
    }
    Err(LinkError::TooDeep {
        name: name.to_owned(),
        limit: MAX_ARGUMENT_DEPTH,
    })
}

/// Puts `arguments` for type variables; keeps what came of each open type.
pub(super) struct Substitution<'a> {
    arguments: &'a [TypeRef],
    known: FxHashMap<TypeRef, TypeRef>,
}

impl<'a> Substitution<'a> {
    pub(super) fn new(arguments: &'a [TypeRef]) -> Substitution<'a> {
        Substitution {
            arguments,
            known: FxHashMap::default(),
        }
    }

    /// The open types that were asked for, with what they became.
    pub(super) fn into_known(self) -> FxHashMap<TypeRef, TypeRef> {
        self.known
    }

    /// The type with the arguments put in.
    pub(super) fn apply(
        &mut self,
        table: &mut TypeTable,
        ty: TypeRef,
        steps: &mut Steps,
    ) -> Result<TypeRef, LinkError> {
        if !table.is_open(ty) {
            return Ok(ty);
        }
        if let Some(&known) = self.known.get(&ty) {
            return Ok(known);
        }
        steps.spend(1)?;
        let form = table.get(ty).clone();
        let found = match &form {
            RuntimeType::Variable(position) => self.arguments[*position as usize],
            RuntimeType::Nominal(nominal) => {
                let nominal = table.nominal(*nominal);
                let (module, name) = (nominal.module.clone(), nominal.name.clone());
                let mut arguments = nominal.arguments.clone();
                for argument in &mut arguments {
                    *argument = self.apply(table, *argument, steps)?;
                }
                check_depth(table, &arguments, &name)?;
                let application = table.intern_application(&module, &name, arguments);
                table.intern(RuntimeType::Nominal(application))
            }
            RuntimeType::Union(members) => self.union(table, members, steps)?,
            _ => {
                let mut failed = None;
                let made = form.map_parts(|part| {
                    self.apply(table, part, steps).unwrap_or_else(|error| {
                        failed = Some(error);
                        part
                    })
                });
                match failed {
                    Some(error) => return Err(error),
                    None => table.intern(made),
                }
            }
        };
        self.known.insert(ty, found);
        Ok(found)
    }

    /// A union after substitution: flattened, each member once. Json takes in its own members. One member alone is no union.
    fn union(
        &mut self,
        table: &mut TypeTable,
        members: &[TypeRef],
        steps: &mut Steps,
    ) -> Result<TypeRef, LinkError> {
        let mut flat = Vec::with_capacity(members.len());
        for &member in members {
            let member = self.apply(table, member, steps)?;
            match table.get(member) {
                RuntimeType::Union(members) => {
                    steps.spend(members.len())?;
                    flat.extend_from_slice(members);
                }
                _ => flat.push(member),
            }
        }
        if flat.contains(&TypeRef::JSON) {
            flat.retain(|&member| member == TypeRef::JSON || !table.holds(TypeRef::JSON, member));
        }
        flat.sort_unstable();
        flat.dedup();
        Ok(match flat[..] {
            [member] => member,
            _ => table.intern(RuntimeType::Union(flat.into())),
        })
    }
}

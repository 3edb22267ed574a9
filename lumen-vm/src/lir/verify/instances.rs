//! Instances of generic cells: arguments of the right number and classes, methods of the right signatures, and the
//! signature that comes of it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::classes::{Classes, Scope};
use super::error::{Place, Reason, VerifyError};
use super::substitute::Substitution;
use super::tables::{count, in_range};
use super::types::TypeIndex;
use crate::lir::{Generics, Instance, Method, Module, Target, TypeId};

/// Most methods of a cell.
pub(super) const MAX_METHODS: usize = 255;

/// How deep instances may nest in one another's methods.
const MAX_DEPTH: u32 = 64;

/// Signatures of methods by number, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Signatures(FxHashMap<(Box<[TypeId]>, TypeId), u32>);

impl Signatures {
    fn number(&mut self, parameters: &[TypeId], result: TypeId) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry((parameters.into(), result)).or_insert(next)
    }

    /// Numbers of the signatures of methods.
    pub(super) fn of_methods(&mut self, methods: &[Method]) -> Box<[u32]> {
        let number = |method: &Method| self.number(&method.parameters, method.result);
        methods.iter().map(number).collect()
    }
}

/// What a use of an instance is checked with.
#[derive(Clone, Debug)]
pub(super) struct InstanceFacts {
    pub(super) parameters: Box<[TypeId]>,
    pub(super) result: TypeId,
    /// What the using cell's type parameters must be.
    demands: Classes,
    /// Methods of the using cell that it passes on, and the signature that each must have.
    methods: BTreeMap<u32, u32>,
    /// How deep instances nest in its methods.
    depth: u32,
}

impl InstanceFacts {
    /// Checks a use of the instance in a cell with this scope.
    pub(super) fn check(&self, scope: &Scope) -> Result<(), Reason> {
        self.demands.check(scope)?;
        for (&method, &signature) in &self.methods {
            in_range("method", method, scope.methods.len())?;
            if scope.methods[method as usize] != signature {
                return Err(Reason::MethodSignature { method });
            }
        }
        Ok(())
    }

    /// Takes over what an instance that is an argument of this one demands.
    fn include(&mut self, inner: &InstanceFacts) -> Result<(), Reason> {
        self.demands = self.demands.union(&inner.demands);
        self.depth = self.depth.max(inner.depth + 1);
        if self.depth > MAX_DEPTH {
            return Err(Reason::TooDeep { limit: MAX_DEPTH });
        }
        inner
            .methods
            .iter()
            .try_for_each(|(&method, &signature)| self.pass_on(method, signature))
    }

    fn pass_on(&mut self, method: u32, signature: u32) -> Result<(), Reason> {
        match self.methods.insert(method, signature) {
            Some(other) if other != signature => Err(Reason::MethodSignature { method }),
            _ => Ok(()),
        }
    }
}

/// Checks all instances of a module whose other tables are well-formed; `steps` bounds the work.
pub(super) fn check(
    module: &Module,
    types: &TypeIndex,
    signatures: &mut Signatures,
    steps: &mut usize,
) -> Result<Vec<InstanceFacts>, VerifyError> {
    let mut facts: Vec<InstanceFacts> = Vec::with_capacity(module.instances.len());
    for (index, instance) in module.instances.iter().enumerate() {
        let checker = Checker {
            module,
            types,
            earlier: &facts,
        };
        let checked = checker
            .instance(instance, signatures, steps)
            .map_err(|reason| VerifyError {
                place: Place::Entry {
                    table: "instances",
                    index,
                },
                reason,
            })?;
        facts.push(checked);
    }
    Ok(facts)
}

struct Checker<'a> {
    module: &'a Module,
    types: &'a TypeIndex,
    earlier: &'a [InstanceFacts],
}

impl Checker<'_> {
    fn instance(
        &self,
        instance: &Instance,
        signatures: &mut Signatures,
        steps: &mut usize,
    ) -> Result<InstanceFacts, Reason> {
        let (generics, parameters, result) = self.generic_cell(instance.cell)?;
        count("type arguments", generics.parameters.len(), instance.types.len())?;
        count("methods", generics.methods.len(), instance.methods.len())?;
        let mut demands = Classes::default();
        for (parameter, &argument) in generics.parameters.iter().zip(&instance.types) {
            in_range("type", argument.0, self.module.types.len())?;
            demands = demands.union(&self.types.demands_as(self.module, argument, parameter.class)?);
        }
        let mut substitution = Substitution::new(self.module, self.types, &instance.types);
        let mut facts = InstanceFacts {
            parameters: (parameters.iter())
                .map(|&ty| substitution.apply(ty, steps))
                .collect::<Result<_, _>>()?,
            result: substitution.apply(result, steps)?,
            demands,
            methods: BTreeMap::new(),
            depth: 1,
        };
        for (position, (method, &given)) in (0..).zip(generics.methods.iter().zip(&instance.methods)) {
            *steps = steps
                .checked_sub(method.parameters.len())
                .ok_or(Reason::TooComplex)?;
            let expected: Vec<TypeId> = (method.parameters.iter())
                .map(|&ty| substitution.apply(ty, steps))
                .collect::<Result<_, _>>()?;
            let result = substitution.apply(method.result, steps)?;
            let fits = match self.module.target(given) {
                Target::Method(index) => {
                    facts.pass_on(index as u32, signatures.number(&expected, result))?;
                    continue;
                }
                Target::Instance(index) => {
                    let inner = self.earlier.get(index).ok_or(Reason::LaterInstance { index })?;
                    *steps = steps.checked_sub(inner.methods.len()).ok_or(Reason::TooComplex)?;
                    facts.include(inner)?;
                    *inner.parameters == expected && inner.result == result
                }
                Target::Cell(index) => {
                    let cell = &self.module.cells[index];
                    needs_no_instance(&cell.generics, &cell.name)?;
                    cell.parameters.iter().map(|parameter| parameter.ty).eq(expected) && cell.result == result
                }
                Target::Imported(index) => {
                    let cell = &self.module.imported_cells[index];
                    needs_no_instance(&cell.generics, &cell.name)?;
                    cell.parameters == expected && cell.result == result
                }
            };
            if !fits {
                return Err(Reason::MethodSignature { method: position });
            }
        }
        Ok(facts)
    }

    fn generic_cell(&self, operand: u32) -> Result<(&Generics, Vec<TypeId>, TypeId), Reason> {
        let (generics, parameters, result) = match self.module.target(operand) {
            Target::Cell(index) => {
                let cell = &self.module.cells[index];
                let parameters = cell.parameters.iter().map(|parameter| parameter.ty);
                (&cell.generics, parameters.collect(), cell.result)
            }
            Target::Imported(index) => {
                let cell = &self.module.imported_cells[index];
                (&cell.generics, cell.parameters.clone(), cell.result)
            }
            Target::Instance(_) | Target::Method(_) => return Err(Reason::NotGeneric),
        };
        if generics.is_empty() {
            return Err(Reason::NotGeneric);
        }
        Ok((generics, parameters, result))
    }
}

/// Refuses a generic cell where one that can be called as it is must stand.
pub(super) fn needs_no_instance(generics: &Generics, name: &str) -> Result<(), Reason> {
    if generics.is_empty() {
        Ok(())
    } else {
        Err(Reason::NoInstance(name.to_owned()))
    }
}

//! Calls of builtins as tests write them: `append([1, 2], 3)`. Finds the overload, builds the arguments, runs it.

use crate::failure::Failure;
use crate::lir::{Constant, Intrinsic, SignatureType, VariableClass};
use crate::show::Form;
use crate::test_values::{Literal, World, join, literal_type, optional, unknown};
use std::collections::BTreeMap;

/// Byte budget of a test's world.
pub(super) const LIMIT: usize = 1_000_000;

/// A builtin and its arguments, defaults filled in, with their types.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) intrinsic: Intrinsic,
    arguments: Vec<Literal>,
    /// Types of the arguments, then of the value.
    types: Vec<SignatureType>,
}

/// Who holds the arguments of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holding {
    /// The call alone, so that it may change them.
    Call,
    /// The caller too, who looks at them afterwards.
    Caller,
}

/// What a call yields: its value as a literal, or how it fails.
pub(super) type Yield = Result<String, Failure>;

impl Call {
    /// The overload of the builtin that takes such arguments; by its unique name if it has none in source.
    pub(super) fn resolve(name: &str, arguments: Vec<Literal>) -> Call {
        let named = |row: &&crate::lir::IntrinsicInfo| match row.source_name {
            "" => row.name == name,
            source_name => source_name == name,
        };
        let overload = Intrinsic::TABLE
            .iter()
            .filter(named)
            .find_map(|row| overload(row.intrinsic, &arguments));
        overload.unwrap_or_else(|| panic!("no builtin `{name}` takes {arguments:?}"))
    }

    /// A call with these types for the variables of the signature, and arguments that `make` makes of their types.
    pub(super) fn instantiated(
        intrinsic: Intrinsic,
        variables: &BTreeMap<char, SignatureType>,
        mut make: impl FnMut(&SignatureType) -> Literal,
    ) -> Call {
        let signature = intrinsic.signature();
        let mut types: Vec<SignatureType> = signature
            .parameters
            .iter()
            .map(|parameter| instance(&parameter.ty, variables))
            .collect();
        let arguments = types.iter().map(&mut make).collect();
        types.push(instance(&signature.result, variables));
        Call {
            intrinsic,
            arguments,
            types,
        }
    }

    /// Runs the call with so many bytes left beyond the arguments, checks that nothing leaks and that arguments which
    /// the caller holds too stay what they were.
    pub(super) fn run(&self, holding: Holding, left: usize) -> Yield {
        let (mut world, types) = World::of(LIMIT, &self.types);
        let (result, parameters) = types.split_last().expect("the value's type is there");
        let words: Vec<_> = self
            .arguments
            .iter()
            .zip(parameters)
            .map(|(literal, ty)| (world.word(literal, *ty).expect("arguments fit the budget"), *ty))
            .collect();
        let shown = |world: &World| -> Vec<String> {
            words
                .iter()
                .map(|(word, ty)| world.shown(*word, *ty, Form::Literal))
                .collect()
        };
        let before = shown(&world);
        let reserved = (LIMIT - world.heap.bytes_used()).saturating_sub(left);
        world.heap.charge(reserved).expect("the budget has as much left");
        let value = world.call(self.intrinsic, &words, *result, holding == Holding::Call);
        world.heap.refund(reserved);
        let value = value.map(|word| {
            let shown = world.shown(word, *result, Form::Literal);
            world.heap.release_typed(word, *result);
            shown
        });
        if holding == Holding::Caller {
            assert_eq!(shown(&world), before, "{self:?} changed its arguments");
            words
                .iter()
                .for_each(|(word, ty)| world.heap.release_typed(*word, *ty));
        }
        assert_eq!(
            (world.heap.live_objects(), world.heap.bytes_used()),
            (0, 0),
            "{self:?} leaks"
        );
        value
    }
}

fn overload(intrinsic: Intrinsic, given: &[Literal]) -> Option<Call> {
    let signature = intrinsic.signature();
    let mut arguments = given.to_vec();
    for parameter in signature.parameters.get(given.len()..)? {
        arguments.push(match parameter.default.as_ref()? {
            Constant::Int(value) => Literal::Int(*value),
            Constant::String(text) => Literal::String(text.clone()),
            other => panic!("a default that is {other:?}"),
        });
    }
    let mut variables = BTreeMap::new();
    for (parameter, argument) in signature.parameters.iter().zip(&arguments) {
        bind(&parameter.ty, &literal_type(argument), &mut variables)?;
    }
    let parameters = signature.parameters.iter().map(|parameter| &parameter.ty);
    let types = parameters
        .chain([&signature.result])
        .map(|ty| instance(ty, &variables))
        .collect();
    Some(Call {
        intrinsic,
        arguments,
        types,
    })
}

/// Binds the variables of `ty` so that it holds values of type `found`; nothing if it cannot.
fn bind(
    ty: &SignatureType,
    found: &SignatureType,
    variables: &mut BTreeMap<char, SignatureType>,
) -> Option<()> {
    use SignatureType::{Int, List, Map, Result, Set, String, Tuple, Variable};
    match (ty, found) {
        _ if *found == unknown() => Some(()),
        (Variable(variable), _) => {
            let is_key = matches!(found, Int | String | SignatureType::Bool);
            if variable.class == VariableClass::Key && !is_key {
                return None;
            }
            let bound = variables.remove(&variable.letter).unwrap_or_else(unknown);
            variables.insert(variable.letter, join(bound, found.clone())?);
            Some(())
        }
        (List(ty), List(found)) | (Set(ty), Set(found)) => bind(ty, found, variables),
        (Map(key, value), Map(found_key, found_value)) => {
            bind(key, found_key, variables)?;
            bind(value, found_value, variables)
        }
        (Result(ok, err), Result(found_ok, found_err)) => {
            bind(ok, found_ok, variables)?;
            bind(err, found_err, variables)
        }
        (Tuple(types), Tuple(found)) if types.len() == found.len() => types
            .iter()
            .zip(found)
            .try_for_each(|(ty, found)| bind(ty, found, variables)),
        (ty, found) => (ty == found).then_some(()),
    }
}

fn instance(ty: &SignatureType, variables: &BTreeMap<char, SignatureType>) -> SignatureType {
    use SignatureType::{List, Map, Optional, Result, Set, Tuple, Variable};
    let boxed = |ty: &SignatureType| Box::new(instance(ty, variables));
    match ty {
        Variable(variable) => variables.get(&variable.letter).cloned().unwrap_or_else(unknown),
        List(element) => List(boxed(element)),
        Set(element) => Set(boxed(element)),
        Map(key, value) => Map(boxed(key), boxed(value)),
        Result(ok, err) => Result(boxed(ok), boxed(err)),
        Tuple(elements) => Tuple(
            elements
                .iter()
                .map(|element| instance(element, variables))
                .collect(),
        ),
        Optional(inner) => optional(instance(inner, variables)),
        other => other.clone(),
    }
}

//! Every builtin on random arguments of its types: whoever holds the arguments and however little memory is left, it
//! yields the same value or fails cleanly, leaks nothing and changes nothing that is not its own.

use super::call::{Call, Holding, LIMIT};
use crate::lir::{Intrinsic, SignatureType, TypeVariable, VariableClass};
use crate::test_values::{Literal, optional};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;

/// Where a random value takes its choices from.
struct Choices<'a> {
    rest: std::slice::Iter<'a, Index>,
}

impl Choices<'_> {
    /// A number below `end`; 0 once the choices are used up, so that values stay finite.
    fn below(&mut self, end: usize) -> usize {
        self.rest.next().map_or(0, |choice| choice.index(end))
    }

    fn one_of<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }

    /// A type for a variable.
    fn ty(&mut self, variable: TypeVariable) -> SignatureType {
        use SignatureType::{Bool, Bytes, Float, Int, Json, List, Null, String, Tuple};
        let keys = [Int, String, Bool];
        let ordered = [
            Int,
            Float,
            String,
            Bytes,
            Tuple(vec![Float, String]),
            List(Box::new(Int)),
        ];
        let any = [
            Json,
            List(Box::new(Json)),
            SignatureType::Set(Box::new(List(Box::new(Float)))),
            SignatureType::Map(Box::new(String), Box::new(Bytes)),
            SignatureType::Result(Box::new(String), Box::new(Int)),
            optional(Float),
            optional(List(Box::new(String))),
            Null,
        ];
        match variable.class {
            VariableClass::Key => self.one_of(&keys),
            VariableClass::Ordered => self.one_of(&ordered),
            VariableClass::Any | VariableClass::Equatable => self.one_of(&[&ordered[..], &any].concat()),
        }
    }

    fn literal(&mut self, ty: &SignatureType) -> Literal {
        const INTS: [i64; 12] = [0, 1, 2, 3, 5, 40, -1, -2, 1 << 59, -(1 << 60), i64::MAX, i64::MIN];
        const FLOATS: [f64; 8] = [0.0, -0.0, 1.5, -2.5, 0.1, 1e300, f64::INFINITY, f64::NAN];
        const TEXTS: [&str; 13] = [
            "",
            "a",
            "b",
            "ab",
            ",",
            "a,b,,",
            "é漢🎉",
            "a\r\nb\n",
            "12",
            "0x1F",
            " .2 ",
            ">6",
            "[1, {\"a\": null}]",
        ];
        match ty {
            SignatureType::Null => Literal::Null,
            SignatureType::Bool => Literal::Bool(self.below(2) == 1),
            SignatureType::Int | SignatureType::Variable(_) => Literal::Int(self.one_of(&INTS)),
            SignatureType::Float => Literal::Float(self.one_of(&FLOATS)),
            SignatureType::String => Literal::String(self.one_of(&TEXTS).to_string()),
            SignatureType::Bytes => {
                let octets: [&[u8]; 4] = [&[], &[0], &[0, 255, 0], &[255, 0]];
                Literal::Bytes(self.one_of(&octets).to_vec())
            }
            SignatureType::Json => Literal::Json(Box::new(self.json())),
            SignatureType::Prelude(record) => {
                let fields = record.fields().iter();
                Literal::Prelude(*record, fields.map(|(_, ty)| self.literal(ty)).collect())
            }
            SignatureType::List(element) => Literal::List(self.literals(element)),
            SignatureType::Set(element) => Literal::Set(self.literals(element)),
            SignatureType::Map(key, value) => Literal::Map(
                self.literals(key)
                    .into_iter()
                    .map(|key| (key, self.literal(value)))
                    .collect(),
            ),
            SignatureType::Tuple(types) => Literal::Tuple(types.iter().map(|ty| self.literal(ty)).collect()),
            SignatureType::Result(ok, err) => match self.below(2) {
                0 => Literal::Result(0, Box::new(self.literal(ok))),
                _ => Literal::Result(1, Box::new(self.literal(err))),
            },
            SignatureType::Optional(_) if self.below(3) == 0 => Literal::Null,
            SignatureType::Optional(inner) => self.literal(inner),
        }
    }

    fn json(&mut self) -> Literal {
        use SignatureType::{Bool, Float, Int, Null, String};
        match self.below(8) {
            0 => Literal::List((0..self.below(4)).map(|_| self.json()).collect()),
            1 => {
                let names = ["a", "b", "a/b", "~", "é"];
                let entries = (0..self.below(4))
                    .map(|_| (Literal::String(self.one_of(&names).to_string()), self.json()));
                Literal::Map(entries.collect())
            }
            _ => {
                let ty = self.one_of(&[Null, Bool, Int, Float, String]);
                self.literal(&ty)
            }
        }
    }

    fn literals(&mut self, ty: &SignatureType) -> Vec<Literal> {
        (0..self.below(7)).map(|_| self.literal(ty)).collect()
    }
}

fn variables_of(ty: &SignatureType, found: &mut Vec<TypeVariable>) {
    use SignatureType::{List, Map, Optional, Result, Set, Tuple, Variable};
    match ty {
        Variable(variable) => found.push(*variable),
        List(inner) | Set(inner) | Optional(inner) => variables_of(inner, found),
        Map(left, right) | Result(left, right) => {
            variables_of(left, found);
            variables_of(right, found);
        }
        Tuple(parts) => parts.iter().for_each(|part| variables_of(part, found)),
        _ => {}
    }
}

fn random_call(intrinsic: Intrinsic, choices: &[Index]) -> Call {
    let mut choices = Choices { rest: choices.iter() };
    let signature = intrinsic.signature();
    let mut variables = Vec::new();
    signature
        .parameters
        .iter()
        .for_each(|parameter| variables_of(&parameter.ty, &mut variables));
    let mut types = BTreeMap::new();
    for variable in variables {
        types
            .entry(variable.letter)
            .or_insert_with(|| choices.ty(variable));
    }
    Call::instantiated(intrinsic, &types, |ty| choices.literal(ty))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(2000)))]

    #[test]
    fn builtins_keep_their_promises(intrinsic in any::<Index>(), choices: Vec<Index>, left in 0usize..3000) {
        let call = random_call(intrinsic.get(Intrinsic::TABLE).intrinsic, &choices);
        let value = call.run(Holding::Call, LIMIT);
        prop_assert_eq!(&call.run(Holding::Caller, LIMIT), &value);
        for holding in [Holding::Call, Holding::Caller] {
            let scarce = call.run(holding, left);
            let ran_out = matches!(&scarce, Err(failure) if failure.message.starts_with("out of memory"));
            prop_assert!(ran_out || scarce == value, "{:?}, then {:?} with {} bytes", value, scarce, left);
        }
    }
}

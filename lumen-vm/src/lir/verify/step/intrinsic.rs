//! Typing of intrinsics: the signature's parameters are unified with the argument types, and the declared type of the value
//! must follow.

use super::Step;
use crate::lir::verify::error::Reason;
use crate::lir::{Intrinsic, PreludeRecord, SignatureType, Type, TypeId, TypeVariable, VariableClass};

/// Types of the variables of one call, by letter; a signature has few.
#[derive(Default)]
struct Bindings(Vec<(char, TypeId)>);

impl Bindings {
    fn get(&self, variable: TypeVariable) -> Option<TypeId> {
        self.0
            .iter()
            .find(|(letter, _)| *letter == variable.letter)
            .map(|(_, ty)| *ty)
    }
}

impl Step<'_> {
    pub(super) fn intrinsic(&self) -> Result<TypeId, Reason> {
        let intrinsic = Intrinsic::from_number(self.instruction.w).expect("the number was checked");
        let signature = intrinsic.signature();
        let arguments = self.instruction.arguments();
        self.expect_count("arguments", signature.parameters.len(), arguments.len())?;
        let mut bindings = Bindings::default();
        for (register, parameter) in arguments.zip(&signature.parameters) {
            if !self.unify(&parameter.ty, self.of(register), &mut bindings) {
                return Err(self.operand(register, self.expected(&parameter.ty, &bindings)));
            }
        }
        let result = TypeId(self.instruction.v);
        if self.unify(&signature.result, result, &mut bindings) {
            return Ok(result);
        }
        let expected = self.expected(&signature.result, &bindings);
        Err(Reason::IntrinsicResult {
            expected,
            found: self.name(result),
        })
    }

    /// Whether type `id` has the pattern's form; binds the variables that have no type yet.
    fn unify(&self, pattern: &SignatureType, id: TypeId, bindings: &mut Bindings) -> bool {
        match (pattern, self.form(id)) {
            (SignatureType::Variable(variable), _) => match bindings.get(*variable) {
                Some(bound) => bound == id,
                None if self.is_of_class(id, variable.class) => {
                    bindings.0.push((variable.letter, id));
                    true
                }
                None => false,
            },
            (SignatureType::Null, Type::Null)
            | (SignatureType::Bool, Type::Bool)
            | (SignatureType::Int, Type::Int)
            | (SignatureType::Float, Type::Float)
            | (SignatureType::String, Type::String)
            | (SignatureType::Bytes, Type::Bytes)
            | (SignatureType::Json, Type::Json) => true,
            (SignatureType::Prelude(record), &Type::Nominal(nominal, _)) => {
                PreludeRecord::of_nominal(self.nominal(nominal)) == Some(*record)
            }
            (SignatureType::List(pattern), &Type::List(element))
            | (SignatureType::Set(pattern), &Type::Set(element)) => self.unify(pattern, element, bindings),
            (SignatureType::Map(first, second), &Type::Map(left, right))
            | (SignatureType::Result(first, second), &Type::Result(left, right)) => {
                self.unify(first, left, bindings) && self.unify(second, right, bindings)
            }
            (SignatureType::Tuple(patterns), Type::Tuple(elements)) => {
                patterns.len() == elements.len()
                    && patterns
                        .iter()
                        .zip(elements)
                        .all(|(pattern, &element)| self.unify(pattern, element, bindings))
            }
            (SignatureType::Optional(inner), _) => self.unify_optional(inner, id, bindings),
            _ => false,
        }
    }

    /// `T?`: T with Null among its members. Stands in results only, where T is known by then.
    fn unify_optional(&self, inner: &SignatureType, id: TypeId, bindings: &mut Bindings) -> bool {
        let known = match inner {
            SignatureType::Variable(variable) => bindings.get(*variable),
            _ => None,
        };
        let null = self.types().find(&Type::Null);
        let members = match self.form(id) {
            // A value that is null anyway: T? is T.
            Type::Null | Type::Json => return known == Some(id),
            Type::Union(members) if members.iter().any(|member| Some(*member) == null) => members,
            _ => return false,
        };
        let without_null = || members.iter().copied().filter(|member| Some(*member) != null);
        match known.map(|known| (known, self.form(known))) {
            Some((_, Type::Union(inner))) => inner
                .iter()
                .copied()
                .filter(|member| Some(*member) != null)
                .eq(without_null()),
            Some((known, _)) => without_null().eq([known]),
            None => {
                let mut rest = without_null();
                match (rest.next(), rest.next()) {
                    (Some(member), None) => self.unify(inner, member, bindings),
                    _ => false,
                }
            }
        }
    }

    /// The pattern in words: with the types that its variables have, or what they may stand for.
    fn expected(&self, pattern: &SignatureType, bindings: &Bindings) -> String {
        let text = pattern.to_string();
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let mut notes: Vec<String> = Vec::new();
        for variable in ('A'..='Z').filter_map(TypeVariable::from_letter) {
            let letter = variable.letter;
            if !words.contains(&letter.to_string().as_str()) {
                continue;
            }
            match (bindings.get(variable), variable.class) {
                (Some(id), _) => notes.push(format!("{letter} is {}", self.name(id))),
                (None, VariableClass::Equatable) => notes.push(format!("{letter} has equality")),
                (None, VariableClass::Ordered) => notes.push(format!("{letter} is ordered")),
                (None, VariableClass::Key) => notes.push(format!("{letter} is a map key")),
                (None, VariableClass::Any) => {}
            }
        }
        if notes.is_empty() {
            text
        } else {
            format!("{text} where {}", notes.join(", "))
        }
    }
}

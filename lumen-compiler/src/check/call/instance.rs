//! Signatures of builtins in one call: what their type variables stand for.

use super::super::body::{Body, Mode, Want};
use super::super::types::{Type, Types};
use super::super::variables::Unknown;
use super::builtin::Placed;
use crate::diagnostic::Span;
use crate::hir::Ty;
use lumen_vm::lir::{Signature, SignatureType};

/// What the type variables of a signature stand for in one call.
#[derive(Debug, Default)]
pub(super) struct Instance {
    /// Letters and types, in order of appearance.
    pub(super) variables: Vec<(char, Ty)>,
}

impl Body<'_, '_> {
    /// Arguments whose parameter type is a variable: they have the type that it stands for already, else a common one.
    pub(super) fn check_bare(
        &mut self,
        signature: &'static Signature,
        placed: &mut [Placed],
        instance: &mut Instance,
    ) {
        let letters: Vec<Option<char>> = placed
            .iter()
            .map(|argument| match &signature.parameters[argument.parameter].ty {
                SignatureType::Variable(variable) => Some(variable.letter),
                _ => None,
            })
            .collect();
        for index in 0..placed.len() {
            let Some(letter) = letters[index] else { continue };
            let known = instance
                .variables
                .iter()
                .find(|(known, _)| *known == letter)
                .map(|(_, ty)| *ty);
            let known = known.map(|ty| self.checker.resolve(ty));
            match known {
                Some(ty) if !matches!(self.checker.types.get(ty), Type::Variable(_)) => {
                    let decided_here = letters[..index].contains(&Some(letter));
                    if !decided_here {
                        placed[index].value = Some(self.argument(placed[index], Want::of(ty)));
                        continue;
                    }
                    self.settle_common(placed, &letters, index, ty, instance);
                }
                _ => {
                    let value = match placed[index].value {
                        Some(value) => value,
                        None => self.expr(placed[index].source, Mode::Infer),
                    };
                    placed[index].value = Some(value);
                    let found = self.ty(value);
                    if let Some(open) = known {
                        self.checker.unify(open, found);
                    } else {
                        instance.variables.push((letter, found));
                    }
                }
            }
        }
    }

    /// A further value for a variable that an earlier bare argument decided: either one may be the wider.
    fn settle_common(
        &mut self,
        placed: &mut [Placed],
        letters: &[Option<char>],
        index: usize,
        decided: Ty,
        instance: &mut Instance,
    ) {
        let value = match placed[index].value {
            Some(value) => value,
            None => self.expr(placed[index].source, Mode::Hint(decided)),
        };
        placed[index].value = Some(value);
        let found = self.ty(value);
        let Some(common) = self.checker.common(decided, found) else {
            let first = (0..index).find(|earlier| letters[*earlier] == letters[index]);
            let because = first
                .and_then(|first| placed[first].value)
                .map(|value| self.exprs[value].span);
            let want = Want::because(decided, because, "this argument is of the other type");
            placed[index].value =
                Some(self.mismatch(found, want, self.exprs[value].span, Some(placed[index].source)));
            return;
        };
        for argument in 0..=index {
            if letters[argument] == letters[index]
                && let Some(value) = placed[argument].value
            {
                placed[argument].value = Some(self.coerce(value, Want::of(common), None));
            }
        }
        for (letter, ty) in &mut instance.variables {
            if Some(*letter) == letters[index] {
                *ty = common;
            }
        }
    }

    pub(super) fn instantiate(&mut self, ty: &SignatureType, instance: &mut Instance, span: Span) -> Ty {
        match ty {
            SignatureType::Null => Types::NULL,
            SignatureType::Bool => Types::BOOL,
            SignatureType::Int => Types::INT,
            SignatureType::Float => Types::FLOAT,
            SignatureType::String => Types::STRING,
            SignatureType::Bytes => Types::BYTES,
            SignatureType::Json => Types::JSON,
            // Builtins with these types are not offered yet.
            SignatureType::Prelude(record) => self.checker.prelude_type(*record),
            SignatureType::List(element) => {
                let element = self.instantiate(element, instance, span);
                self.checker.types.list(element)
            }
            SignatureType::Set(element) => {
                let element = self.instantiate(element, instance, span);
                self.checker.types.set(element)
            }
            SignatureType::Map(key, value) => {
                let key = self.instantiate(key, instance, span);
                let value = self.instantiate(value, instance, span);
                self.checker.types.map(key, value)
            }
            SignatureType::Result(ok, error) => {
                let ok = self.instantiate(ok, instance, span);
                let error = self.instantiate(error, instance, span);
                self.checker.types.result(ok, error)
            }
            SignatureType::Tuple(parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.instantiate(part, instance, span))
                    .collect();
                self.checker.types.tuple(parts)
            }
            SignatureType::Optional(inner) => {
                let inner = self.instantiate(inner, instance, span);
                let inner = self.checker.resolve(inner);
                self.checker.types.optional(inner)
            }
            SignatureType::Variable(variable) => {
                let known = instance
                    .variables
                    .iter()
                    .find(|(letter, _)| *letter == variable.letter);
                if let Some((_, ty)) = known {
                    return *ty;
                }
                let fresh = self.checker.fresh(Unknown::Generic, span);
                instance.variables.push((variable.letter, fresh));
                fresh
            }
        }
    }
}

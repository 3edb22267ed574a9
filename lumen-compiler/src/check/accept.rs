//! Which types are accepted where another one is expected (`docs/spec/lumen-v1.md`, Widening), and what several values
//! have in common.

use super::context::Checker;
use super::types::{Type, Types};
use crate::hir::Ty;

/// How a value of one type serves as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// As it is.
    Same,
    /// As a member of a union.
    Widen,
    /// Not at all.
    No,
}

impl Checker<'_> {
    /// How a value of type `from` serves where `to` is expected; binds variables on the way.
    pub(crate) fn fit(&mut self, from: Ty, to: Ty) -> Fit {
        let (from, to) = (self.resolve(from), self.resolve(to));
        if from == to || from == Types::NEVER {
            return Fit::Same;
        }
        match (self.types.get(from).clone(), self.types.get(to).clone()) {
            (Type::Variable(_), _) => self.same(from, to),
            (form, Type::Json) if !matches!(form, Type::Error) => self.fit_json(from),
            (Type::Error, _) => {
                self.poison(to);
                Fit::Same
            }
            (_, Type::Error) => {
                self.poison(from);
                Fit::Same
            }
            (Type::Union(parts), Type::Union(members)) => {
                let all_known = parts.iter().all(|part| members.contains(part));
                if all_known || parts.iter().all(|part| self.joins(*part, &members)) {
                    Fit::Widen
                } else {
                    self.same(from, to)
                }
            }
            (_, Type::Union(members)) => {
                if self.joins(from, &members) {
                    Fit::Widen
                } else {
                    Fit::No
                }
            }
            _ => self.same(from, to),
        }
    }

    /// How a value serves as a Json: every part of its type must be one that a Json can be.
    fn fit_json(&mut self, from: Ty) -> Fit {
        let parts = self.types.members(from);
        if parts.iter().all(|part| self.joins(*part, &Types::JSON_MEMBERS)) {
            Fit::Widen
        } else {
            Fit::No
        }
    }

    /// Whether a type that is no union is, or can be made, one of the members.
    fn joins(&mut self, ty: Ty, members: &[Ty]) -> bool {
        if members.contains(&ty) {
            return true;
        }
        let alike = |checker: &Self, member: Ty| checker.types.differ_only_in_arguments(ty, member);
        if let Some(member) = members.iter().copied().find(|member| alike(self, *member)) {
            return self.unify(ty, member);
        }
        let open = members
            .iter()
            .copied()
            .find(|member| matches!(self.types.get(*member), Type::Variable(_)));
        open.is_some_and(|member| self.unify(member, ty))
    }

    fn same(&mut self, from: Ty, to: Ty) -> Fit {
        if self.unify(from, to) { Fit::Same } else { Fit::No }
    }

    /// A type that values of both types have, if one of the two is it: what `==` compares as.
    pub(crate) fn common(&mut self, a: Ty, b: Ty) -> Option<Ty> {
        if a == Types::NEVER {
            return Some(b);
        }
        if self.fit(b, a) != Fit::No {
            return Some(a);
        }
        (self.fit(a, b) != Fit::No).then_some(b)
    }

    /// The type of something that is one of several: the union of their types. `Err` has two members that a union
    /// could not tell apart.
    pub(crate) fn join(&mut self, types: &[Ty]) -> Result<Ty, (Ty, Ty)> {
        let mut members: Vec<Ty> = Vec::new();
        for ty in types {
            let ty = self.resolve(*ty);
            for member in self.types.members(ty) {
                self.join_member(&mut members, member)?;
            }
        }
        // What a type parameter stands for could be any of the others.
        if let Some(parameter) = self.is_blurred_union(&members) {
            let other = members
                .into_iter()
                .find(|member| *member != parameter && *member != Types::NULL);
            return Err((parameter, other.unwrap_or(Types::NULL)));
        }
        Ok(self.types.union(&members))
    }

    fn join_member(&mut self, members: &mut Vec<Ty>, ty: Ty) -> Result<(), (Ty, Ty)> {
        if ty == Types::NEVER || members.contains(&ty) {
            return Ok(());
        }
        for member in members.clone() {
            if self.types.differ_only_in_arguments(member, ty) {
                return if self.unify(member, ty) {
                    Ok(())
                } else {
                    Err((member, ty))
                };
            }
            let is_open = |checker: &Self, ty: Ty| matches!(checker.types.get(ty), Type::Variable(_));
            if (is_open(self, member) || is_open(self, ty)) && self.unify(member, ty) {
                return Ok(());
            }
        }
        members.push(ty);
        Ok(())
    }
}

//! Unification variables: types that a later use decides (`[]`, the error of `ok(1)`, generic builtins).
//!
//! Bindings are never undone. A variable that nothing decided is E0019 where it arose, unless an error touched it.

use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::Ty;
use crate::syntax::name::Name;

/// What a variable stands for, in words for E0019.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// Elements of `[]`.
    ListElement,
    /// Entries of `{}`.
    MapEntry,
    /// Elements of an empty set.
    SetElement,
    /// The err type of `ok(v)`.
    ErrType,
    /// The ok type of `err(e)`.
    OkType,
    /// A parameter of a lambda, and its name if it has one.
    Parameter(Option<Name>),
    /// A type of a builtin's signature.
    Generic,
    /// What a type parameter stands for in one use: an index into the table of them.
    Argument(u32),
}

/// A variable.
#[derive(Clone, Copy, Debug)]
struct Variable {
    binding: Option<Ty>,
    what: Unknown,
    span: Span,
}

/// All variables of a module.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    entries: Vec<Variable>,
}

impl Variables {
    /// How many there are: a mark for [`Variables::unbound_since`].
    pub(crate) fn count(&self) -> usize {
        self.entries.len()
    }

    /// A new one.
    pub(crate) fn fresh(&mut self, types: &mut Types, what: Unknown, span: Span) -> Ty {
        let number = u32::try_from(self.entries.len()).expect("a module has fewer than 2^32 variables");
        self.entries.push(Variable {
            binding: None,
            what,
            span,
        });
        types.intern(Type::Variable(number))
    }

    /// What a variable stands for, and where it arose.
    pub(crate) fn origin(&self, number: u32) -> (Unknown, Span) {
        let variable = self.entries[number as usize];
        (variable.what, variable.span)
    }

    /// The type with variables at its head followed; unions with newly bound members are normal again.
    pub(crate) fn resolve(&self, types: &mut Types, ty: Ty) -> Ty {
        if !types.is_open(ty) {
            return ty;
        }
        match types.get(ty) {
            Type::Variable(number) => match self.entries[*number as usize].binding {
                Some(bound) => self.resolve(types, bound),
                None => ty,
            },
            Type::Union(members) => {
                let members = members.clone();
                let resolved: Vec<Ty> = members
                    .iter()
                    .map(|member| self.resolve(types, *member))
                    .collect();
                types.union(&resolved)
            }
            _ => ty,
        }
    }

    /// The type with all variables in it followed.
    pub(crate) fn resolve_deep(&self, types: &mut Types, ty: Ty) -> Ty {
        let ty = self.resolve(types, ty);
        if !types.is_open(ty) {
            return ty;
        }
        let parts: Vec<Ty> = types.get(ty).parts().collect();
        let parts: Vec<Ty> = parts
            .into_iter()
            .map(|part| self.resolve_deep(types, part))
            .collect();
        types.with_parts(ty, &parts)
    }

    /// Makes two types equal if binding variables can do it. On failure some variables may have been bound.
    pub(crate) fn unify(&mut self, types: &mut Types, a: Ty, b: Ty) -> bool {
        let (a, b) = (self.resolve(types, a), self.resolve(types, b));
        if a == b {
            return true;
        }
        if !types.is_open(a) && !types.is_open(b) {
            return (types.is_erroneous(a) || types.is_erroneous(b))
                && self.equal_but_for_errors(types, a, b);
        }
        match (types.get(a).clone(), types.get(b).clone()) {
            (Type::Error, _) => {
                self.poison(types, b);
                true
            }
            (_, Type::Error) => {
                self.poison(types, a);
                true
            }
            // The later of two stands for the earlier, so that what stays open is reported where it arose.
            (Type::Variable(number), Type::Variable(other)) if number < other => self.bind(types, other, a),
            (Type::Variable(number), _) => self.bind(types, number, b),
            (_, Type::Variable(number)) => self.bind(types, number, a),
            (Type::Union(a), Type::Union(b)) => self.unify_unions(types, &a, &b),
            (a, b) => self.unify_parts(types, &a, &b),
        }
    }

    fn unify_parts(&mut self, types: &mut Types, a: &Type, b: &Type) -> bool {
        match (a, b) {
            (Type::List(a), Type::List(b))
            | (Type::Set(a), Type::Set(b))
            | (Type::Generator(a), Type::Generator(b)) => self.unify(types, *a, *b),
            (Type::Nominal(a, arguments), Type::Nominal(b, others)) => {
                a == b
                    && arguments
                        .iter()
                        .zip(others.iter())
                        .all(|(a, b)| self.unify(types, *a, *b))
            }
            (Type::Function(a, result), Type::Function(b, other)) => {
                a.len() == b.len()
                    && a.iter().zip(b.iter()).all(|(a, b)| self.unify(types, *a, *b))
                    && self.unify(types, *result, *other)
            }
            (Type::Map(a, c), Type::Map(b, d)) | (Type::Result(a, c), Type::Result(b, d)) => {
                self.unify(types, *a, *b) && self.unify(types, *c, *d)
            }
            (Type::Tuple(a), Type::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| self.unify(types, *a, *b))
            }
            _ => false,
        }
    }

    /// Members of closed type must agree; one open member takes what the other side has beyond them.
    fn unify_unions(&mut self, types: &mut Types, a: &[Ty], b: &[Ty]) -> bool {
        let only_a: Vec<Ty> = a.iter().copied().filter(|member| !b.contains(member)).collect();
        let only_b: Vec<Ty> = b.iter().copied().filter(|member| !a.contains(member)).collect();
        match (only_a.as_slice(), only_b.as_slice()) {
            ([one], rest) | (rest, [one]) if matches!(types.get(*one), Type::Variable(_)) => {
                let rest = types.union(rest);
                rest != Types::NEVER && self.unify(types, *one, rest)
            }
            (a, b) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.unify(types, *a, *b)),
        }
    }

    /// Two closed types may still differ only where one of them has an error inside.
    fn equal_but_for_errors(&mut self, types: &mut Types, a: Ty, b: Ty) -> bool {
        if a == Types::ERROR || b == Types::ERROR {
            return true;
        }
        let (a, b) = (types.get(a).clone(), types.get(b).clone());
        self.unify_parts(types, &a, &b)
    }

    fn bind(&mut self, types: &mut Types, number: u32, ty: Ty) -> bool {
        if self.occurs(types, number, ty) {
            return false;
        }
        self.entries[number as usize].binding = Some(ty);
        true
    }

    fn occurs(&self, types: &mut Types, number: u32, ty: Ty) -> bool {
        let ty = self.resolve(types, ty);
        if !types.is_open(ty) {
            return false;
        }
        if let Type::Variable(other) = types.get(ty) {
            return *other == number;
        }
        let parts: Vec<Ty> = types.get(ty).parts().collect();
        parts.into_iter().any(|part| self.occurs(types, number, part))
    }

    /// Something went wrong with a value of this type: its open variables are nobody's fault any more.
    pub(crate) fn poison(&mut self, types: &mut Types, ty: Ty) {
        let ty = self.resolve(types, ty);
        if !types.is_open(ty) {
            return;
        }
        if let Type::Variable(number) = types.get(ty) {
            self.entries[*number as usize].binding = Some(Types::ERROR);
            return;
        }
        let parts: Vec<Ty> = types.get(ty).parts().collect();
        for part in parts {
            self.poison(types, part);
        }
    }

    /// Binds all variables that are still open since a mark to `Error`, and says what and where they were,
    /// one for each place.
    pub(crate) fn settle_since(&mut self, mark: usize) -> Vec<(Unknown, Span)> {
        let mut unknown = Vec::new();
        for variable in self.entries.iter_mut().skip(mark) {
            if variable.binding.is_none() {
                variable.binding = Some(Types::ERROR);
                if unknown.last().is_none_or(|(_, span)| *span != variable.span) {
                    unknown.push((variable.what, variable.span));
                }
            }
        }
        unknown
    }
}

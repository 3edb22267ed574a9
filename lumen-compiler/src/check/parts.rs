//! The types that a type is made of: what all walks over types share, so that a walk says only what it is after.

use super::types::{Type, Types};
use crate::hir::Ty;

impl Type {
    /// The types that it is made of, in the order in which they are written.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Ty> + '_ {
        let (many, few): (&[Ty], [Option<Ty>; 2]) = match self {
            Type::List(a) | Type::Set(a) | Type::Generator(a) => (&[], [Some(*a), None]),
            Type::Map(a, b) | Type::Result(a, b) => (&[], [Some(*a), Some(*b)]),
            Type::Tuple(parts) | Type::Union(parts) | Type::Nominal(_, parts) => (parts, [None; 2]),
            Type::Function(parameters, result) => (parameters, [Some(*result), None]),
            Type::Error
            | Type::Never
            | Type::Null
            | Type::Bool
            | Type::Int
            | Type::Float
            | Type::String
            | Type::Bytes
            | Type::Json
            | Type::Parameter(_)
            | Type::Variable(_) => (&[], [None; 2]),
        };
        many.iter().copied().chain(few.into_iter().flatten())
    }
}

impl Types {
    /// The type with other parts, as many as [`Type::parts`] has; a union of them is brought into normal form.
    pub(crate) fn with_parts(&mut self, ty: Ty, parts: &[Ty]) -> Ty {
        let form = match (self.get(ty), parts) {
            (Type::Union(_), members) => return self.union(members),
            (Type::List(_), &[a]) => Type::List(a),
            (Type::Set(_), &[a]) => Type::Set(a),
            (Type::Generator(_), &[a]) => Type::Generator(a),
            (Type::Map(..), &[a, b]) => Type::Map(a, b),
            (Type::Result(..), &[a, b]) => Type::Result(a, b),
            (Type::Tuple(_), parts) => Type::Tuple(parts.into()),
            (Type::Nominal(nominal, _), parts) => Type::Nominal(*nominal, parts.into()),
            (Type::Function(..), [parameters @ .., result]) => Type::Function(parameters.into(), *result),
            _ => return ty,
        };
        self.intern(form)
    }
}

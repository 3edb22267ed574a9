//! Classes of types: which ones have an order, and which can be keys of a map.

use super::context::Checker;
use super::types::{Type, Types};
use crate::hir::Ty;
use lumen_vm::lir::VariableClass;

/// Whether a type belongs to a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Membership {
    /// It does (erroneous types belong to all).
    Yes,
    /// It does not.
    No,
    /// A later use decides.
    Open,
}

impl Checker<'_> {
    /// Whether the type is of the class.
    pub(crate) fn is_of_class(&mut self, ty: Ty, class: VariableClass) -> Membership {
        let form = self.form(ty);
        match class {
            VariableClass::Any | VariableClass::Equatable => Membership::Yes,
            VariableClass::Key => match form {
                Type::String | Type::Int | Type::Bool | Type::Error | Type::Never => Membership::Yes,
                Type::Variable(_) => Membership::Open,
                _ => Membership::No,
            },
            VariableClass::Ordered => match form {
                Type::Int
                | Type::Float
                | Type::String
                | Type::Bool
                | Type::Bytes
                | Type::Error
                | Type::Never => Membership::Yes,
                Type::Variable(_) => Membership::Open,
                Type::List(element) => self.is_of_class(element, class),
                Type::Tuple(parts) => self.all_of_class(&parts, class),
                _ => Membership::No,
            },
        }
    }

    fn all_of_class(&mut self, parts: &[Ty], class: VariableClass) -> Membership {
        let mut all = Membership::Yes;
        for part in parts {
            match self.is_of_class(*part, class) {
                Membership::Yes => {}
                Membership::Open => all = Membership::Open,
                Membership::No => return Membership::No,
            }
        }
        all
    }

    /// Whether the type is certainly no key of a map.
    pub(crate) fn is_no_key(&mut self, ty: Ty) -> bool {
        self.is_of_class(ty, VariableClass::Key) == Membership::No
    }

    /// Int and Float, and what may still become one.
    pub(crate) fn is_number(&mut self, ty: Ty) -> bool {
        let ty = self.resolve(ty);
        matches!(ty, Types::INT | Types::FLOAT | Types::ERROR | Types::NEVER)
    }
}

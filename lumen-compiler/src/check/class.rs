//! Classes of types: which ones have an order, and which can be keys of a map.

use super::context::Checker;
use super::definition::Layout;
use super::types::{Type, Types};
use crate::hir::{NominalId, Ty};
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
        if let Type::Parameter(number) = form {
            return match self.type_parameter(number).class >= class {
                true => Membership::Yes,
                false => Membership::No,
            };
        }
        match class {
            VariableClass::Any => Membership::Yes,
            VariableClass::Equatable => {
                let ty = self.resolve_deep(ty);
                if let Some(known) = self.equality.get(&ty) {
                    return *known;
                }
                let membership = self.has_equality(ty, false, &mut Vec::new());
                if membership != Membership::Open {
                    self.equality.insert(ty, membership);
                }
                membership
            }
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

    /// Whether values of the type can be compared: no function or generator is inside, nor a type parameter that may be
    /// one. `seen` are the records and enums whose parts were looked at; the type is one of those parts if `inside`.
    fn has_equality(&mut self, ty: Ty, inside: bool, seen: &mut Vec<NominalId>) -> Membership {
        let mut inside = inside;
        let parts: Vec<Ty> = match self.form(ty) {
            Type::Function(..) | Type::Generator(_) => return Membership::No,
            Type::Variable(_) => return Membership::Open,
            // A record's own are looked at as its type arguments.
            Type::Parameter(_) if inside => return Membership::Yes,
            Type::Parameter(number) if self.type_parameter(number).class < VariableClass::Equatable => {
                return Membership::No;
            }
            Type::List(a) | Type::Set(a) => vec![a],
            Type::Map(a, b) | Type::Result(a, b) => vec![a, b],
            Type::Tuple(parts) | Type::Union(parts) => parts.to_vec(),
            Type::Nominal(nominal, arguments) => {
                for argument in arguments.iter() {
                    match self.has_equality(*argument, inside, seen) {
                        Membership::Yes => {}
                        other => return other,
                    }
                }
                if seen.contains(&nominal) {
                    return Membership::Yes;
                }
                seen.push(nominal);
                inside = true;
                match &*self.layout(nominal) {
                    Layout::Record { fields, .. } => fields.iter().map(|field| field.ty).collect(),
                    Layout::Enum(variants) => variants
                        .iter()
                        .flat_map(|variant| variant.payload.clone())
                        .collect(),
                    Layout::Broken => Vec::new(),
                }
            }
            _ => return Membership::Yes,
        };
        let mut all = Membership::Yes;
        for part in parts {
            match self.has_equality(part, inside, seen) {
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

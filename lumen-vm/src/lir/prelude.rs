//! The records that the language itself declares, in a module of their own that no source can be.
//!
//! Every program has them, with these layouts: intrinsics and the machine make values of them. A module that uses one
//! repeats its layout, as with any other module's record, and the verifier compares.

use std::sync::LazyLock;

use super::signature::SignatureType;
use super::{Nominal, Origin};

/// Name of the module that declares the records which the language itself knows. No source has this name.
pub const PRELUDE: &str = "lumen:prelude";

/// A record that the language itself declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PreludeRecord {
    /// Something wrong with one field of a value.
    FieldError,
    /// A value that is not of a type, or breaks its constraints.
    ValidationError,
    /// One step from a JSON document to another, an operation of RFC 6902.
    Patch,
    /// A text that somebody says.
    RoleText,
}

/// Field names and types in signature notation, in declared order.
type Fields = &'static [(&'static str, &'static str)];

const TABLE: [(PreludeRecord, &str, Fields); 4] = [
    (
        PreludeRecord::FieldError,
        "FieldError",
        &[("path", "String"), ("constraint", "String"), ("value", "Json")],
    ),
    (
        PreludeRecord::ValidationError,
        "ValidationError",
        &[("message", "String"), ("errors", "list[FieldError]")],
    ),
    (
        PreludeRecord::Patch,
        "Patch",
        &[("op", "String"), ("path", "String"), ("value", "Json")],
    ),
    (
        PreludeRecord::RoleText,
        "RoleText",
        &[("role", "String"), ("text", "String")],
    ),
];

impl PreludeRecord {
    /// All of them; each refers only to ones before it.
    pub const ALL: [PreludeRecord; 4] = [TABLE[0].0, TABLE[1].0, TABLE[2].0, TABLE[3].0];

    /// Its name in source.
    pub fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The record of this name.
    pub fn from_name(name: &str) -> Option<PreludeRecord> {
        Self::ALL.into_iter().find(|record| record.name() == name)
    }

    /// Its fields in declared order.
    pub fn fields(self) -> &'static [(&'static str, SignatureType)] {
        static FIELDS: LazyLock<Vec<Vec<(&'static str, SignatureType)>>> = LazyLock::new(|| {
            let parsed = |ty| SignatureType::parse(ty).expect("the table holds types in signature notation");
            TABLE
                .iter()
                .map(|(_, _, fields)| fields.iter().map(|(name, ty)| (*name, parsed(ty))).collect())
                .collect()
        });
        &FIELDS[self as usize]
    }

    /// The record that an entry of a module's table is; nothing for those of other modules.
    pub fn of_nominal(nominal: &Nominal) -> Option<PreludeRecord> {
        match &nominal.origin {
            Origin::Module(module) if module.as_str() == PRELUDE => Self::from_name(&nominal.name),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_their_numbers_and_refer_backwards() {
        for (number, (record, name, _)) in TABLE.into_iter().enumerate() {
            assert_eq!(record as usize, number);
            assert_eq!(PreludeRecord::from_name(name), Some(record));
            for (_, ty) in record.fields() {
                let inner = match ty {
                    SignatureType::List(element) => element,
                    ty => ty,
                };
                if let SignatureType::Prelude(referred) = inner {
                    assert!(*referred < record, "{name}");
                }
            }
        }
    }
}

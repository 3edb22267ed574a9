//! What a module repeats of the prelude must be what the language declares: intrinsics make such records.

use super::error::Reason;
use crate::lir::{Layout, Module, Nominal, Origin, PRELUDE, PreludeRecord, SignatureType, Type, TypeId};

/// Checks a nominal that the prelude declares; all others pass.
pub(super) fn check(module: &Module, nominal: &Nominal) -> Result<(), Reason> {
    let of_prelude = matches!(&nominal.origin, Origin::Module(id) if id.as_str() == PRELUDE);
    if !of_prelude {
        return Ok(());
    }
    let Some(record) = PreludeRecord::of_nominal(nominal) else {
        return Err(Reason::IllFormedLayout("the prelude has no record of this name"));
    };
    let same = match &nominal.layout {
        Layout::Opaque => true,
        Layout::Enum { .. } => false,
        Layout::Record { fields, constrained } => {
            let expected = record.fields();
            !constrained
                && fields.len() == expected.len()
                && fields
                    .iter()
                    .zip(expected)
                    .all(|(field, (name, ty))| field.name == *name && is(module, field.ty, ty))
        }
    };
    if same && nominal.parameters.is_empty() {
        Ok(())
    } else {
        Err(Reason::IllFormedLayout("another layout than the prelude's"))
    }
}

/// Whether a type is the one that a field of a prelude record has; recursion is as deep as those are.
fn is(module: &Module, id: TypeId, expected: &SignatureType) -> bool {
    match (&module.types[id.0 as usize], expected) {
        (Type::String, SignatureType::String) | (Type::Json, SignatureType::Json) => true,
        (Type::List(element), SignatureType::List(expected)) => is(module, *element, expected),
        (Type::Nominal(nominal, _), SignatureType::Prelude(record)) => module
            .nominals
            .get(nominal.0 as usize)
            .is_some_and(|nominal| PreludeRecord::of_nominal(nominal) == Some(*record)),
        _ => false,
    }
}

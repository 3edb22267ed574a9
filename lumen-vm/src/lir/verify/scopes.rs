//! Type variables stand only where the cell or nominal at hand has the parameter, of the class that the type asks for.

use super::classes::Scope;
use super::error::{Place, Reason, VerifyError};
use super::instances::Signatures;
use super::tables::each;
use super::types::{TypeIndex, layout_types};
use crate::lir::{Generics, Module, TypeId};

/// Checks the tables and the heads of the cells; yields the scope of each cell that is generic.
pub(super) fn check(
    module: &Module,
    types: &TypeIndex,
    signatures: &mut Signatures,
) -> Result<Vec<Option<Box<Scope>>>, VerifyError> {
    let closed = Scope::default();
    each("nominals", &module.nominals, |nominal| {
        check_all(types, &Scope::new(&nominal.parameters), layout_types(nominal))
    })?;
    each("imported_cells", &module.imported_cells, |cell| {
        let scope = Scope::new(&cell.generics.parameters);
        check_methods(types, &scope, &cell.generics)?;
        check_all(
            types,
            &scope,
            cell.parameters.iter().copied().chain([cell.result]),
        )
    })?;
    each("tools", &module.tools, |tool| {
        check_all(
            types,
            &closed,
            tool.parameters.iter().copied().chain([tool.result]),
        )
    })?;
    let scopes = module.cells.iter().map(|cell| {
        let mut scope = Scope::new(&cell.generics.parameters);
        let parameters = cell.parameters.iter().map(|parameter| parameter.ty);
        check_methods(types, &scope, &cell.generics)
            .and_then(|()| check_all(types, &scope, parameters.chain([cell.result])))
            .map_err(|reason| VerifyError {
                place: Place::Cell {
                    cell: cell.name.clone(),
                },
                reason,
            })?;
        scope.methods = signatures.of_methods(&cell.generics.methods);
        Ok((!cell.generics.is_empty()).then(|| Box::new(scope)))
    });
    scopes.collect()
}

fn check_methods(types: &TypeIndex, scope: &Scope, generics: &Generics) -> Result<(), Reason> {
    generics.methods.iter().try_for_each(|method| {
        check_all(
            types,
            scope,
            method.parameters.iter().copied().chain([method.result]),
        )
    })
}

fn check_all(
    types: &TypeIndex,
    scope: &Scope,
    mentioned: impl IntoIterator<Item = TypeId>,
) -> Result<(), Reason> {
    mentioned
        .into_iter()
        .try_for_each(|ty| types.demands(ty).check(scope))
}

//! Linking: modules find one another, and what each repeats of others is compared with the originals.

use rustc_hash::FxHashMap;
use std::sync::Arc;

use super::program::{LinkedModule, Program};
use super::specialise::specialise;
use super::types::{self, ModuleTypes, same_parameters};
use crate::heap::{TypeRef, TypeTable};
use crate::lir::{
    Cell, ImportedCell, Method, ModuleId, Nominal, Opcode, Origin, TypeId, VerifiedModule, instructions,
};

/// Why modules do not make a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Two modules have one name.
    #[error("module {module} is there twice")]
    DuplicateModule {
        /// The name.
        module: ModuleId,
    },
    /// A module that another one uses is not there.
    #[error("module {user} uses module {missing}, which is not part of the program")]
    MissingModule {
        /// The module that uses it.
        user: ModuleId,
        /// The one that is missing.
        missing: ModuleId,
    },
    /// A module lacks what another one uses.
    #[error("module {user} uses `{name}` of module {declaring}, which has no such {what}")]
    MissingName {
        /// The module that uses it.
        user: ModuleId,
        /// The module that should declare it.
        declaring: ModuleId,
        /// The name.
        name: String,
        /// `cell` or `type`.
        what: &'static str,
    },
    /// A cell is called with another signature than it has.
    #[error(
        "module {user} calls `{name}` of module {declaring} with another signature than it has there: recompile {user}"
    )]
    SignatureDiffers {
        /// The module that calls it.
        user: ModuleId,
        /// The module that declares it.
        declaring: ModuleId,
        /// The cell.
        name: String,
    },
    /// A record or an enum is used with another layout than it has.
    #[error(
        "module {user} uses `{name}` of module {declaring} with another layout than it has there: recompile {user}"
    )]
    LayoutDiffers {
        /// The module that uses it.
        user: ModuleId,
        /// The module that declares it.
        declaring: ModuleId,
        /// The record or enum.
        name: String,
    },
    /// An enum has more variants than the machine can tell apart.
    #[error("enum `{name}` of module {module} has more than 65535 variants")]
    TooManyVariants {
        /// The module that declares it.
        module: ModuleId,
        /// The enum.
        name: String,
    },
    /// The program asks for more instances of generic cells or types than one may have.
    #[error(
        "the program needs more than {limit} instances of generic cells or types; one of them is of `{name}`"
    )]
    TooManyInstances {
        /// The last one's cell or nominal.
        name: String,
        /// How many there may be.
        limit: usize,
    },
    /// Type arguments nest too deep, as they do if a cell asks for itself with ever larger ones.
    #[error("the type arguments of `{name}` nest deeper than {limit} levels")]
    TooDeep {
        /// The generic cell or nominal.
        name: String,
        /// Greatest depth.
        limit: u32,
    },
    /// Instances mention more types between them than a program may have.
    #[error("the instances of generic cells and types mention too many types")]
    TooManyTypes,
    /// A cell needs what the machine does not have yet.
    #[error("cell `{cell}` of module {module} uses `{instruction}`, which is not supported yet")]
    NotSupported {
        /// The module.
        module: ModuleId,
        /// The cell.
        cell: String,
        /// Name of the instruction.
        instruction: &'static str,
    },
}

/// Links verified modules, in any order.
pub(super) fn link(modules: &[VerifiedModule]) -> Result<Program, LinkError> {
    let mut linker = Linker {
        modules,
        by_name: FxHashMap::default(),
        table: TypeTable::new(),
    };
    linker.index()?;
    let mut module_types = Vec::with_capacity(modules.len());
    for verified in modules {
        module_types.push(types::intern(&mut linker.table, verified.module()));
    }
    for (verified, types) in modules.iter().zip(&module_types) {
        types::define(&mut linker.table, verified.module(), types)?;
    }
    for (verified, types) in modules.iter().zip(&module_types) {
        let user = &verified.module().id;
        types::check(&linker.table, verified.module(), types, |module, name| {
            linker.nominal(user, module, name)
        })?;
        refuse_unsupported(verified)?;
    }
    let first_cells = linker.number_cells(&module_types);
    let mut linked = Vec::with_capacity(modules.len());
    for (position, verified) in modules.iter().enumerate() {
        let imported = verified
            .module()
            .imported_cells
            .iter()
            .map(|import| linker.import(&module_types, &first_cells, position, import))
            .collect::<Result<_, _>>()?;
        linked.push((verified.clone(), imported, first_cells[position]));
    }
    let Linker { mut table, .. } = linker;
    let mut linked: Vec<LinkedModule> = linked
        .into_iter()
        .zip(module_types)
        .map(|((verified, imported, first_cell), types)| LinkedModule {
            verified,
            types: types.types,
            imported,
            first_cell,
            first_constant: 0,
            instances: Vec::new(),
        })
        .collect();
    let instances = specialise(&mut table, &mut linked)?;
    table.seal();
    Ok(Program::new(Arc::new(table), linked, instances))
}

struct Linker<'modules> {
    modules: &'modules [VerifiedModule],
    by_name: FxHashMap<&'modules ModuleId, usize>,
    table: TypeTable,
}

impl<'modules> Linker<'modules> {
    fn index(&mut self) -> Result<(), LinkError> {
        for (position, verified) in self.modules.iter().enumerate() {
            let module = &verified.module().id;
            if self.by_name.insert(module, position).is_some() {
                return Err(LinkError::DuplicateModule {
                    module: module.clone(),
                });
            }
        }
        Ok(())
    }

    fn find(&self, user: &ModuleId, module: &ModuleId) -> Result<usize, LinkError> {
        self.by_name
            .get(module)
            .copied()
            .ok_or_else(|| LinkError::MissingModule {
                user: user.clone(),
                missing: module.clone(),
            })
    }

    fn nominal(
        &self,
        user: &ModuleId,
        module: &ModuleId,
        name: &str,
    ) -> Result<&'modules Nominal, LinkError> {
        let declaring = self.modules[self.find(user, module)?].module();
        let mut nominals = declaring.nominals.iter();
        nominals
            .find(|nominal| nominal.origin == Origin::Here && nominal.name == name)
            .ok_or_else(|| LinkError::MissingName {
                user: user.clone(),
                declaring: module.clone(),
                name: name.to_owned(),
                what: "type",
            })
    }

    /// Numbers the cells of all modules; yields the number of each module's first one.
    fn number_cells(&mut self, types: &[ModuleTypes]) -> Vec<usize> {
        let mut next = 0;
        let mut first = Vec::with_capacity(self.modules.len());
        for (verified, types) in self.modules.iter().zip(types) {
            first.push(next);
            for cell in &verified.module().cells {
                self.table.add_cell(parameter_types(cell, types).collect());
            }
            next += verified.module().cells.len();
        }
        first
    }

    fn import(
        &self,
        types: &[ModuleTypes],
        first_cells: &[usize],
        user: usize,
        import: &ImportedCell,
    ) -> Result<usize, LinkError> {
        let user_id = &self.modules[user].module().id;
        let declaring = self.find(user_id, &import.module)?;
        let cells = &self.modules[declaring].module().cells;
        let Some(position) = cells.iter().position(|cell| cell.name == import.name) else {
            return Err(LinkError::MissingName {
                user: user_id.clone(),
                declaring: import.module.clone(),
                name: import.name.clone(),
                what: "cell",
            });
        };
        let cell = &cells[position];
        let (here, there) = (&types[user], &types[declaring]);
        let at = |types: &ModuleTypes, id: TypeId| types.types[id.0 as usize];
        let same = import
            .parameters
            .iter()
            .map(|&ty| at(here, ty))
            .eq(parameter_types(cell, there))
            && at(here, import.result) == at(there, cell.result)
            && same_parameters(&import.generics.parameters, &cell.generics.parameters)
            && same_methods(
                &import.generics.methods,
                &cell.generics.methods,
                |mine, theirs| at(here, mine) == at(there, theirs),
            )
            && import.effects == cell.effects;
        if !same {
            return Err(LinkError::SignatureDiffers {
                user: user_id.clone(),
                declaring: import.module.clone(),
                name: import.name.clone(),
            });
        }
        Ok(first_cells[declaring] + position)
    }
}

/// Whether methods agree in number and signatures, whatever their names.
fn same_methods(mine: &[Method], theirs: &[Method], same: impl Fn(TypeId, TypeId) -> bool) -> bool {
    mine.len() == theirs.len()
        && mine.iter().zip(theirs).all(|(mine, theirs)| {
            mine.parameters.len() == theirs.parameters.len()
                && same(mine.result, theirs.result)
                && (mine.parameters.iter().zip(&theirs.parameters)).all(|(&mine, &theirs)| same(mine, theirs))
        })
}

fn parameter_types<'a>(cell: &'a Cell, types: &'a ModuleTypes) -> impl Iterator<Item = TypeRef> + 'a {
    cell.parameters
        .iter()
        .map(|parameter| types.types[parameter.ty.0 as usize])
}

/// Refuses instructions that control can reach and that the machine does not have yet.
fn refuse_unsupported(verified: &VerifiedModule) -> Result<(), LinkError> {
    for (index, cell) in verified.module().cells.iter().enumerate() {
        for block in verified.blocks(index) {
            for (_, decoded) in instructions(&cell.code[block.start..block.end]) {
                let opcode = decoded.expect("verified code decodes").opcode;
                if opcode == Opcode::ToolCall {
                    return Err(LinkError::NotSupported {
                        module: verified.module().id.clone(),
                        cell: cell.name.clone(),
                        instruction: opcode.info().name,
                    });
                }
            }
        }
    }
    Ok(())
}

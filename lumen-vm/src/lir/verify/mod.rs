//! The load-time verifier: proves once that a module cannot misuse the machine, so that execution checks no types.
//!
//! It takes any [`Module`], however it came about, and either refuses it with the place and the reason or hands it back as
//! a [`VerifiedModule`], which nothing else can make and which the loader demands. It looks at one module alone; that
//! what a module repeats of others agrees with them is checked at link. It says nothing about how long a program runs.

use std::sync::Arc;

use super::{Instruction, Module, TypeId};

mod debug;
mod error;
mod flow;
mod prelude;
mod registers;
mod step;
mod tables;
mod types;

#[cfg(test)]
mod tests;

pub use debug::verify_debug;
pub use error::{Place, Reason, VerifyError};
pub use flow::Block;
pub use registers::RegisterTypes;
pub use tables::MAX_TYPE_DEPTH;

use step::Step;
use types::TypeIndex;

/// A module that has passed the verifier, with what the proof found out.
#[derive(Clone, Debug)]
pub struct VerifiedModule {
    module: Arc<Module>,
    types: TypeIndex,
    /// By cell: the basic blocks that control can reach, ascending.
    blocks: Vec<Vec<Block>>,
}

/// One reachable instruction of a verified cell, as [`VerifiedModule::walk`] shows it.
#[derive(Clone, Copy, Debug)]
pub struct TypedInstruction<'a> {
    /// Its word offset.
    pub offset: usize,
    /// The instruction.
    pub instruction: Instruction<'a>,
    /// Register types before it. Every register that it reads has one.
    pub before: &'a RegisterTypes,
    /// Type of what it writes to A, if it writes.
    pub result: Option<TypeId>,
    /// Whether a basic block starts with it.
    pub starts_block: bool,
}

/// Checks a module: its tables first, then cell by cell.
pub fn verify(module: Arc<Module>) -> Result<VerifiedModule, VerifyError> {
    tables::check(&module)?;
    let types = TypeIndex::new(&module);
    types.check_sets(&module)?;
    let mut room = flow::MAX_BLOCK_REGISTERS;
    let blocks = module
        .cells
        .iter()
        .map(|cell| flow::check(&module, &types, cell, &mut room))
        .collect::<Result<_, _>>()?;
    Ok(VerifiedModule {
        module,
        types,
        blocks,
    })
}

impl VerifiedModule {
    /// The module.
    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// The reachable basic blocks of a cell of this module, ascending.
    ///
    /// # Panics
    /// If the module has no such cell.
    pub fn blocks(&self, cell: usize) -> &[Block] {
        &self.blocks[cell]
    }

    /// Shows every reachable instruction of a cell, ascending, with the types of all registers before it.
    ///
    /// # Panics
    /// If the module has no such cell.
    pub fn walk(&self, cell: usize, mut visit: impl FnMut(TypedInstruction<'_>)) {
        let module = &*self.module;
        let head = &module.cells[cell];
        let mut registers = RegisterTypes::unknown(usize::from(head.registers));
        for block in &self.blocks[cell] {
            registers.copy_from(&block.entry);
            let code = &head.code[..block.end];
            let mut offset = block.start;
            while let Some(decoded) = Instruction::decode(code, offset) {
                let instruction = decoded.expect("verified code decodes");
                let step = Step {
                    module,
                    types: &self.types,
                    cell: head,
                    instruction,
                    registers: &registers,
                };
                let result = step.apply().expect("verified code keeps the typing rules");
                let starts_block = offset == block.start;
                visit(TypedInstruction {
                    offset,
                    instruction,
                    before: &registers,
                    result,
                    starts_block,
                });
                if let (Some(ty), Some(register)) = (result, instruction.writes()) {
                    registers.set(register, ty);
                }
                offset += instruction.length();
            }
        }
    }

    /// The type's index in the module's table, if it is there.
    pub fn find_type(&self, ty: &super::Type) -> Option<TypeId> {
        self.types.find(ty)
    }

    /// The members of a dynamic type (a union or Json), ascending; nothing for other types.
    pub fn members(&self, id: TypeId) -> Option<&[TypeId]> {
        self.types.members(&self.module, id)
    }
}

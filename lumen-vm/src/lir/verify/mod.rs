//! The load-time verifier: proves once that a module cannot misuse the machine, so that execution checks no types.
//!
//! It takes any [`Module`], however it came about, and either refuses it with the place and the reason or hands it back as
//! a [`VerifiedModule`], which nothing else can make and which the loader demands. It looks at one module alone; that
//! what a module repeats of others agrees with them is checked at link. It says nothing about how long a program runs.

use std::sync::Arc;

use super::{Instruction, Module, TypeId};

mod classes;
mod debug;
mod equality;
mod error;
mod flow;
mod instances;
mod prelude;
mod registers;
mod scopes;
mod step;
mod substitute;
mod tables;
mod types;

#[cfg(test)]
mod tests;

pub use debug::verify_debug;
pub use error::{Place, Reason, VerifyError};
pub use flow::Block;
pub use registers::RegisterTypes;
pub use tables::MAX_TYPE_DEPTH;

use classes::Scope;
use instances::{InstanceFacts, Signatures};
use step::Step;
use types::TypeIndex;

/// A module that has passed the verifier, with what the proof found out.
#[derive(Clone, Debug)]
pub struct VerifiedModule {
    module: Arc<Module>,
    facts: Facts,
    /// By cell: the basic blocks that control can reach, ascending.
    blocks: Vec<Vec<Block>>,
}

/// What is known of a module whose tables have passed, for the typing rules.
#[derive(Clone, Debug)]
struct Facts {
    types: TypeIndex,
    instances: Vec<InstanceFacts>,
    /// By cell: its scope, if it is generic.
    scopes: Vec<Option<Box<Scope>>>,
    /// The scope of all others.
    closed: Scope,
}

impl Facts {
    fn new(module: &Module) -> Result<Facts, VerifyError> {
        let mut steps = substitute::MAX_STEPS;
        let types = TypeIndex::new(module, &mut steps)?;
        let mut signatures = Signatures::default();
        let scopes = scopes::check(module, &types, &mut signatures)?;
        Ok(Facts {
            instances: instances::check(module, &types, &mut signatures, &mut steps)?,
            types,
            scopes,
            closed: Scope::default(),
        })
    }

    fn scope(&self, cell: usize) -> &Scope {
        self.scopes[cell].as_deref().unwrap_or(&self.closed)
    }
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
    let facts = Facts::new(&module)?;
    let mut room = flow::MAX_BLOCK_REGISTERS;
    let blocks = module
        .cells
        .iter()
        .enumerate()
        .map(|(index, cell)| flow::check(&module, &facts, index, cell, &mut room))
        .collect::<Result<_, _>>()?;
    Ok(VerifiedModule {
        module,
        facts,
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
                    facts: &self.facts,
                    scope: self.facts.scope(cell),
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
        self.facts.types.find(ty)
    }

    /// The members of a dynamic type (a union or Json), ascending; nothing for other types.
    pub fn members(&self, id: TypeId) -> Option<&[TypeId]> {
        self.facts.types.members(&self.module, id)
    }
}

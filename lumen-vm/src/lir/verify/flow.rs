//! Control flow of a cell and the types of its registers at the start of each basic block.
//!
//! A forward dataflow: the types before a block are those on which all its predecessors agree. A register's type only
//! goes from known to unknown after a block was first reached, so the passes end; a budget ends them early for cells
//! made to take long.

use std::collections::BTreeSet;

use super::error::{Place, Reason, VerifyError};
use super::registers::RegisterTypes;
use super::step::Step;
use super::types::TypeIndex;
use crate::lir::{Cell, Instruction, Module, instructions};

/// Most register types that the blocks of one module may hold between them (256 MiB).
pub(super) const MAX_BLOCK_REGISTERS: usize = 1 << 26;
/// How many instructions may be typed for each one of the cell, on average, plus a little for short cells.
const MAX_VISITS: usize = 64;
const VISITS_OF_SHORT_CELLS: usize = 10_000;

/// A basic block that control can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Word offset of its first instruction.
    pub start: usize,
    /// Word offset of its end.
    pub end: usize,
    /// Register types before its first instruction.
    pub entry: RegisterTypes,
}

/// Verifies one cell whose head is well-formed; yields the blocks that control can reach, ascending. `room` is what is left of
/// [`MAX_BLOCK_REGISTERS`].
pub(super) fn check(
    module: &Module,
    types: &TypeIndex,
    cell: &Cell,
    room: &mut usize,
) -> Result<Vec<Block>, VerifyError> {
    let spans = spans(cell)?;
    let mut flow = Flow {
        module,
        types,
        cell,
        entries: vec![None; spans.len()],
        spans,
        work: BTreeSet::new(),
        room,
        budget: cell.code.len().saturating_mul(MAX_VISITS) + VISITS_OF_SHORT_CELLS,
    };
    flow.run()?;
    Ok(flow
        .spans
        .into_iter()
        .zip(flow.entries)
        .filter_map(|((start, end), entry)| {
            Some(Block {
                start,
                end,
                entry: entry?,
            })
        })
        .collect())
}

/// Splits the code into basic blocks, `(start, end)` in words, after checking that it decodes, that jumps land on
/// instructions and that its last instruction does not fall through.
fn spans(cell: &Cell) -> Result<Vec<(usize, usize)>, VerifyError> {
    let length = cell.code.len();
    let mut starts = vec![false; length];
    let mut leaders = vec![false; length];
    let mut last = None;
    for (offset, decoded) in instructions(&cell.code) {
        let instruction = decoded.map_err(|error| at(cell, offset, "", error.into()))?;
        starts[offset] = true;
        last = Some((offset, instruction));
    }
    match last {
        Some((_, instruction)) if !instruction.falls_through() => {}
        Some((offset, instruction)) => {
            return Err(at(
                cell,
                offset,
                instruction.opcode.info().name,
                Reason::RunsOffTheEnd,
            ));
        }
        None => {
            let place = Place::Cell {
                cell: cell.name.clone(),
            };
            return Err(VerifyError {
                place,
                reason: Reason::RunsOffTheEnd,
            });
        }
    }
    leaders[0] = true;
    for (offset, decoded) in instructions(&cell.code) {
        let instruction = decoded.expect("the first pass has decoded it");
        for target in instruction.jump_targets(offset) {
            let index = usize::try_from(target)
                .ok()
                .filter(|&index| starts.get(index) == Some(&true));
            let Some(index) = index else {
                return Err(at(
                    cell,
                    offset,
                    instruction.opcode.info().name,
                    Reason::JumpTarget { target },
                ));
            };
            leaders[index] = true;
        }
        let jumps = instruction.jump_offsets().len() > 0 || !instruction.falls_through();
        if let Some(leader) = leaders.get_mut(offset + instruction.length()).filter(|_| jumps) {
            *leader = true;
        }
    }
    let mut starts: Vec<usize> = (0..length).filter(|&offset| leaders[offset]).collect();
    starts.push(length);
    Ok(starts.windows(2).map(|pair| (pair[0], pair[1])).collect())
}

/// The dataflow over the blocks of one cell.
struct Flow<'a> {
    module: &'a Module,
    types: &'a TypeIndex,
    cell: &'a Cell,
    spans: Vec<(usize, usize)>,
    /// Types before each block; nothing if it has not been reached.
    entries: Vec<Option<RegisterTypes>>,
    /// Blocks to look at (again), lowest first, so that the inside of a loop settles before what follows it.
    work: BTreeSet<usize>,
    /// How many register types further blocks of the module may hold.
    room: &'a mut usize,
    /// Instructions that may still be typed, and edges that may still be joined.
    budget: usize,
}

impl Flow<'_> {
    fn run(&mut self) -> Result<(), VerifyError> {
        let count = usize::from(self.cell.registers);
        let mut registers = RegisterTypes::unknown(count);
        for (register, parameter) in (0..=u8::MAX).zip(&self.cell.parameters) {
            registers.set(register, parameter.ty);
        }
        self.enter(0, &registers)?;
        while let Some(block) = self.work.pop_first() {
            registers.copy_from(
                self.entries[block]
                    .as_ref()
                    .expect("a block in the list was reached"),
            );
            self.block(block, &mut registers)?;
        }
        Ok(())
    }

    /// Types one block, starting from its entry in `registers`, and passes the outcome on.
    fn block(&mut self, block: usize, registers: &mut RegisterTypes) -> Result<(), VerifyError> {
        let (start, end) = self.spans[block];
        let code = &self.cell.code[..end];
        let mut offset = start;
        while let Some(decoded) = Instruction::decode(code, offset) {
            let instruction = decoded.expect("the code was decoded before");
            self.spend()?;
            let step = Step {
                module: self.module,
                types: self.types,
                cell: self.cell,
                instruction,
                registers,
            };
            let result = step
                .apply()
                .map_err(|reason| at(self.cell, offset, instruction.opcode.info().name, reason))?;
            // Of those that jump, only `next` writes too, and not where it jumps.
            for target in instruction.jump_targets(offset) {
                self.enter(self.block_at(target as usize), registers)?;
            }
            if let (Some(ty), Some(register)) = (result, instruction.writes()) {
                registers.set(register, ty);
            }
            offset += instruction.length();
            if offset == end && instruction.falls_through() {
                self.enter(block + 1, registers)?;
            }
        }
        Ok(())
    }

    fn block_at(&self, offset: usize) -> usize {
        self.spans
            .binary_search_by_key(&offset, |(start, _)| *start)
            .expect("jumps lead to the starts of blocks")
    }

    /// Joins types into a block's entry and lists the block if that changed it.
    fn enter(&mut self, block: usize, registers: &RegisterTypes) -> Result<(), VerifyError> {
        self.spend()?;
        match &mut self.entries[block] {
            Some(entry) => {
                if entry.join(registers) {
                    self.work.insert(block);
                }
            }
            entry => {
                let left = self.room.checked_sub(registers.count());
                *self.room = left.ok_or_else(|| too_complex(self.cell))?;
                *entry = Some(registers.clone());
                self.work.insert(block);
            }
        }
        Ok(())
    }

    fn spend(&mut self) -> Result<(), VerifyError> {
        self.budget = self.budget.checked_sub(1).ok_or_else(|| too_complex(self.cell))?;
        Ok(())
    }
}

fn too_complex(cell: &Cell) -> VerifyError {
    VerifyError {
        place: Place::Cell {
            cell: cell.name.clone(),
        },
        reason: Reason::TooComplex,
    }
}

fn at(cell: &Cell, offset: usize, opcode: &'static str, reason: Reason) -> VerifyError {
    VerifyError {
        place: Place::Instruction {
            cell: cell.name.clone(),
            offset,
            opcode,
        },
        reason,
    }
}

//! Control flow of a cell and the types of its registers at the start of each basic block.
//!
//! A forward dataflow: the types before a block are those on which all its predecessors agree. A register's type only
//! goes from known to unknown after a block was first reached, so the passes end; a budget ends them early for cells
//! made to take long. A failure is an edge too: from each instruction that a handler covers to the handler's target, with
//! the types before the instruction. Code that such an edge leads to runs *with a failure pending*, until `rethrow`.

use std::collections::BTreeSet;

use super::Facts;
use super::classes::Scope;
use super::error::{Place, Reason, VerifyError};
use super::registers::RegisterTypes;
use super::step::Step;
use crate::lir::{Cell, Coverage, Instruction, Module, Opcode, instructions};

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

/// Verifies the cell at `index`, whose head is well-formed; yields the blocks that control can reach, ascending. `room` is what is left of
/// [`MAX_BLOCK_REGISTERS`].
pub(super) fn check(
    module: &Module,
    facts: &Facts,
    index: usize,
    cell: &Cell,
    room: &mut usize,
) -> Result<Vec<Block>, VerifyError> {
    let spans = spans(cell)?;
    let coverage = Coverage::new(&cell.handlers).map_err(|crossing| {
        of_cell(
            cell,
            Reason::HandlerOrder {
                handler: crossing.handler,
            },
        )
    })?;
    let mut flow = Flow {
        module,
        facts,
        scope: facts.scope(index),
        cell,
        entries: vec![None; spans.len()],
        pending: vec![false; spans.len()],
        coverage,
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
        None => return Err(of_cell(cell, Reason::RunsOffTheEnd)),
    }
    leaders[0] = true;
    handlers(cell, &starts, &mut leaders)?;
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

/// Checks where handlers begin, end and lead to, and marks the latter as starts of blocks.
fn handlers(cell: &Cell, starts: &[bool], leaders: &mut [bool]) -> Result<(), VerifyError> {
    let is_start = |offset: u32| starts.get(offset as usize) == Some(&true);
    for (index, handler) in cell.handlers.iter().enumerate() {
        let (start, end, target) = (handler.start, handler.end, handler.target);
        let whole = is_start(start) && (is_start(end) || end as usize == starts.len());
        if !whole || start >= end {
            let handler = index;
            return Err(of_cell(cell, Reason::HandlerRange { handler, start, end }));
        }
        if !is_start(target) || (start..end).contains(&target) {
            let handler = index;
            return Err(of_cell(cell, Reason::HandlerTarget { handler, target }));
        }
        leaders[target as usize] = true;
    }
    Ok(())
}

/// The dataflow over the blocks of one cell.
struct Flow<'a> {
    module: &'a Module,
    facts: &'a Facts,
    scope: &'a Scope,
    cell: &'a Cell,
    spans: Vec<(usize, usize)>,
    /// Types before each block; nothing if it has not been reached.
    entries: Vec<Option<RegisterTypes>>,
    /// For blocks that have been reached, whether a failure is pending in them.
    pending: Vec<bool>,
    coverage: Coverage,
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
        self.enter(0, &registers, false)?;
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
        let pending = self.pending[block];
        let code = &self.cell.code[..end];
        let mut offset = start;
        // The handler whose target knows these types already.
        let mut told = None;
        while let Some(decoded) = Instruction::decode(code, offset) {
            let instruction = decoded.expect("the code was decoded before");
            self.spend()?;
            let step = Step {
                module: self.module,
                facts: self.facts,
                scope: self.scope,
                cell: self.cell,
                instruction,
                registers,
            };
            let fault = |reason| at(self.cell, offset, instruction.opcode.info().name, reason);
            check_state(instruction.opcode, pending).map_err(fault)?;
            let result = step.apply().map_err(fault)?;
            let handler = self.coverage.at(offset);
            if let Some(handler) = handler.filter(|_| handler != told) {
                let target = self.cell.handlers[handler].target as usize;
                self.enter(self.block_at(target), registers, true)?;
            }
            told = handler;
            // Of those that jump, only `next` writes too, and not where it jumps.
            for target in instruction.jump_targets(offset) {
                self.enter(self.block_at(target as usize), registers, pending)?;
            }
            if let (Some(ty), Some(register)) = (result, instruction.writes()) {
                registers.set(register, ty);
                told = None;
            }
            offset += instruction.length();
            if offset == end && instruction.falls_through() {
                self.enter(block + 1, registers, pending)?;
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
    fn enter(&mut self, block: usize, registers: &RegisterTypes, pending: bool) -> Result<(), VerifyError> {
        self.spend()?;
        if self.entries[block].is_some() && self.pending[block] != pending {
            let target = self.spans[block].0;
            return Err(of_cell(self.cell, Reason::HandlerEntry { target }));
        }
        self.pending[block] = pending;
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

/// What an instruction demands of the state that it runs in.
fn check_state(opcode: Opcode, pending: bool) -> Result<(), Reason> {
    match (opcode, pending) {
        (Opcode::Rethrow, false) => Err(Reason::HandlerState("no failure is pending here")),
        (Opcode::Return | Opcode::Yield, true) => Err(Reason::HandlerState(
            "a failure is pending here; only `rethrow` ends a handler",
        )),
        _ => Ok(()),
    }
}

fn too_complex(cell: &Cell) -> VerifyError {
    of_cell(cell, Reason::TooComplex)
}

fn of_cell(cell: &Cell, reason: Reason) -> VerifyError {
    VerifyError {
        place: Place::Cell {
            cell: cell.name.clone(),
        },
        reason,
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

//! Registers: which value stands in which, and the moves where control flow joins.
//!
//! Interference graphs of SSA form are chordal, so giving each value the lowest free register in an order in which
//! definitions come after those that dominate them takes as many registers as are live at the worst place and no more
//! (Hack, Grund, Goos, "Register allocation for programs in SSA form", 2006). Out-of-SSA moves are then sequenced, with a
//! temporary register for cycles.

mod colour;
mod liveness;
mod moves;
mod set;
mod split;

use super::ssa::{Function, Value, reverse_postorder};
use liveness::Liveness;

/// Most registers of a cell.
pub(crate) const MOST_REGISTERS: usize = 256;

/// A cell with its registers.
#[derive(Clone, Debug)]
pub(crate) struct Allocation {
    /// By value.
    registers: Vec<u8>,
    /// How many the cell uses.
    pub(crate) count: u16,
    /// The register of the first slot; the others follow.
    first_slot: u16,
    /// By block: the moves before the jump that ends it, `(to, from)`, in order.
    pub(crate) moves: Vec<Vec<(u8, u8)>>,
}

impl Allocation {
    /// The register of a value.
    pub(crate) fn of(&self, value: Value) -> u8 {
        self.registers[value.index()]
    }

    /// The register of a slot.
    pub(crate) fn slot(&self, slot: u32) -> u8 {
        // Allocation has failed if there are not so many.
        (u32::from(self.first_slot) + slot) as u8
    }
}

/// More values are live at a time than there are registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyRegisters;

/// Gives out registers. Splits edges, so that moves have a place.
pub(crate) fn allocate(function: &mut Function) -> Result<Allocation, TooManyRegisters> {
    split::split(function);
    let order = reverse_postorder(function);
    let liveness = Liveness::new(function, &order)?;
    let (registers, mut count) = colour::colour(function, &order, &liveness)?;
    let moves = moves::moves(function, &order, &liveness, &registers, &mut count)?;
    let first_slot = count;
    let all = usize::from(count) + function.slot_types.len();
    if all > MOST_REGISTERS {
        return Err(TooManyRegisters);
    }
    Ok(Allocation {
        registers,
        count: all as u16,
        first_slot,
        moves,
    })
}

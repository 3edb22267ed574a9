//! The debug section of a cell: which locations its instructions come from.

use rustc_hash::FxHashMap;

use crate::lower::ssa::{Function, LocationId};
use lumen_vm::lir::{CellDebug, Location, Span};

/// Gathers the locations of a cell while its code is written.
pub(super) struct Positions<'f> {
    function: &'f Function,
    /// By location of the function: its index in the debug section.
    numbers: Vec<Option<u32>>,
    /// Locations that are in the section: cell, span and caller.
    known: FxHashMap<(u32, Span, Option<u32>), u32>,
    debug: CellDebug,
}

impl<'f> Positions<'f> {
    pub(super) fn new(function: &'f Function, declaration: Span) -> Positions<'f> {
        Positions {
            function,
            numbers: vec![None; function.locations.len()],
            known: FxHashMap::default(),
            debug: CellDebug {
                declaration,
                ..CellDebug::default()
            },
        }
    }

    /// The instruction at this word offset comes from here; those behind it too, until the next call.
    pub(super) fn at(&mut self, offset: usize, location: LocationId) {
        let instructions = &mut self.debug.instructions;
        // No instruction has come of what was noted last.
        instructions.pop_if(|(known, _)| *known == offset as u32);
        let number = self.number(location);
        let instructions = &mut self.debug.instructions;
        if instructions.last().is_none_or(|(_, last)| *last != number) {
            instructions.push((offset as u32, number));
        }
    }

    /// The number of a location. Callers get theirs first; chains are as long as inlining is deep, which is bounded.
    fn number(&mut self, id: LocationId) -> u32 {
        if let Some(number) = self.numbers[id.0 as usize] {
            return number;
        }
        let location = self.function.locations[id.0 as usize];
        let caller = match location.caller {
            LocationId::NONE => None,
            caller => Some(self.number(caller)),
        };
        let location = Location {
            cell: location.cell,
            span: location.span,
            caller,
        };
        let locations = &mut self.debug.locations;
        let key = (location.cell, location.span, location.caller);
        let number = *self.known.entry(key).or_insert_with(|| {
            locations.push(location);
            (locations.len() - 1) as u32
        });
        self.numbers[id.0 as usize] = Some(number);
        number
    }

    pub(super) fn finish(self) -> CellDebug {
        self.debug
    }
}

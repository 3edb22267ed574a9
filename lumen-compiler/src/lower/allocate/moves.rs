//! The moves that a jump with arguments comes down to: all at once in SSA form, one after the other in code.

use super::liveness::Liveness;
use super::set::RegisterSet;
use super::{MOST_REGISTERS, TooManyRegisters};
use crate::lower::ssa::{BlockId, Function};

/// The moves of each block, in order; `count` grows if a cycle needs a temporary that the cell has not used yet.
pub(super) fn moves(
    function: &Function,
    order: &[BlockId],
    liveness: &Liveness,
    registers: &[u8],
    count: &mut u16,
) -> Result<Vec<Vec<(u8, u8)>>, TooManyRegisters> {
    let mut moves = vec![Vec::new(); function.blocks.len()];
    for &block in order {
        for edge in function.block(block).edges() {
            let parameters = &function.block(edge.target).parameters;
            let pairs: Vec<(u8, u8)> = parameters
                .iter()
                .zip(function.arguments(*edge))
                .map(|(parameter, argument)| (registers[parameter.index()], registers[argument.index()]))
                .filter(|(to, from)| to != from)
                .collect();
            if pairs.is_empty() {
                continue;
            }
            let mut taken = RegisterSet::default();
            for value in liveness.before(edge.target).iter().chain(parameters) {
                taken.insert(registers[value.index()]);
            }
            for value in function
                .handler(block)
                .map_or(&[][..], |handler| liveness.before(handler))
            {
                taken.insert(registers[value.index()]);
            }
            for argument in function.arguments(*edge) {
                taken.insert(registers[argument.index()]);
            }
            let mut sequence = Sequence::new(&pairs);
            sequence.run(taken.lowest_free())?;
            if sequence.uses_temporary {
                let temporary = taken.lowest_free().expect("the sequence has used it");
                *count = (*count).max(u16::from(temporary) + 1);
            }
            moves[block.index()] = sequence.done;
        }
    }
    Ok(moves)
}

/// A parallel move on its way to a sequence.
struct Sequence {
    /// By register to write: where its new value stands now.
    from: [Option<u8>; MOST_REGISTERS],
    /// By register: how many moves still read it.
    readers: [u16; MOST_REGISTERS],
    /// Registers to write, in the order given.
    targets: Vec<u8>,
    done: Vec<(u8, u8)>,
    uses_temporary: bool,
}

impl Sequence {
    fn new(pairs: &[(u8, u8)]) -> Sequence {
        let mut sequence = Sequence {
            from: [None; MOST_REGISTERS],
            readers: [0; MOST_REGISTERS],
            targets: pairs.iter().map(|(to, _)| *to).collect(),
            done: Vec::with_capacity(pairs.len() + 1),
            uses_temporary: false,
        };
        for &(to, from) in pairs {
            sequence.from[usize::from(to)] = Some(from);
            sequence.readers[usize::from(from)] += 1;
        }
        sequence
    }

    fn run(&mut self, temporary: Option<u8>) -> Result<(), TooManyRegisters> {
        for index in 0..self.targets.len() {
            self.chain(self.targets[index]);
        }
        // What is left are cycles.
        for index in 0..self.targets.len() {
            let target = self.targets[index];
            if self.from[usize::from(target)].is_none() {
                continue;
            }
            let temporary = temporary.ok_or(TooManyRegisters)?;
            self.uses_temporary = true;
            self.done.push((temporary, target));
            let reader = self.reader_of(target);
            self.from[usize::from(reader)] = Some(temporary);
            self.readers[usize::from(target)] -= 1;
            self.readers[usize::from(temporary)] += 1;
            self.chain(target);
        }
        Ok(())
    }

    /// Moves into a register that nothing reads any more, and then into those that this frees.
    fn chain(&mut self, target: u8) {
        let mut target = target;
        while self.readers[usize::from(target)] == 0 {
            let Some(from) = self.from[usize::from(target)].take() else {
                return;
            };
            self.done.push((target, from));
            self.readers[usize::from(from)] -= 1;
            target = from;
        }
    }

    /// The one register of the cycle that is to be written from this one.
    fn reader_of(&self, register: u8) -> u8 {
        let reads = |target: &&u8| self.from[usize::from(**target)] == Some(register);
        *self
            .targets
            .iter()
            .find(reads)
            .expect("in a cycle each register is read")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Sequence;

    const REGISTERS: usize = 12;
    const TEMPORARY: u8 = 12;

    fn pairs() -> impl Strategy<Value = Vec<(u8, u8)>> {
        let from = prop::collection::vec(prop::option::of(0..REGISTERS as u8), REGISTERS);
        from.prop_map(|from| {
            let pairs = from.into_iter().enumerate();
            pairs
                .filter_map(|(to, from)| Some((to as u8, from?)))
                .filter(|(to, from)| to != from)
                .collect()
        })
    }

    proptest! {
        #[test]
        fn a_sequence_does_what_its_moves_do_at_once(pairs in pairs()) {
            let before: Vec<u32> = (0..=REGISTERS as u32).map(|register| 100 + register).collect();
            let mut expected = before.clone();
            for &(to, from) in &pairs {
                expected[usize::from(to)] = before[usize::from(from)];
            }
            let mut sequence = Sequence::new(&pairs);
            sequence.run(Some(TEMPORARY)).expect("there is a temporary");
            let mut registers = before;
            for &(to, from) in &sequence.done {
                registers[usize::from(to)] = registers[usize::from(from)];
            }
            prop_assert_eq!(&registers[..REGISTERS], &expected[..REGISTERS]);
            prop_assert!(sequence.done.len() <= pairs.len() + pairs.len() / 2);
        }
    }
}

//! Which values are live where.
//!
//! By exploring the ways up from each use to the definition (Boissinot et al., "Computing liveness sets for SSA-form
//! programs", 2011), so the cost is the size of the result, which is bounded: more live values than registers is an error.

use super::{MOST_REGISTERS, TooManyRegisters};
use crate::lower::ssa::{BlockId, Function, Predecessors, Value};

/// Live values at block borders.
#[derive(Clone, Debug)]
pub(super) struct Liveness {
    /// By block: values that are live before it; its parameters are not among them.
    live_in: Vec<Vec<Value>>,
}

impl Liveness {
    pub(super) fn new(function: &Function, order: &[BlockId]) -> Result<Liveness, TooManyRegisters> {
        let defined = definitions(function, order);
        let uses = Uses::new(function, order, &defined);
        let predecessors = Predecessors::new(function, order);
        let mut live_in: Vec<Vec<Value>> = vec![Vec::new(); function.blocks.len()];
        let mut work = Vec::new();
        for value in 0..function.nodes.len() {
            work.extend_from_slice(uses.of(value));
            let value = Value(value as u32);
            while let Some(block) = work.pop() {
                let live = &mut live_in[block.index()];
                if defined[value.index()] == block || live.last() == Some(&value) {
                    continue;
                }
                live.push(value);
                if live.len() > MOST_REGISTERS {
                    return Err(TooManyRegisters);
                }
                work.extend_from_slice(predecessors.of(block));
            }
        }
        Ok(Liveness { live_in })
    }

    /// Values live before a block, ascending, without its parameters.
    pub(super) fn before(&self, block: BlockId) -> &[Value] {
        &self.live_in[block.index()]
    }
}

/// By value: the block that defines it.
fn definitions(function: &Function, order: &[BlockId]) -> Vec<BlockId> {
    let mut defined = vec![BlockId::NONE; function.nodes.len()];
    for &id in order {
        let block = function.block(id);
        for value in block.parameters.iter().chain(&block.instructions) {
            defined[value.index()] = id;
        }
    }
    defined
}

/// By value: the blocks other than its own that use it, in one vector.
struct Uses {
    starts: Vec<u32>,
    all: Vec<BlockId>,
}

impl Uses {
    fn new(function: &Function, order: &[BlockId], defined: &[BlockId]) -> Uses {
        let count = function.nodes.len();
        let mut pairs: Vec<(Value, BlockId)> = Vec::new();
        let mut last = vec![BlockId::NONE; count];
        for &id in order {
            each_use(function, id, |value| {
                if defined[value.index()] != id && std::mem::replace(&mut last[value.index()], id) != id {
                    pairs.push((value, id));
                }
            });
        }
        let mut starts = vec![0_u32; count + 1];
        for (value, _) in &pairs {
            starts[value.index() + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut all = vec![BlockId::NONE; pairs.len()];
        for (value, block) in pairs {
            all[next[value.index()] as usize] = block;
            next[value.index()] += 1;
        }
        Uses { starts, all }
    }

    fn of(&self, value: usize) -> &[BlockId] {
        &self.all[self.starts[value] as usize..self.starts[value + 1] as usize]
    }
}

/// Visits every use in a block; arguments of edges are used at its end.
fn each_use(function: &Function, block: BlockId, mut visit: impl FnMut(Value)) {
    let block = function.block(block);
    for &value in &block.instructions {
        function
            .operands(value)
            .iter()
            .for_each(|&operand| visit(operand));
    }
    block.terminator.operand().into_iter().for_each(&mut visit);
    for edge in block.edges() {
        function
            .arguments(*edge)
            .iter()
            .for_each(|&argument| visit(argument));
    }
}

//! Cleans the graph up: takes out blocks that cannot be reached, and appends a block to the only one that leads to it.

use super::rename::Renaming;
use crate::lower::ssa::{BlockId, Function, Terminator, reverse_postorder};

/// Cleans up; the order of the remaining blocks is kept.
pub(crate) fn merge(function: &mut Function) {
    let mut reachable = vec![false; function.blocks.len()];
    for block in reverse_postorder(function) {
        reachable[block.index()] = true;
    }
    function.order.retain(|block| reachable[block.index()]);
    let incoming = function.predecessor_counts();
    let mut renaming = Renaming::new(function);
    let mut gone = vec![false; function.blocks.len()];
    for index in 0..function.order.len() {
        let block = function.order[index];
        if gone[block.index()] {
            continue;
        }
        while let Some(next) = only_successor(function, block, &incoming) {
            append(function, block, next, &mut renaming);
            gone[next.index()] = true;
        }
    }
    function.order.retain(|block| !gone[block.index()]);
    renaming.apply(function);
}

/// The block that only this one leads to, if it leads nowhere else.
fn only_successor(function: &Function, block: BlockId, incoming: &[u32]) -> Option<BlockId> {
    match function.block(block).terminator {
        Terminator::Jump(edge)
            if incoming[edge.target.index()] == 1
                && edge.target != block
                && function.block(edge.target).region == function.block(block).region =>
        {
            Some(edge.target)
        }
        _ => None,
    }
}

fn append(function: &mut Function, block: BlockId, next: BlockId, renaming: &mut Renaming) {
    let next = std::mem::take(&mut function.blocks[next.index()]);
    let edge = function.block(block).edges()[0];
    for (parameter, argument) in next.parameters.into_iter().zip(function.arguments(edge)) {
        renaming.replace(parameter, *argument);
    }
    let block = &mut function.blocks[block.index()];
    block.instructions.extend(next.instructions);
    block.terminator = next.terminator;
    block.jump_location = next.jump_location;
}

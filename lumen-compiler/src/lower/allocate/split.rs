//! Splits the edges that bring arguments but do not come from a jump: their moves need a block of their own.

use crate::lower::ssa::{BlockId, Edge, Function, Terminator};

/// Splits all such edges. The new blocks stand behind the one that they are reached from.
pub(super) fn split(function: &mut Function) {
    let needs_split = function.order.iter().any(|&block| {
        let block = function.block(block);
        !matches!(block.terminator, Terminator::Jump(_))
            && block.edges().iter().any(|edge| edge.arguments.length > 0)
    });
    if !needs_split {
        return;
    }
    let mut order = Vec::with_capacity(function.order.len() * 2);
    for block in std::mem::take(&mut function.order) {
        order.push(block);
        split_after(function, block, &mut order);
    }
    function.order = order;
}

fn split_after(function: &mut Function, block: BlockId, order: &mut Vec<BlockId>) {
    let mut terminator = std::mem::take(&mut function.blocks[block.index()].terminator);
    if !matches!(terminator, Terminator::Jump(_)) {
        for edge in terminator.edges_mut() {
            if edge.arguments.length > 0 {
                let between = function.add_block();
                let from = function.block(block);
                let (jump_location, region, is_cold) = (from.jump_location, from.region, from.is_cold);
                let added = &mut function.blocks[between.index()];
                added.terminator = Terminator::Jump(*edge);
                added.jump_location = jump_location;
                (added.region, added.is_cold) = (region, is_cold);
                *edge = Edge::to(between);
                order.push(between);
            }
        }
    }
    function.blocks[block.index()].terminator = terminator;
}

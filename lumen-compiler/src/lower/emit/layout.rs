//! The order of blocks in the code, and which of them need no code at all.

use crate::lower::emit::Ready;
use crate::lower::ssa::{BlockId, Terminator};

/// Where blocks stand.
pub(super) struct Layout {
    /// Blocks with code, in order: those that failures lead to and those that end in one last.
    pub(super) order: Vec<BlockId>,
    /// By block: where a jump to it ends up.
    target: Vec<BlockId>,
}

impl Layout {
    pub(super) fn new(ready: &Ready) -> Layout {
        let function = &ready.function;
        let mut target: Vec<BlockId> = (0..function.blocks.len() as u32).map(BlockId).collect();
        for &block in &function.order {
            target[block.index()] = follow(ready, block);
        }
        let (cold, hot): (Vec<BlockId>, Vec<BlockId>) = function
            .order
            .iter()
            .copied()
            .filter(|block| target[block.index()] == *block)
            .partition(|block| {
                let block = function.block(*block);
                block.is_cold || matches!(block.terminator, Terminator::Halt { .. })
            });
        let order: Vec<BlockId> = match hot.is_empty() {
            true => cold,
            false => hot.into_iter().chain(cold).collect(),
        };
        Layout { order, target }
    }

    /// Where a jump to a block ends up.
    pub(super) fn target(&self, block: BlockId) -> BlockId {
        self.target[block.index()]
    }
}

/// Follows blocks that only jump on. The entry keeps its place; a loop of such blocks keeps one.
fn follow(ready: &Ready, block: BlockId) -> BlockId {
    let mut at = block;
    for _ in 0..ready.function.order.len() {
        if at == crate::lower::ssa::Function::ENTRY {
            return at;
        }
        let body = ready.function.block(at);
        match &body.terminator {
            Terminator::Jump(edge)
                if body.instructions.is_empty() && ready.allocation.moves[at.index()].is_empty() =>
            {
                at = edge.target;
            }
            _ => return at,
        }
    }
    block
}

//! Orders and dominance of the block graph.
//!
//! Dominators are computed as in Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm" (2001).

use super::{BlockId, Function};

/// The blocks that can be reached from the entry, each after all its dominators.
pub(crate) fn reverse_postorder(function: &Function) -> Vec<BlockId> {
    let mut order = Vec::with_capacity(function.order.len());
    let mut seen = vec![false; function.blocks.len()];
    let mut stack = vec![(Function::ENTRY, 0)];
    seen[Function::ENTRY.index()] = true;
    while let Some((block, next)) = stack.last_mut() {
        let edges = function.block(*block).edges();
        // The last edge first, so that the order follows the first ones.
        match edges.len().checked_sub(*next + 1) {
            Some(index) => {
                *next += 1;
                let target = edges[index].target;
                if !std::mem::replace(&mut seen[target.index()], true) {
                    stack.push((target, 0));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

/// The dominator tree.
#[derive(Clone, Debug)]
pub(crate) struct Dominators {
    /// Reachable blocks in reverse postorder.
    pub(crate) order: Vec<BlockId>,
    /// Position of each block in `order`; `u32::MAX` if it cannot be reached.
    position: Vec<u32>,
    /// Preorder number in the tree, by position.
    first: Vec<u32>,
    /// Number of blocks that each dominates, itself included, by position.
    size: Vec<u32>,
}

impl Dominators {
    /// Of all blocks that can be reached.
    pub(crate) fn new(function: &Function) -> Dominators {
        let order = reverse_postorder(function);
        let mut position = vec![u32::MAX; function.blocks.len()];
        for (index, block) in order.iter().enumerate() {
            position[block.index()] = index as u32;
        }
        let predecessors = Predecessors::new(function, &order);
        let immediate = immediate(&order, &position, &predecessors);
        let (first, size) = number(&immediate);
        Dominators {
            order,
            position,
            first,
            size,
        }
    }

    /// Position of a block in the order.
    pub(crate) fn position(&self, block: BlockId) -> Option<usize> {
        match self.position[block.index()] {
            u32::MAX => None,
            position => Some(position as usize),
        }
    }

    /// Whether the block at the first position dominates the one at the second.
    pub(crate) fn dominates(&self, above: usize, below: usize) -> bool {
        let first = self.first[above];
        (first..first + self.size[above]).contains(&self.first[below])
    }
}

/// Preorder numbers and sizes of the subtrees; a block stands after its immediate dominator.
fn number(immediate: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut size = vec![1_u32; immediate.len()];
    for index in (1..immediate.len()).rev() {
        size[immediate[index] as usize] += size[index];
    }
    let mut first = vec![0_u32; immediate.len()];
    let mut next = vec![1_u32; immediate.len()];
    for index in 1..immediate.len() {
        let parent = immediate[index] as usize;
        first[index] = next[parent];
        next[parent] += size[index];
        next[index] = first[index] + 1;
    }
    (first, size)
}

/// Immediate dominators by position.
fn immediate(order: &[BlockId], position: &[u32], predecessors: &Predecessors) -> Vec<u32> {
    let mut immediate = vec![u32::MAX; order.len()];
    immediate[0] = 0;
    let mut climb = Climb {
        passed: vec![0; order.len()],
        join: 0,
    };
    let mut changed = true;
    while changed {
        changed = false;
        for index in 1..order.len() {
            let mut dominator = u32::MAX;
            climb.join += 1;
            for &predecessor in predecessors.of(order[index]) {
                let predecessor = position[predecessor.index()];
                if immediate[predecessor as usize] == u32::MAX {
                    continue;
                }
                dominator = match dominator {
                    u32::MAX => predecessor,
                    other => climb.meet(&immediate, other, predecessor),
                };
            }
            changed |= immediate[index] != dominator;
            immediate[index] = dominator;
        }
    }
    immediate
}

/// Climbs from predecessors to their common dominator. What one has passed leads there, so the next one stops at it:
/// without this, the place where thousands of arms meet would take time quadratic in their number.
struct Climb {
    /// By position: the last join for which it was passed.
    passed: Vec<u32>,
    join: u32,
}

impl Climb {
    fn meet(&mut self, immediate: &[u32], dominator: u32, predecessor: u32) -> u32 {
        let (mut left, mut right) = (dominator, predecessor);
        while left != right {
            let higher = if left > right { &mut left } else { &mut right };
            let passed = std::mem::replace(&mut self.passed[*higher as usize], self.join);
            if passed == self.join {
                return dominator;
            }
            *higher = immediate[*higher as usize];
        }
        left
    }
}

/// Predecessors by block, in one vector: a block once for each edge that it has into another. Blocks of a region are among
/// those of its handler.
pub(crate) struct Predecessors {
    starts: Vec<u32>,
    all: Vec<BlockId>,
}

impl Predecessors {
    /// Of the given blocks.
    pub(crate) fn new(function: &Function, blocks: &[BlockId]) -> Predecessors {
        let mut starts = vec![0_u32; function.blocks.len() + 1];
        for &block in blocks {
            for edge in function.block(block).edges() {
                starts[edge.target.index() + 1] += 1;
            }
            if let Some(handler) = function.handler(block) {
                starts[handler.index() + 1] += 1;
            }
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut all = vec![BlockId::NONE; starts[function.blocks.len()] as usize];
        for &block in blocks {
            let targets = function.block(block).edges().iter().map(|edge| edge.target);
            for target in targets.chain(function.handler(block)) {
                let place = &mut next[target.index()];
                all[*place as usize] = block;
                *place += 1;
            }
        }
        Predecessors { starts, all }
    }

    /// Those of a block.
    pub(crate) fn of(&self, block: BlockId) -> &[BlockId] {
        &self.all[self.starts[block.index()] as usize..self.starts[block.index() + 1] as usize]
    }
}

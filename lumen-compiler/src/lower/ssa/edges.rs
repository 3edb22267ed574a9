//! The edges and operands of terminators, in one place for all who walk the graph.

use super::{Block, Edge, Function, Terminator, Value};

impl Terminator {
    /// The ways out.
    pub(crate) fn edges(&self) -> &[Edge] {
        match self {
            Terminator::Jump(edge) => std::slice::from_ref(edge),
            Terminator::Branch { targets, .. }
            | Terminator::Next { targets }
            | Terminator::Protect { targets } => targets,
            Terminator::Switch { edges, .. } => edges,
            Terminator::Open | Terminator::Rethrow | Terminator::Return(_) | Terminator::Halt { .. } => &[],
        }
    }

    /// The ways out, to be changed.
    pub(crate) fn edges_mut(&mut self) -> &mut [Edge] {
        match self {
            Terminator::Jump(edge) => std::slice::from_mut(edge),
            Terminator::Branch { targets, .. }
            | Terminator::Next { targets }
            | Terminator::Protect { targets } => targets,
            Terminator::Switch { edges, .. } => edges,
            Terminator::Open | Terminator::Rethrow | Terminator::Return(_) | Terminator::Halt { .. } => {
                &mut []
            }
        }
    }

    /// The value that it reads itself; edge arguments are not among it.
    pub(crate) fn operand(&self) -> Option<Value> {
        match self {
            Terminator::Branch { condition, .. } => Some(*condition),
            Terminator::Switch { scrutinee, .. } => Some(*scrutinee),
            Terminator::Return(value) | Terminator::Halt { value, .. } => Some(*value),
            Terminator::Open
            | Terminator::Jump(_)
            | Terminator::Next { .. }
            | Terminator::Protect { .. }
            | Terminator::Rethrow => None,
        }
    }

    /// The value that it reads itself, to be changed.
    pub(crate) fn operand_mut(&mut self) -> Option<&mut Value> {
        match self {
            Terminator::Branch { condition, .. } => Some(condition),
            Terminator::Switch { scrutinee, .. } => Some(scrutinee),
            Terminator::Return(value) | Terminator::Halt { value, .. } => Some(value),
            Terminator::Open
            | Terminator::Jump(_)
            | Terminator::Next { .. }
            | Terminator::Protect { .. }
            | Terminator::Rethrow => None,
        }
    }
}

impl Block {
    /// The ways out.
    pub(crate) fn edges(&self) -> &[Edge] {
        self.terminator.edges()
    }
}

impl Function {
    /// Takes parameters out of blocks, and the arguments for them out of the edges. `keep` is by value.
    pub(crate) fn keep_parameters(&mut self, keep: &[bool]) {
        let Function {
            blocks, pool, order, ..
        } = self;
        for &block in order.iter() {
            let mut terminator = std::mem::take(&mut blocks[block.index()].terminator);
            for edge in terminator.edges_mut() {
                if edge.arguments.length == 0 {
                    continue;
                }
                let start = edge.arguments.start as usize;
                let mut kept = 0;
                for (index, parameter) in blocks[edge.target.index()].parameters.iter().enumerate() {
                    if keep[parameter.index()] {
                        pool[start + kept] = pool[start + index];
                        kept += 1;
                    }
                }
                edge.arguments.length = kept as u32;
            }
            blocks[block.index()].terminator = terminator;
        }
        for block in blocks {
            block.parameters.retain(|parameter| keep[parameter.index()]);
        }
    }

    /// Number of edges into each block, from blocks of the order.
    pub(crate) fn predecessor_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.blocks.len()];
        for &block in &self.order {
            for edge in self.block(block).edges() {
                counts[edge.target.index()] += 1;
            }
        }
        counts
    }
}

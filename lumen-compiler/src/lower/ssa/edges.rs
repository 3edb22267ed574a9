//! The edges and operands of terminators, in one place for all who walk the graph.

use super::{Block, Edge, Function, Terminator, Value};

impl Terminator {
    /// The ways out.
    pub(crate) fn edges(&self) -> &[Edge] {
        match self {
            Terminator::Jump(edge) => std::slice::from_ref(edge),
            Terminator::Branch { targets, .. } => targets,
            Terminator::Switch { edges, .. } => edges,
            Terminator::Open | Terminator::Return(_) | Terminator::Halt { .. } => &[],
        }
    }

    /// The ways out, to be changed.
    pub(crate) fn edges_mut(&mut self) -> &mut [Edge] {
        match self {
            Terminator::Jump(edge) => std::slice::from_mut(edge),
            Terminator::Branch { targets, .. } => targets,
            Terminator::Switch { edges, .. } => edges,
            Terminator::Open | Terminator::Return(_) | Terminator::Halt { .. } => &mut [],
        }
    }

    /// The value that it reads itself; edge arguments are not among it.
    pub(crate) fn operand(&self) -> Option<Value> {
        match self {
            Terminator::Branch { condition, .. } => Some(*condition),
            Terminator::Switch { scrutinee, .. } => Some(*scrutinee),
            Terminator::Return(value) | Terminator::Halt { value, .. } => Some(*value),
            Terminator::Open | Terminator::Jump(_) => None,
        }
    }

    /// The value that it reads itself, to be changed.
    pub(crate) fn operand_mut(&mut self) -> Option<&mut Value> {
        match self {
            Terminator::Branch { condition, .. } => Some(condition),
            Terminator::Switch { scrutinee, .. } => Some(scrutinee),
            Terminator::Return(value) | Terminator::Halt { value, .. } => Some(value),
            Terminator::Open | Terminator::Jump(_) => None,
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

//! Global value numbering: an operation takes the value of an equal one that dominates it.
//!
//! Blocks are walked so that dominators come first. Constants are told apart by what they are, but each keeps its own
//! place: one shared by far-apart uses would only hold a register. Tests stay where the branch on them is, so that the two
//! can be one operation of the machine, unless a branch on an equal test has decided them.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::fold::{Folded, fold};
use super::rename::Renaming;
use crate::hir::{Ty, Type};
use crate::lower::ssa::{BlockId, Dominators, Edge, Function, Op, Terminator, Value};
use crate::lower::types::TypeTable;
use lumen_vm::lir::Opcode;

/// Shares values throughout the function. Whether an edge has turned out never to be taken.
pub(crate) fn share(function: &mut Function, types: &TypeTable<'_>) -> bool {
    let dominators = Dominators::new(function);
    let incoming = function.predecessor_counts();
    let instructions: usize = dominators
        .order
        .iter()
        .map(|&block| function.block(block).instructions.len())
        .sum();
    let mut sharing = Sharing {
        renaming: Renaming::new(function),
        table: vec![Value::NONE; (instructions * 2).next_power_of_two().max(16)],
        canonical: (0..function.nodes.len() as u32).map(Value).collect(),
        position: vec![u32::MAX; function.nodes.len()],
        incoming,
        edges_went: false,
        types,
        dominators,
    };
    for position in 0..sharing.dominators.order.len() {
        sharing.block(function, position);
    }
    let edges_went = sharing.edges_went;
    sharing.renaming.apply(function);
    edges_went
}

struct Sharing<'a, 'm> {
    types: &'a TypeTable<'m>,
    dominators: Dominators,
    renaming: Renaming,
    /// Open addressing, by what an operation computes: the last such value that was met.
    table: Vec<Value>,
    /// By value: the first one equal to it, of those that keep their places. Itself for most.
    canonical: Vec<Value>,
    /// By value: the position of its block in the order of dominators.
    position: Vec<u32>,
    /// By block: number of edges into it.
    incoming: Vec<u32>,
    edges_went: bool,
}

impl Sharing<'_, '_> {
    fn block(&mut self, function: &mut Function, position: usize) {
        let id = self.dominators.order[position];
        let mut instructions = std::mem::take(&mut function.blocks[id.index()].instructions);
        instructions.retain(|&value| {
            self.position[value.index()] = position as u32;
            self.keep(function, value, position)
        });
        function.blocks[id.index()].instructions = instructions;
        self.settle_branch(function, id);
    }

    /// Whether an operation must stay; if not, something stands for it.
    fn keep(&mut self, function: &mut Function, value: Value, position: usize) -> bool {
        self.renaming.operands(function, value);
        if self.simplify(function, value) {
            return false;
        }
        let node = *function.node(value);
        if is_constant(node.op) {
            let place = self.find(function, value);
            match self.table[place] {
                Value::NONE => self.table[place] = value,
                first => self.canonical[value.index()] = first,
            }
            return true;
        }
        if !function.effect(self.types, value).may_be_shared() {
            return true;
        }
        let place = self.find(function, value);
        let leader = std::mem::replace(&mut self.table[place], value);
        if leader == Value::NONE || !self.dominates(leader, position) {
            return true;
        }
        let leader_position = self.position[leader.index()] as usize;
        if leader_position != position && self.is_bool(node.ty) {
            // Recomputing a test is cheaper than keeping its Bool.
            let Some(known) = self.known(function, leader, leader_position, position) else {
                return true;
            };
            function.nodes[value.index()].op = Op::Bool(known);
            function.nodes[value.index()].operands.length = 0;
            self.table[place] = leader;
            return true;
        }
        self.table[place] = leader;
        if self.is_looked_through(function, value) {
            function.nodes[value.index()].op = Op::IndexAgain;
            self.canonical[value.index()] = self.canonical[leader.index()];
            return true;
        }
        self.renaming.replace(value, leader);
        false
    }

    /// Whether a value is an element of a list with fields of its own: to read a field straight from the list costs less
    /// than to hold the element. It keeps its place, but fields read from it are equal to those of the first.
    fn is_looked_through(&self, function: &Function, value: Value) -> bool {
        let node = function.node(value);
        node.op == Op::Plain(Opcode::Index)
            && matches!(self.types.get(node.ty), Type::Nominal(..) | Type::Tuple(_))
            && matches!(
                self.types.get(function.node(function.operands(value)[0]).ty),
                Type::List(_)
            )
    }

    /// Folds an operation whose operands may have become known; true if another value stands for it.
    fn simplify(&mut self, function: &mut Function, value: Value) -> bool {
        let node = *function.node(value);
        match fold(function, node.op, function.operands(value)) {
            Folded::Not => {}
            Folded::Same(by) => {
                self.renaming.replace(value, by);
                return true;
            }
            Folded::Into(op) => {
                let node = &mut function.nodes[value.index()];
                node.op = op;
                node.operands.length = 0;
            }
            Folded::Other(op, operands) => {
                let operands = function.slice(&operands);
                let node = &mut function.nodes[value.index()];
                node.op = op;
                node.operands = operands;
            }
        }
        false
    }

    fn is_bool(&self, ty: Ty) -> bool {
        matches!(self.types.get(ty), Type::Bool)
    }

    fn dominates(&self, leader: Value, position: usize) -> bool {
        let leader = self.position[leader.index()] as usize;
        self.dominators.dominates(leader, position)
    }

    /// What a test is known to yield, because control has come by the branch on it in the block at `above`.
    fn known(&self, function: &Function, test: Value, above: usize, position: usize) -> Option<bool> {
        let block = function.block(self.dominators.order[above]);
        let Terminator::Branch { condition, targets } = &block.terminator else {
            return None;
        };
        let comes_by = |edge: &Edge| {
            self.incoming[edge.target.index()] == 1
                && self
                    .dominators
                    .position(edge.target)
                    .is_some_and(|target| self.dominators.dominates(target, position))
        };
        if *condition != test {
            return None;
        }
        match (comes_by(&targets[0]), comes_by(&targets[1])) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    /// The place of an equal operation in the table, or of none.
    fn find(&self, function: &Function, value: Value) -> usize {
        let mask = self.table.len() - 1;
        let mut place = self.hash(function, value) & mask;
        loop {
            let found = self.table[place];
            if found == Value::NONE || self.equal(function, found, value) {
                return place;
            }
            place = (place + 1) & mask;
        }
    }

    fn hash(&self, function: &Function, value: Value) -> usize {
        let node = function.node(value);
        let mut hasher = FxHasher::default();
        node.op.hash(&mut hasher);
        node.ty.hash(&mut hasher);
        for operand in function.operands(value) {
            self.canonical[operand.index()].hash(&mut hasher);
        }
        let hash = hasher.finish();
        (hash ^ (hash >> 32)) as usize
    }

    fn equal(&self, function: &Function, left: Value, right: Value) -> bool {
        let (a, b) = (function.node(left), function.node(right));
        let canonical = |value: &Value| self.canonical[value.index()];
        a.op == b.op
            && a.ty == b.ty
            && function
                .operands(left)
                .iter()
                .map(canonical)
                .eq(function.operands(right).iter().map(canonical))
    }

    /// Makes a branch on what is known a jump.
    fn settle_branch(&mut self, function: &mut Function, id: BlockId) {
        let Terminator::Branch { condition, targets } = function.block(id).terminator else {
            return;
        };
        let condition = self.renaming.resolve(condition);
        let terminator = match function.node(condition).op {
            Op::Bool(value) => {
                let dropped = targets[usize::from(value)].target;
                self.incoming[dropped.index()] -= 1;
                self.edges_went = true;
                Terminator::Jump(targets[usize::from(!value)])
            }
            _ => Terminator::Branch { condition, targets },
        };
        function.blocks[id.index()].terminator = terminator;
    }
}

fn is_constant(op: Op) -> bool {
    matches!(
        op,
        Op::Null | Op::Bool(_) | Op::Int(_) | Op::Float(_) | Op::Constant(_)
    )
}

//! Where ways through a cell meet: blocks whose parameters are found out when the last edge into them is known.
//!
//! The typed tree is structured, so its SSA form can be built in one pass without looking back through predecessors
//! (Brandis and Mössenböck, "Single-pass generation of static single-assignment form for structured languages", 1994): the
//! builder keeps the current value of every variable, and a trail of what was assigned. A join remembers how long the trail
//! was when it was made; an edge into it carries the variables assigned since. Entering it takes the trail back to that
//! point, so that each way starts from the same state, and makes a parameter of each variable on which the edges differ.

use super::Builder;
use crate::hir::Ty;
use crate::lower::ssa::{BlockId, Edge, Terminator, Value};

/// A join of the cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JoinId(u32);

/// A block into which control will come from several places.
#[derive(Debug)]
pub(super) struct Join {
    block: BlockId,
    /// Length of the trail when it was made.
    mark: usize,
    incoming: Vec<Incoming>,
}

/// An edge into a join.
#[derive(Debug)]
struct Incoming {
    from: BlockId,
    /// Which of the ways out of `from`.
    way: usize,
    /// Slots assigned since the join was made, with their values.
    changes: Vec<(u32, Value)>,
    /// The value that the join yields, if it yields one.
    value: Value,
}

/// The variables of a cell (and those of the cells that are inlined into it) by slot.
#[derive(Debug, Default)]
pub(super) struct Variables {
    current: Vec<Value>,
    /// What was assigned, and the value it had before.
    trail: Vec<(u32, Value)>,
    /// By slot: the last walk that has seen it.
    seen: Vec<u32>,
    walk: u32,
    /// By slot: its value on the edge that is being looked at.
    on_edge: Vec<Value>,
}

impl Variables {
    /// Adds variables without a value; yields the slot of the first.
    pub(super) fn add(&mut self, count: usize) -> u32 {
        let first = self.current.len();
        let length = first + count;
        self.current.resize(length, Value::NONE);
        self.on_edge.resize(length, Value::NONE);
        self.seen.resize(length, 0);
        first as u32
    }

    pub(super) fn get(&self, slot: u32) -> Value {
        self.current[slot as usize]
    }

    pub(super) fn set(&mut self, slot: u32, value: Value) {
        let before = std::mem::replace(&mut self.current[slot as usize], value);
        self.trail.push((slot, before));
    }

    /// What was assigned since the mark, each slot once with its value.
    fn changes(&mut self, mark: usize) -> Vec<(u32, Value)> {
        self.walk += 1;
        let mut changes = Vec::new();
        for &(slot, _) in &self.trail[mark..] {
            if std::mem::replace(&mut self.seen[slot as usize], self.walk) != self.walk {
                changes.push((slot, self.current[slot as usize]));
            }
        }
        changes
    }

    /// Where the trail stands, to be taken back to.
    pub(super) fn mark(&self) -> usize {
        self.trail.len()
    }

    pub(super) fn take_back(&mut self, mark: usize) {
        while self.trail.len() > mark {
            let (slot, before) = self.trail.pop().expect("the trail is longer than the mark");
            self.current[slot as usize] = before;
        }
    }
}

impl Builder<'_, '_> {
    /// A join whose ways start from here.
    pub(super) fn join(&mut self) -> JoinId {
        let block = self.function.add_block();
        self.joins.push(Join {
            block,
            mark: self.variables.trail.len(),
            incoming: Vec::new(),
        });
        JoinId((self.joins.len() - 1) as u32)
    }

    /// An edge into a join, as the given way out of the current block.
    fn edge(&mut self, join: JoinId, way: usize, value: Value) -> Edge {
        let join = &mut self.joins[join.0 as usize];
        join.incoming.push(Incoming {
            from: self.current,
            way,
            changes: self.variables.changes(join.mark),
            value,
        });
        Edge::to(join.block)
    }

    /// Ends the current block with a jump to a join.
    pub(super) fn jump_to(&mut self, join: JoinId) {
        self.jump_with(join, Value::NONE);
    }

    /// Ends the current block with a jump that brings the join's value.
    pub(super) fn jump_with(&mut self, join: JoinId, value: Value) {
        let edge = self.edge(join, 0, value);
        self.finish(Terminator::Jump(edge));
    }

    /// Ends the current block with a branch.
    pub(super) fn branch(&mut self, condition: Value, then: JoinId, otherwise: JoinId) {
        let then = self.edge(then, 0, Value::NONE);
        let otherwise = self.edge(otherwise, 1, Value::NONE);
        self.finish(Terminator::Branch {
            condition,
            targets: [then, otherwise],
        });
    }

    /// Ends the current block, whose last instruction is [`crate::lower::ssa::Op::Next`].
    pub(super) fn branch_on_next(&mut self, some: JoinId, none: JoinId) {
        let some = self.edge(some, 0, Value::NONE);
        let none = self.edge(none, 1, Value::NONE);
        self.finish(Terminator::Next {
            targets: [some, none],
        });
    }

    /// Ends the current block with a switch to a join for each variant.
    pub(super) fn switch(&mut self, scrutinee: Value, targets: &[JoinId]) {
        let edges = targets
            .iter()
            .enumerate()
            .map(|(way, &target)| self.edge(target, way, Value::NONE))
            .collect();
        self.finish(Terminator::Switch { scrutinee, edges });
    }

    /// Goes on at a join that yields no value. False if nothing leads there; then the state is that of its making.
    pub(super) fn enter(&mut self, join: JoinId) -> bool {
        self.enter_inner(join, None).is_some()
    }

    /// Goes on at a join; yields the value that its edges bring. Nothing if nothing leads there.
    pub(super) fn enter_with(&mut self, join: JoinId, ty: Ty) -> Option<Value> {
        self.enter_inner(join, Some(ty))
    }

    fn enter_inner(&mut self, join: JoinId, ty: Option<Ty>) -> Option<Value> {
        let made = &mut self.joins[join.0 as usize];
        let join = Join {
            incoming: std::mem::take(&mut made.incoming),
            ..*made
        };
        self.variables.take_back(join.mark);
        if join.incoming.is_empty() {
            self.current = BlockId::NONE;
            return None;
        }
        self.start(join.block);
        if let [edge] = &join.incoming[..] {
            for &(slot, value) in &edge.changes {
                self.variables.set(slot, value);
            }
            return Some(edge.value);
        }
        let mut arguments: Vec<Vec<Value>> = vec![Vec::new(); join.incoming.len()];
        let mut yielded = Value::NONE;
        if let Some(ty) = ty {
            let values: Vec<Value> = join.incoming.iter().map(|edge| edge.value).collect();
            yielded = self.merge(join.block, ty, &values, &mut arguments);
        }
        self.merge_variables(&join, &mut arguments);
        for (edge, arguments) in join.incoming.iter().zip(&arguments) {
            let slice = self.function.slice(arguments);
            let from = &mut self.function.blocks[edge.from.index()];
            from.terminator.edges_mut()[edge.way].arguments = slice;
        }
        Some(yielded)
    }

    /// The one value that all edges bring, or a parameter.
    fn merge(&mut self, block: BlockId, ty: Ty, values: &[Value], arguments: &mut [Vec<Value>]) -> Value {
        if values.iter().all(|value| *value == values[0]) {
            return values[0];
        }
        for (arguments, value) in arguments.iter_mut().zip(values) {
            arguments.push(*value);
        }
        self.function.add_parameter(block, ty)
    }

    fn merge_variables(&mut self, join: &Join, arguments: &mut [Vec<Value>]) {
        let variables = &mut self.variables;
        variables.walk += 1;
        let mut slots = Vec::new();
        for edge in &join.incoming {
            for &(slot, _) in &edge.changes {
                if std::mem::replace(&mut variables.seen[slot as usize], variables.walk) != variables.walk {
                    slots.push(slot);
                }
            }
        }
        if slots.is_empty() {
            return;
        }
        // By edge, then by slot.
        let mut values = Vec::with_capacity(slots.len() * join.incoming.len());
        for edge in &join.incoming {
            for &slot in &slots {
                variables.on_edge[slot as usize] = variables.current[slot as usize];
            }
            for &(slot, value) in &edge.changes {
                variables.on_edge[slot as usize] = value;
            }
            values.extend(slots.iter().map(|&slot| variables.on_edge[slot as usize]));
        }
        let mut column = Vec::with_capacity(join.incoming.len());
        for (index, &slot) in slots.iter().enumerate() {
            column.clear();
            column.extend(values.iter().skip(index).step_by(slots.len()));
            // A variable without a value on some edge was declared further in: nobody reads it behind the join.
            if column.contains(&Value::NONE) {
                continue;
            }
            let ty = self.function.node(column[0]).ty;
            let merged = self.merge(join.block, ty, &column, arguments);
            self.variables.set(slot, merged);
        }
    }

    /// Starts a loop: a block with a parameter for each of the variables that have a value.
    pub(super) fn loop_header(&mut self, slots: &[u32], extra: &[Value]) -> (BlockId, Vec<Value>) {
        let header = self.function.add_block();
        self.function.has_loops = true;
        let arguments: Vec<Value> = slots
            .iter()
            .map(|&slot| self.variables.get(slot))
            .chain(extra.iter().copied())
            .collect();
        self.jump_back(header, &arguments);
        self.start(header);
        let mut parameters = Vec::with_capacity(arguments.len());
        for &argument in &arguments {
            let ty = self.function.node(argument).ty;
            parameters.push(self.function.add_parameter(header, ty));
        }
        let extra_parameters = parameters.split_off(slots.len());
        for (&slot, parameter) in slots.iter().zip(parameters) {
            self.variables.set(slot, parameter);
        }
        (header, extra_parameters)
    }

    /// Ends the current block with a jump to a loop header.
    pub(super) fn jump_back(&mut self, header: BlockId, arguments: &[Value]) {
        let arguments = self.function.slice(arguments);
        self.finish(Terminator::Jump(Edge {
            target: header,
            arguments,
        }));
    }
}

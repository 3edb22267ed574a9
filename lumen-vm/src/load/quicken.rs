//! Quickening: one cell of LIR becomes the operations that the machine executes.
//!
//! Operand types pick the operation, small constants become immediates, a comparison and the jump behind it become one
//! operation, and so do the step and the test of a counting loop. Where references are taken and given up follows from
//! [`super::flow`]. An instruction becomes, in this order: `Retain` for operands that it consumes and that live on, the
//! operation, `Release` for operands that it only looked at and that die, `Release` for a value that nobody reads.
//! Registers that die on the way to a block are released on that edge.
//!
//! In a program that counts, instructions of different blocks do not merge, so that each counter counts what it says.

mod branch;
mod constants;
mod emit;
mod fuse;
mod plain;
mod scalar;

use std::collections::BTreeSet;

use super::flow::{Flow, Treatment, can_be_handled, treatment};
use super::registers::Registers;
use super::view::CellView;
use crate::exec::{Code, Counted, Op, Quick};
use crate::heap::{TypeRef, TypeTable};
use crate::lir::{Cell, CellKind, TypeId};
use constants::Constants;
use emit::Emitter;

/// Quickens a cell.
pub(super) fn quicken(view: CellView<'_>, types: &TypeTable, counting: bool) -> Quick {
    let mut flow = Flow::new(view, types);
    let constants = Constants::new(&flow);
    let head = view.cell();
    let needed = needed(&constants, &mut flow);
    let mut quickener = Quickener {
        view,
        head,
        types,
        flow: &flow,
        constants,
        needed,
        counting,
        emitter: Emitter::new(flow.blocks.len()),
    };
    quickener.cell();
    quickener.emitter.finish(usize::from(head.registers) + 1)
}

struct Quickener<'a> {
    view: CellView<'a>,
    head: &'a Cell,
    types: &'a TypeTable,
    flow: &'a Flow<'a>,
    constants: Constants,
    /// For each node, registers that are read behind it other than as an immediate.
    needed: Vec<Registers>,
    counting: bool,
    emitter: Emitter,
}

/// Liveness without the reads that become immediates, behind each node.
fn needed(constants: &Constants, flow: &mut Flow<'_>) -> Vec<Registers> {
    let immediates: Vec<Option<usize>> = (0..flow.nodes.len())
        .map(|node| fuse::immediate(flow, constants, node).map(|(operand, _)| operand))
        .collect();
    flow.settle(|node, operand| immediates[node] != Some(operand));
    let needed = flow.nodes.iter().map(|node| node.live_after).collect();
    flow.settle(|_, _| true);
    needed
}

impl Quickener<'_> {
    /// What the executed form of a cell that is more than its code starts with.
    fn first_operation(&self) -> Option<Op> {
        let ty = type_operand(self.runtime_type(self.head.result.0));
        match self.head {
            Cell { generator: true, .. } => Some(Op::new(Code::Generator, 0, 0, 0, ty)),
            Cell {
                kind: CellKind::Constant,
                ..
            } => Some(Op::new(Code::Constant, 0, 0, 0, ty)),
            _ => None,
        }
    }

    fn cell(&mut self) {
        if let Some(op) = self.first_operation() {
            self.emitter.push(0, op);
        }
        if self.counting {
            self.emitter.push_count(0, Counted::Start);
        }
        let parameters = &self.head.parameters;
        if let Some(first) = self.flow.blocks.first() {
            // Not by the types before the first node: if it is a loop's head, they hold for later rounds too.
            for (register, parameter) in (0..=u8::MAX).zip(parameters) {
                let counted = self.types.is_counted(self.runtime_type(parameter.ty.0));
                if counted && !first.live_before.contains(register) {
                    self.emitter.push(0, Op::new(Code::Release, register, 0, 0, 0));
                }
            }
        }
        let handlers: BTreeSet<usize> = self.flow.nodes.iter().filter_map(|node| node.handler).collect();
        for block in 0..self.flow.blocks.len() {
            self.emitter.start_block(block);
            if handlers.contains(&block) {
                self.emitter
                    .land(self.flow.nodes[self.flow.blocks[block].nodes.start].offset);
            }
            let mut nodes = self.flow.blocks[block].nodes.clone();
            let first = nodes.start;
            let last = nodes.end - 1;
            while let Some(node) = nodes.next() {
                if self.counting && (node == first || can_be_handled(&self.flow.nodes[node - 1].instruction))
                {
                    let offset = self.flow.nodes[node].offset;
                    self.emitter
                        .push_count(offset, Counted::Instruction(offset as u32));
                }
                let fused = self.node(block, node);
                (0..fused).for_each(|_| {
                    nodes.next();
                });
            }
            let instruction = &self.flow.nodes[last].instruction;
            if self.counting
                && !self.is_branch(last)
                && instruction.falls_through()
                && can_be_handled(instruction)
            {
                let offset = self.flow.nodes[last].offset;
                self.emitter.push_count(offset, Counted::Way(offset as u32, 0));
            }
        }
        self.emitter.finish_edges();
    }

    /// Emits a node; yields how many of the following ones went into it.
    fn node(&mut self, block: usize, node: usize) -> usize {
        if self.is_elided(node) {
            return 0;
        }
        if let Some(fused) = self.fused(block, node) {
            return fused;
        }
        self.retain_operands(node);
        self.plain(block, node);
        if self.flow.nodes[node].instruction.falls_through() && !self.is_branch(node) {
            self.release_operands(node, self.flow.nodes[node].live_after);
        }
        0
    }

    fn is_branch(&self, node: usize) -> bool {
        self.flow.nodes[node].instruction.jump_offsets().len() > 0
    }

    /// References for what the node consumes and others keep.
    fn retain_operands(&mut self, node: usize) {
        let node = &self.flow.nodes[node];
        let mut served = Registers::default();
        for (position, register) in node.instruction.reads().enumerate() {
            let treatment = treatment(&node.instruction, position);
            if !matches!(treatment, Treatment::Consumes | Treatment::Updates)
                || !node.counted.contains(register)
            {
                continue;
            }
            // The register's own reference goes to the first consumer, if nobody else looks at it.
            let own = node.takes(register) && !served.contains(register);
            served.insert(register);
            if !own {
                self.emitter
                    .push(node.offset, Op::new(Code::Retain, register, 0, 0, 0));
            }
        }
        if let Some(register) = node.overwritten() {
            self.emitter
                .push(node.offset, Op::new(Code::Save, register, 0, 0, 0));
        }
    }

    /// Gives up what nobody needs any more behind the node, its own value included, if `live` are live there.
    fn release_operands(&mut self, node: usize, live: Registers) {
        let node = &self.flow.nodes[node];
        let mut dead = node.released(live);
        if let (Some(register), Some(ty)) = (node.instruction.writes(), node.result)
            && self.types.is_counted(ty)
            && !live.contains(register)
        {
            dead.insert(register);
        }
        for register in dead.iter() {
            self.emitter
                .push(node.offset, Op::new(Code::Release, register, 0, 0, 0));
        }
        if node.overwritten().is_some() {
            self.emitter
                .push(node.offset, Op::new(Code::ReleaseSaved, 0, 0, 0, 0));
        }
    }

    /// The program's type for one of the module's.
    fn runtime_type(&self, id: u32) -> TypeRef {
        self.view.ty(TypeId(id))
    }
}

/// A type as an operand of an operation.
fn type_operand(ty: TypeRef) -> i32 {
    ty.index() as i32
}

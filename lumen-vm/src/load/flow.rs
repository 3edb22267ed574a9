//! What the loader knows of a cell before it quickens it: instructions with types, blocks, and which registers are live.
//!
//! The ownership rules of the executed form are derived here, once, for the quickener (which places moves and drops) and
//! for the unwinder (which drops what a failed frame holds):
//! - every live register of a counted type owns one reference, a dead one none;
//! - an instruction *consumes* some of its operands ([`consumes`]) and borrows the others;
//! - an operand that is not live behind the instruction, or is overwritten by it, *dies* there.

use super::registers::Registers;
use crate::heap::{TypeRef, TypeTable};
use crate::lir::{Instruction, Intrinsic as Builtin, Opcode, VerifiedModule};

/// An instruction of a cell.
pub(crate) struct Node<'module> {
    /// Word offset.
    pub(crate) offset: usize,
    pub(crate) instruction: Instruction<'module>,
    /// Types of what it reads, in the order of [`Instruction::reads`].
    pub(crate) operands: Box<[TypeRef]>,
    /// Type of what it writes.
    pub(crate) result: Option<TypeRef>,
    /// Registers of counted types before it.
    pub(crate) counted: Registers,
    /// Registers that are live behind it, on some path.
    pub(crate) live_after: Registers,
}

/// A basic block.
pub(crate) struct Block {
    /// First and one past the last node.
    pub(crate) nodes: std::ops::Range<usize>,
    /// Blocks that may follow: the jump targets in order, then the one it falls through to.
    pub(crate) successors: Vec<usize>,
    /// Registers that are live at its start.
    pub(crate) live_before: Registers,
}

/// A cell's control flow.
pub(crate) struct Flow<'module> {
    pub(crate) nodes: Vec<Node<'module>>,
    pub(crate) blocks: Vec<Block>,
}

impl<'module> Flow<'module> {
    /// Analyses a cell; `type_map` leads from the module's types to the program's.
    pub(crate) fn new(
        verified: &'module VerifiedModule,
        cell: usize,
        type_map: &[TypeRef],
        types: &TypeTable,
    ) -> Flow<'module> {
        let head = &verified.module().cells[cell];
        let mut nodes: Vec<Node<'module>> = Vec::new();
        let mut starts = Vec::new();
        let runtime = |ty: crate::lir::TypeId| type_map[ty.0 as usize];
        verified.walk(cell, |typed| {
            if typed.starts_block {
                starts.push((typed.offset, nodes.len()));
            }
            let decoded = Instruction::decode(&head.code, typed.offset)
                .expect("the walk stays within the code")
                .expect("verified code decodes");
            let operand = |register| runtime(typed.before.get(register).expect("operands have types"));
            let mut counted = Registers::default();
            for register in (0..=u8::MAX).take(typed.before.count()) {
                if typed
                    .before
                    .get(register)
                    .is_some_and(|ty| types.is_counted(runtime(ty)))
                {
                    counted.insert(register);
                }
            }
            nodes.push(Node {
                offset: typed.offset,
                instruction: decoded,
                operands: decoded.reads().map(operand).collect(),
                result: typed.result.map(runtime),
                counted,
                live_after: Registers::default(),
            });
        });
        let mut flow = Flow {
            blocks: blocks(&nodes, &starts),
            nodes,
        };
        flow.settle(|_, _| true);
        flow
    }

    /// Computes liveness; `reads` tells whether a node really reads its operand at a position.
    ///
    /// A block is looked at again only if a successor needs a register more than before, so at most once for each register
    /// and successor, however control jumps about.
    pub(crate) fn settle(&mut self, reads: impl Fn(usize, usize) -> bool) {
        let mut predecessors = vec![Vec::new(); self.blocks.len()];
        for (position, block) in self.blocks.iter_mut().enumerate() {
            block.live_before = Registers::default();
            for &next in &block.successors {
                predecessors[next].push(position);
            }
        }
        let mut work: Vec<usize> = (0..self.blocks.len()).collect();
        let mut listed = vec![true; self.blocks.len()];
        while let Some(block) = work.pop() {
            listed[block] = false;
            let after = self.live_behind(block);
            let before = self.live_through(block, after, &reads);
            if before != self.blocks[block].live_before {
                self.blocks[block].live_before = before;
                for &previous in &predecessors[block] {
                    if !std::mem::replace(&mut listed[previous], true) {
                        work.push(previous);
                    }
                }
            }
        }
    }

    /// Registers that are live when a block is left.
    fn live_behind(&self, block: usize) -> Registers {
        let successors = self.blocks[block].successors.iter();
        successors.fold(Registers::default(), |live, &next| {
            live.union(self.blocks[next].live_before)
        })
    }

    fn live_through(
        &mut self,
        block: usize,
        after: Registers,
        reads: &impl Fn(usize, usize) -> bool,
    ) -> Registers {
        let mut live = after;
        for position in self.blocks[block].nodes.clone().rev() {
            let node = &mut self.nodes[position];
            node.live_after = live;
            if let Some(register) = node.instruction.writes() {
                live.remove(register);
            }
            for (operand, register) in node.instruction.reads().enumerate() {
                if reads(position, operand) {
                    live.insert(register);
                }
            }
        }
        live
    }

    /// The node at a word offset.
    pub(crate) fn node_at(&self, offset: usize) -> Option<&Node<'module>> {
        let position = self
            .nodes
            .binary_search_by_key(&offset, |node| node.offset)
            .ok()?;
        self.nodes.get(position)
    }
}

fn blocks(nodes: &[Node<'_>], starts: &[(usize, usize)]) -> Vec<Block> {
    let block_at = |offset: usize| {
        starts
            .binary_search_by_key(&offset, |&(start, _)| start)
            .expect("jumps lead to starts of blocks")
    };
    let ends = starts.iter().skip(1).map(|&(_, node)| node).chain([nodes.len()]);
    let spans: Vec<_> = starts
        .iter()
        .zip(ends)
        .map(|(&(_, start), end)| start..end)
        .collect();
    spans
        .into_iter()
        .enumerate()
        .map(|(position, span)| {
            let last = &nodes[span.end - 1];
            let targets = last.instruction.jump_targets(last.offset);
            let mut successors: Vec<usize> = targets.map(|target| block_at(target as usize)).collect();
            if last.instruction.falls_through() {
                successors.push(position + 1);
            }
            Block {
                nodes: span,
                successors,
                live_before: Registers::default(),
            }
        })
        .collect()
}

/// How an operation treats an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// Only looks at it.
    Borrows,
    /// Takes a reference, on failure too.
    Consumes,
    /// Takes the register's reference if it dies, else borrows it.
    ConsumesIfDying,
}

/// How an instruction treats its operand at `position` in [`Instruction::reads`].
pub(crate) fn treatment(instruction: &Instruction<'_>, position: usize) -> Treatment {
    use Opcode::*;
    match instruction.opcode {
        Move | Wrap | Return | Halt | Yield | Call | ToolCall | Closure | List | Tuple | Map | Set
        | Record | Variant | Concat => Treatment::Consumes,
        // The value that is stored into and the value that is stored; not the registers of the path.
        Store if position < 2 => Treatment::Consumes,
        // The function is looked at; the arguments are handed over.
        CallValue if position > 0 => Treatment::Consumes,
        // Some intrinsics have operations of their own.
        Intrinsic => match Builtin::from_number(instruction.w) {
            Some(Builtin::Append) => Treatment::Consumes,
            Some(
                Builtin::LengthOfString
                | Builtin::CountOfString
                | Builtin::LengthOfList
                | Builtin::CountOfList,
            ) => Treatment::Borrows,
            _ => Treatment::ConsumesIfDying,
        },
        _ => Treatment::Borrows,
    }
}

impl Node<'_> {
    /// Whether a register that the node reads is of no use behind it.
    pub(crate) fn dies(&self, register: u8) -> bool {
        !self.live_after.contains(register) || self.instruction.writes() == Some(register)
    }

    /// Registers of counted types that own a reference before the node.
    pub(crate) fn owned_before(&self) -> Registers {
        let mut live = self.live_after;
        if let Some(register) = self.instruction.writes() {
            live.remove(register);
        }
        for register in self.instruction.reads() {
            live.insert(register);
        }
        live.intersection(self.counted)
    }

    /// Registers that own a reference after the node failed, or while the cell that it calls runs.
    pub(crate) fn owned_on_failure(&self) -> Registers {
        let mut owned = self.owned_before();
        for (position, register) in self.instruction.reads().enumerate() {
            if treatment(&self.instruction, position) != Treatment::Borrows && self.dies(register) {
                owned.remove(register);
            }
        }
        for (position, register) in self.instruction.reads().enumerate() {
            if treatment(&self.instruction, position) == Treatment::Borrows && self.counted.contains(register)
            {
                owned.insert(register);
            }
        }
        owned
    }
}

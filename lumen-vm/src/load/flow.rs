//! What the loader knows of a cell before it quickens it: instructions with types, blocks, and which registers are live.
//!
//! The ownership rules of the executed form are derived here, once, for the quickener (which places moves and drops) and
//! for the unwinder (which drops what a failed frame holds):
//! - every live register of a counted type owns one reference, a dead one none;
//! - an instruction *consumes* some of its operands ([`consumes`]) and borrows the others;
//! - an operand that is not live behind the instruction, or is overwritten by it, is *gone* behind it;
//! - a register that is live at the target of a handler is live before every instruction covered by the handler that can
//!   fail, and none of these takes its reference. Failures for want of fuel or memory run no handlers, so what can fail
//!   in no other way counts as what cannot fail.

use super::registers::Registers;
use super::view::CellView;
use crate::heap::{TypeRef, TypeTable};
use crate::lir::{Coverage, Instruction, Intrinsic as Builtin, Opcode};

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
    /// Registers that are live before it.
    live_before: Registers,
    /// Registers that are live behind it, on some path, a failure apart.
    pub(crate) live_after: Registers,
    /// The block at which the cell goes on if it fails.
    pub(crate) handler: Option<usize>,
    /// Registers that are live there.
    pub(crate) live_on_failure: Registers,
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
    /// Analyses a cell.
    pub(crate) fn new(view: CellView<'module>, types: &TypeTable) -> Flow<'module> {
        let verified = &view.module.verified;
        let head = view.cell();
        let mut nodes: Vec<Node<'module>> = Vec::new();
        let mut starts = Vec::new();
        let runtime = |ty| view.ty(ty);
        verified.walk(view.position, |typed| {
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
                live_before: Registers::default(),
                live_after: Registers::default(),
                handler: None,
                live_on_failure: Registers::default(),
            });
        });
        let coverage = Coverage::new(&head.handlers).expect("verified handlers nest");
        for node in nodes.iter_mut().filter(|node| can_be_handled(&node.instruction)) {
            node.handler = coverage.at(node.offset).map(|handler| {
                let target = head.handlers[handler].target as usize;
                starts
                    .binary_search_by_key(&target, |&(start, _)| start)
                    .expect("targets of handlers that can fail are reached")
            });
        }
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
            for node in &self.nodes[block.nodes.clone()] {
                if let Some(handler) = node.handler
                    && predecessors[handler].last() != Some(&position)
                {
                    predecessors[handler].push(position);
                }
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
            let handler = self.nodes[position].handler;
            let live_on_failure =
                handler.map_or(Registers::default(), |handler| self.blocks[handler].live_before);
            let unwritten = self.live_unwritten(block, position);
            let node = &mut self.nodes[position];
            node.live_after = live;
            node.live_on_failure = live_on_failure;
            if let Some(register) = node.instruction.writes() {
                live.remove(register);
            }
            live = live.union(unwritten).union(live_on_failure);
            for (operand, register) in node.instruction.reads().enumerate() {
                if reads(position, operand) {
                    live.insert(register);
                }
            }
            node.live_before = live;
        }
        live
    }

    /// Registers that are live where an instruction leads without having written: `next` at the end of a generator.
    fn live_unwritten(&self, block: usize, position: usize) -> Registers {
        match self.nodes[position].instruction.opcode {
            Opcode::Next => self.blocks[self.blocks[block].successors[0]].live_before,
            _ => Registers::default(),
        }
    }

    /// Where a node's handler starts, as a word offset, and the registers that it needs.
    pub(crate) fn handler(&self, node: &Node<'_>) -> Option<(u32, Registers)> {
        let first = self.blocks[node.handler?].nodes.start;
        Some((self.nodes[first].offset as u32, node.live_on_failure))
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
    /// Takes the register's reference and puts another one there; on failure the register has one, too.
    Updates,
}

/// Whether an instruction can fail in a way that handlers see. Generators may be closed where they yield.
pub(super) fn can_be_handled(instruction: &Instruction<'_>) -> bool {
    use Opcode::*;
    match instruction.opcode {
        Move | LoadInt | LoadConstant | LoadBool | LoadNull | BitAnd | BitOr | BitXor | Not | Equal
        | Less | LessEqual | Jump | JumpIf | JumpIfNot | Switch | IsType | IsVariant | Closure | Return
        | Wrap | List | Tuple | Map | Set | Record | Variant | GetField | Concat => false,
        Intrinsic => treatment(instruction, 0) == Treatment::ConsumesIfDying,
        _ => true,
    }
}

/// How an instruction treats its operand at `position` in [`Instruction::reads`].
pub(crate) fn treatment(instruction: &Instruction<'_>, position: usize) -> Treatment {
    use Opcode::*;
    match instruction.opcode {
        Move | Wrap | Return | Halt | Yield | Call | ToolCall | Closure | List | Tuple | Map | Set
        | Record | Variant | Concat => Treatment::Consumes,
        // The value that is stored into, the value that is stored, the registers of the path.
        Store if position == 0 => Treatment::Updates,
        Store if position == 1 => Treatment::Consumes,
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
    /// Whether a register does not have its value any more behind the node.
    fn is_gone(&self, register: u8) -> bool {
        !self.live_after.contains(register) || self.instruction.writes() == Some(register)
    }

    /// Whether the reference of a register that the node reads is its to take.
    pub(crate) fn dies(&self, register: u8) -> bool {
        self.is_gone(register) && !self.live_on_failure.contains(register)
    }

    /// Whether the node only looks at a register, in one of its operands.
    fn borrows(&self, register: u8) -> bool {
        let mut reads = self.instruction.reads().enumerate();
        reads.any(|(position, read)| {
            read == register && treatment(&self.instruction, position) == Treatment::Borrows
        })
    }

    /// Whether the register's own reference, and not another one, goes to what consumes or updates it.
    pub(crate) fn takes(&self, register: u8) -> bool {
        let updated = self.instruction.opcode == Opcode::Store && self.instruction.a == register;
        let dies = if updated {
            self.is_gone(register)
        } else {
            self.dies(register)
        };
        dies && !self.borrows(register) && self.counted.contains(register)
    }

    /// Registers of counted types that own a reference before the node.
    pub(crate) fn owned_before(&self) -> Registers {
        self.live_before.intersection(self.counted)
    }

    /// Registers that own a reference before the node and give it to the operation.
    fn given(&self) -> Registers {
        let mut given = Registers::default();
        for (position, register) in self.instruction.reads().enumerate() {
            if treatment(&self.instruction, position) != Treatment::Borrows && self.takes(register) {
                given.insert(register);
            }
        }
        given
    }

    /// Registers that own a reference after the node failed, or while the cell that it calls runs.
    pub(crate) fn owned_on_failure(&self) -> Registers {
        let mut owned = self.owned_before().difference(self.given());
        if self.instruction.opcode == Opcode::Store && self.counted.contains(self.instruction.a) {
            owned.insert(self.instruction.a);
        }
        owned
    }

    /// Registers whose references have to be given up behind the node, if `live` are live there: what it only looked at,
    /// and what only a handler needed. Not the register that it writes.
    pub(crate) fn released(&self, live: Registers) -> Registers {
        let mut released = self.owned_before().difference(self.given()).difference(live);
        if let Some(register) = self.instruction.writes() {
            released.remove(register);
        }
        released
    }

    /// The register that the node overwrites while it owns a reference.
    pub(crate) fn overwritten(&self) -> Option<u8> {
        let register = self.instruction.writes()?;
        let owned = self.owned_before().difference(self.given());
        owned.contains(register).then_some(register)
    }
}

//! Loop-invariant code motion: what is computed anew in every round from values of outside moves in front of the loop.
//!
//! Only operations that cannot fail and cost little move, since the loop may not run at all; tests do not, for a test beside
//! its branch costs nothing; small constants do not, since the machine's loader makes immediates of them.

use super::rename::Renaming;
use crate::hir::Type;
use crate::lower::ssa::{BlockId, Dominators, Effect, Function, Op, Predecessors, Terminator, Value};
use crate::lower::types::TypeTable;

/// Most operations that move: each holds a register throughout its loop.
const MOST_HOISTED: usize = 32;
const NONE: u32 = u32::MAX;

/// Moves such operations, each out of as many loops as possible.
pub(crate) fn hoist(function: &mut Function, types: &TypeTable<'_>) {
    let dominators = Dominators::new(function);
    let Some(loops) = Loops::find(function, &dominators) else {
        return;
    };
    let mut defined = vec![NONE; function.nodes.len()];
    for (position, &block) in dominators.order.iter().enumerate() {
        let block = function.block(block);
        for value in block.parameters.iter().chain(&block.instructions) {
            defined[value.index()] = position as u32;
        }
    }
    let used = used_by_operations(function, &dominators);
    let mut renaming = Renaming::new(function);
    let mut constants: Vec<(u32, Value)> = Vec::new();
    let mut hoisted = 0;
    for position in 0..dominators.order.len() {
        let innermost = loops.innermost[position];
        if innermost == NONE {
            continue;
        }
        let id = dominators.order[position];
        let mut instructions = std::mem::take(&mut function.blocks[id.index()].instructions);
        instructions.retain(|&value| {
            renaming.operands(function, value);
            if hoisted >= MOST_HOISTED || !used[value.index()] || !may_move(function, types, value) {
                return true;
            }
            let outside = |within: &Loop| {
                function.operands(value).iter().all(|operand| {
                    !dominators.dominates(within.header as usize, defined[operand.index()] as usize)
                })
            };
            let Some(target) = loops.outermost(innermost, outside) else {
                return true;
            };
            let node = function.node(value);
            if let Op::Float(_) = node.op {
                let equal =
                    |(at, known): &&(u32, Value)| *at == target && function.node(*known).op == node.op;
                if let Some((_, known)) = constants.iter().find(equal) {
                    renaming.replace(value, *known);
                    return false;
                }
                constants.push((target, value));
            }
            hoisted += 1;
            let before = dominators.order[target as usize];
            // It cannot fail, and in front of the loop it does not show that the loop's body runs.
            function.nodes[value.index()].location = function.block(before).jump_location;
            function.blocks[before.index()].instructions.push(value);
            defined[value.index()] = target;
            false
        });
        function.blocks[id.index()].instructions = instructions;
    }
    renaming.apply(function);
}

/// By value: whether an operation reads it. What is only passed along an edge is as well computed there.
fn used_by_operations(function: &Function, dominators: &Dominators) -> Vec<bool> {
    let mut used = vec![false; function.nodes.len()];
    for &block in &dominators.order {
        for &value in &function.block(block).instructions {
            for operand in function.operands(value) {
                used[operand.index()] = true;
            }
        }
    }
    used
}

fn may_move(function: &Function, types: &TypeTable<'_>, value: Value) -> bool {
    let node = function.node(value);
    match node.op {
        Op::Null | Op::Bool(_) | Op::Int(_) | Op::Constant(_) => false,
        _ if matches!(types.get(node.ty), Type::Bool) => false,
        _ => function.effect(types, value) == Effect::Pure,
    }
}

/// A loop. Positions are those of the dominators' order.
struct Loop {
    header: u32,
    /// The block in front of it, which leads nowhere else.
    before: u32,
    /// The loop around, an index.
    around: u32,
}

struct Loops {
    all: Vec<Loop>,
    /// By position: the innermost loop, an index.
    innermost: Vec<u32>,
}

impl Loops {
    /// The natural loops with one entry; nothing if there is none.
    fn find(function: &Function, dominators: &Dominators) -> Option<Loops> {
        let predecessors = Predecessors::new(function, &dominators.order);
        let mut loops = Loops {
            all: Vec::new(),
            innermost: vec![NONE; dominators.order.len()],
        };
        // Inner loops have later headers.
        for header in (0..dominators.order.len()).rev() {
            let mut before = Vec::new();
            let mut work = Vec::new();
            for &predecessor in predecessors.of(dominators.order[header]) {
                let position = dominators
                    .position(predecessor)
                    .expect("predecessors are reachable");
                match dominators.dominates(header, position) {
                    true => work.push(position),
                    false => before.push(predecessor),
                }
            }
            if !work.is_empty() {
                let before = preheader(function, dominators, &before);
                loops.mark(header, before, work, dominators, &predecessors);
            }
        }
        (!loops.all.is_empty()).then_some(loops)
    }

    /// Marks the blocks of a loop, from its ends up to its header.
    fn mark(
        &mut self,
        header: usize,
        before: u32,
        mut work: Vec<usize>,
        dominators: &Dominators,
        predecessors: &Predecessors,
    ) {
        let this = self.all.len() as u32;
        self.all.push(Loop {
            header: header as u32,
            before,
            around: NONE,
        });
        self.innermost[header] = this;
        while let Some(position) = work.pop() {
            let mut at = position;
            if self.innermost[position] != NONE {
                let outermost = self.around(self.innermost[position]);
                if outermost == this {
                    continue;
                }
                self.all[outermost as usize].around = this;
                at = self.all[outermost as usize].header as usize;
            } else {
                self.innermost[position] = this;
            }
            for &predecessor in predecessors.of(dominators.order[at]) {
                let position = dominators
                    .position(predecessor)
                    .expect("predecessors are reachable");
                // The way around an inner loop ends at its header.
                if at == position || self.is_back_edge(at, position, dominators) {
                    continue;
                }
                work.push(position);
            }
        }
    }

    fn is_back_edge(&self, header: usize, from: usize, dominators: &Dominators) -> bool {
        dominators.dominates(header, from)
    }

    /// The outermost loop around that is known yet.
    fn around(&self, inner: u32) -> u32 {
        let mut outer = inner;
        while self.all[outer as usize].around != NONE {
            outer = self.all[outer as usize].around;
        }
        outer
    }

    /// The block in front of the outermost of the loops for which the condition holds, from the innermost outwards.
    fn outermost(&self, innermost: u32, condition: impl Fn(&Loop) -> bool) -> Option<u32> {
        let mut found = None;
        let mut next = innermost;
        while next != NONE {
            let within = &self.all[next as usize];
            if !condition(within) {
                break;
            }
            if within.before != NONE {
                found = Some(within.before);
            }
            next = within.around;
        }
        found
    }
}

/// The block in front of a loop, if it is one and leads nowhere else.
fn preheader(function: &Function, dominators: &Dominators, before: &[BlockId]) -> u32 {
    match before {
        [block] if matches!(function.block(*block).terminator, Terminator::Jump(_)) => dominators
            .position(*block)
            .map_or(NONE, |position| position as u32),
        _ => NONE,
    }
}

//! Jumps: conditions merged with the jumps that test them, loops turned so that their test stands at the end.

use super::emit::Edge;
use super::{Quickener, fuse};
use crate::exec::{Code, Counted, Op};
use crate::heap::TypeRef;
use crate::lir::Opcode;
use crate::load::registers::Registers;

/// A test that one operation makes and jumps by.
#[derive(Clone, Copy)]
pub(super) struct Condition {
    code: Code,
    a: u8,
    b: u8,
    c: u8,
}

impl Condition {
    fn registers(code: Code, a: u8, b: u8) -> Condition {
        Condition { code, a, b, c: 0 }
    }

    fn with_number(code: Code, a: u8, number: u16) -> Condition {
        let [b, c] = number.to_le_bytes();
        Condition { code, a, b, c }
    }

    /// The test that holds exactly if this one does not. The order of Floats is total, so `not a < b` is `b <= a`.
    fn negated(self) -> Condition {
        use Code::*;
        let swapped = |code| Condition {
            code,
            a: self.b,
            b: self.a,
            c: 0,
        };
        let same = |code| Condition { code, ..self };
        match self.code {
            JumpIf => same(JumpIfNot),
            JumpIfNot => same(JumpIf),
            JumpIfEqualWord => same(JumpIfNotEqualWord),
            JumpIfNotEqualWord => same(JumpIfEqualWord),
            JumpIfLessInt => swapped(JumpIfLessEqualInt),
            JumpIfLessEqualInt => swapped(JumpIfLessInt),
            JumpIfEqualImmediate => same(JumpIfNotEqualImmediate),
            JumpIfNotEqualImmediate => same(JumpIfEqualImmediate),
            JumpIfLessImmediate => same(JumpIfGreaterEqualImmediate),
            JumpIfLessEqualImmediate => same(JumpIfGreaterImmediate),
            JumpIfGreaterImmediate => same(JumpIfLessEqualImmediate),
            JumpIfGreaterEqualImmediate => same(JumpIfLessImmediate),
            JumpIfEqualFloat => same(JumpIfNotEqualFloat),
            JumpIfNotEqualFloat => same(JumpIfEqualFloat),
            JumpIfLessFloat => swapped(JumpIfLessEqualFloat),
            JumpIfLessEqualFloat => swapped(JumpIfLessFloat),
            JumpIfEqualText => same(JumpIfNotEqualText),
            JumpIfNotEqualText => same(JumpIfEqualText),
            JumpIfLessText => swapped(JumpIfLessEqualText),
            JumpIfLessEqualText => swapped(JumpIfLessText),
            JumpIfVariant => same(JumpIfNotVariant),
            JumpIfNotVariant => same(JumpIfVariant),
            JumpIfNull => same(JumpIfNotNull),
            JumpIfNotNull => same(JumpIfNull),
            other => unreachable!("{other:?} is no test"),
        }
    }
}

impl Quickener<'_> {
    /// The condition under which the jump behind `node` jumps, if the two merge.
    pub(super) fn condition(&self, node: usize) -> Option<Condition> {
        if !matches!(
            self.flow.nodes[node].instruction.opcode,
            Opcode::Equal
                | Opcode::Less
                | Opcode::LessEqual
                | Opcode::IsVariant
                | Opcode::IsType
                | Opcode::Not
        ) || !fuse::is_test(self.flow, node)
        {
            return None;
        }
        let test = self.test(node)?;
        let jumps_if_true = self.flow.nodes[node + 1].instruction.opcode == Opcode::JumpIf;
        Some(if jumps_if_true { test } else { test.negated() })
    }

    fn test(&self, node: usize) -> Option<Condition> {
        let instruction = &self.flow.nodes[node].instruction;
        let (b, c) = (instruction.b, instruction.c);
        let ty = *self.flow.nodes[node].operands.first()?;
        let immediate = fuse::immediate(self.flow, &self.constants, node);
        if let Some((operand, value)) = immediate {
            use Code::*;
            let codes = match instruction.opcode {
                Opcode::Equal => [JumpIfEqualImmediate, JumpIfEqualImmediate],
                Opcode::Less => [JumpIfGreaterImmediate, JumpIfLessImmediate],
                _ => [JumpIfGreaterEqualImmediate, JumpIfLessEqualImmediate],
            };
            let register = if operand == 0 { c } else { b };
            return Some(Condition::with_number(
                codes[operand],
                register,
                value as i16 as u16,
            ));
        }
        let is_word = matches!(ty, TypeRef::INT | TypeRef::BOOL | TypeRef::NULL);
        let code = match (instruction.opcode, ty) {
            (Opcode::Not, _) => return Some(Condition::registers(Code::JumpIfNot, b, 0)),
            (Opcode::IsVariant, _) => {
                let variant = u16::try_from(instruction.w).ok()?;
                return Some(Condition::with_number(Code::JumpIfVariant, b, variant));
            }
            (Opcode::IsType, _)
                if self.types.is_dynamic(ty) && self.runtime_type(instruction.w) == TypeRef::NULL =>
            {
                return Some(Condition::registers(Code::JumpIfNull, b, 0));
            }
            (Opcode::IsType, _) => return None,
            (Opcode::Equal, _) if is_word => Code::JumpIfEqualWord,
            (Opcode::Less, _) if is_word => Code::JumpIfLessInt,
            (_, _) if is_word => Code::JumpIfLessEqualInt,
            (Opcode::Equal, TypeRef::FLOAT) => Code::JumpIfEqualFloat,
            (Opcode::Less, TypeRef::FLOAT) => Code::JumpIfLessFloat,
            (_, TypeRef::FLOAT) => Code::JumpIfLessEqualFloat,
            (Opcode::Equal, TypeRef::STRING | TypeRef::BYTES) => Code::JumpIfEqualText,
            (Opcode::Less, TypeRef::STRING | TypeRef::BYTES) => Code::JumpIfLessText,
            (_, TypeRef::STRING | TypeRef::BYTES) => Code::JumpIfLessEqualText,
            _ => return None,
        };
        Some(Condition::registers(code, b, c))
    }

    /// Emits the jump behind `node`, with the test of `node` in it.
    pub(super) fn conditional_jump(&mut self, block: usize, node: usize, condition: Condition) {
        let offset = self.flow.nodes[node].offset;
        let successors = &self.flow.blocks[block].successors;
        let mut taken = self.edge(block, successors[0]);
        let fallen = self.edge(block, successors[1]);
        let step = self.with_step(condition, successors[0]);
        let condition = match step.filter(|_| !self.counting) {
            Some(stepping) => {
                taken.skipped = 1;
                stepping
            }
            None => condition,
        };
        self.push_condition(offset, condition, taken);
        self.count_way_on(block);
        self.push_releases(offset, &fallen.releases);
    }

    /// Emits a jump, a conditional jump on a register, or a switch, which ends `block`.
    pub(super) fn jump(&mut self, block: usize, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let successors = &self.flow.blocks[block].successors;
        match instruction.opcode {
            Opcode::Jump => self.unconditional_jump(block, offset, successors[0]),
            Opcode::Switch => {
                let ways = 0..successors.len();
                let edges = ways.map(|way| self.counted_edge(block, way)).collect();
                self.emitter
                    .push_switch(offset, Op::new(Code::Switch, instruction.a, 0, 0, 0), edges);
            }
            opcode => {
                let code = if opcode == Opcode::JumpIf {
                    Code::JumpIf
                } else {
                    Code::JumpIfNot
                };
                self.conditional_jump(block, node, Condition::registers(code, instruction.a, 0));
            }
        }
    }

    /// Emits `next`: to the end of the generator it jumps, behind it stand the releases for the other way.
    pub(super) fn next(&mut self, block: usize, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let successors = &self.flow.blocks[block].successors;
        let op = Op::new(Code::Next, instruction.a, instruction.b, 0, 0);
        let edge = self.counted_edge(block, 0);
        self.emitter.push_jump(offset, op, edge);
        self.count_way_on(block);
        self.release_operands(node, self.flow.blocks[successors[1]].live_before);
    }

    /// The way from the end of `block` to one of its successors, counted if the program counts.
    fn counted_edge(&mut self, block: usize, way: usize) -> Edge {
        let block_of_way = self.flow.blocks[block].successors[way];
        let mut edge = self.edge(block, block_of_way);
        if self.counting {
            let counted = Counted::Way(self.last_offset(block), way as u32);
            edge.counter = Some(self.emitter.counter(counted));
        }
        edge
    }

    /// Counts that `block` ends without a jump, which has one target.
    fn count_way_on(&mut self, block: usize) {
        if self.counting {
            let offset = self.last_offset(block);
            self.emitter.push_count(offset as usize, Counted::Way(offset, 1));
        }
    }

    fn last_offset(&self, block: usize) -> u32 {
        self.flow.nodes[self.flow.blocks[block].nodes.end - 1].offset as u32
    }

    /// Emits the end of a handler: on to the one around it, which needs exactly what is owned here, or out of the frame.
    pub(super) fn rethrow(&mut self, block: usize, node: usize) {
        let offset = self.flow.nodes[node].offset;
        match self.flow.nodes[node].handler {
            Some(handler) => self.push_jump(offset, self.edge(block, handler)),
            None => self.emitter.push(offset, Op::new(Code::Rethrow, 0, 0, 0, 0)),
        }
    }

    fn unconditional_jump(&mut self, block: usize, offset: usize, next: usize) {
        let turns = next <= block && !self.counting;
        if let Some((test, condition)) = self.loop_test(next).filter(|_| turns) {
            let (stay, leave, condition) = self.loop_ways(next, condition);
            self.push_condition(self.flow.nodes[test].offset, condition, stay);
            self.push_jump(self.flow.nodes[test].offset, leave);
            return;
        }
        let edge = self.edge(block, next);
        if next == block + 1 {
            self.push_releases(offset, &edge.releases);
        } else {
            self.push_jump(offset, edge);
        }
    }

    /// The condition with a step in it, if it is `counter < limit` and the block that it leads to starts with
    /// `counter += 1`: how counting loops go on.
    fn with_step(&self, condition: Condition, next: usize) -> Option<Condition> {
        let code = match condition.code {
            Code::JumpIfLessInt => Code::StepIfLess,
            Code::JumpIfLessImmediate => Code::StepIfLessImmediate,
            _ => return None,
        };
        let nodes = self.flow.blocks[next].nodes.clone();
        let first = nodes.clone().find(|&node| !self.is_elided(node))?;
        let instruction = self.flow.nodes[first].instruction;
        // A step right before a jump has merged with that.
        let stands_alone =
            nodes.end != first + 2 || self.flow.nodes[first + 1].instruction.opcode != Opcode::Jump;
        let steps = instruction.opcode == Opcode::Add
            && fuse::immediate(self.flow, &self.constants, first) == Some((1, 1))
            && instruction.a == condition.a
            && instruction.b == condition.a;
        (steps && stands_alone).then_some(Condition { code, ..condition })
    }

    /// If `node` adds a small constant to a register and the jump behind it leads back to a test: one operation.
    pub(super) fn step_and_loop(&mut self, block: usize, node: usize) -> Option<usize> {
        let jump = self.flow.nodes.get(node + 1)?;
        let adds = self.flow.nodes[node].instruction;
        let last = self.flow.blocks[block].nodes.end == node + 2;
        if !last || adds.opcode != Opcode::Add || jump.instruction.opcode != Opcode::Jump {
            return None;
        }
        let (operand, step) = fuse::immediate(self.flow, &self.constants, node)?;
        let register = adds.b;
        let step_byte = i8::try_from(step).ok()?;
        // What only a handler needed is given up between the two.
        let apart = self.flow.nodes[node].released(self.flow.nodes[node].live_after) != Registers::default();
        if operand == 0 || register != adds.a || apart {
            return None;
        }
        let next = self.flow.blocks[block].successors[0];
        let offset = self.flow.nodes[node].offset;
        if let Some((test, condition)) = self.loop_test(next).filter(|_| next <= block) {
            let (stay, leave, condition) = self.loop_ways(next, condition);
            let code = match condition.code {
                Code::JumpIfLessInt => Some(Code::LoopLess),
                Code::JumpIfLessEqualInt => Some(Code::LoopLessEqual),
                _ => None,
            };
            if let Some(code) = code.filter(|_| condition.a == register) {
                let op = Op::new(code, register, condition.b, step_byte as u8, 0);
                self.emitter.push_jump(offset, op, stay);
            } else {
                self.emitter
                    .push(offset, Op::new(Code::AddImmediate, register, register, 0, step));
                self.push_condition(self.flow.nodes[test].offset, condition, stay);
            }
            self.push_jump(self.flow.nodes[test].offset, leave);
        } else {
            let [b, c] = i16::from(step_byte).to_le_bytes();
            let edge = self.edge(block, next);
            self.emitter
                .push_jump(offset, Op::new(Code::AddJump, register, b, c, 0), edge);
        }
        Some(1)
    }

    /// The node and the condition of a block that does nothing but test and jump.
    fn loop_test(&self, block: usize) -> Option<(usize, Condition)> {
        let nodes = self.flow.blocks[block].nodes.clone();
        let mut rest = nodes.filter(|&node| !self.is_elided(node));
        let (test, _jump) = (rest.next()?, rest.next()?);
        if rest.next().is_some() {
            return None;
        }
        Some((test, self.condition(test)?))
    }

    /// The edges of a block that tests: to the block right behind it, and to the other one, with the condition for the
    /// first.
    fn loop_ways(&self, block: usize, condition: Condition) -> (Edge, Edge, Condition) {
        let successors = &self.flow.blocks[block].successors;
        (
            self.edge(block, successors[1]),
            self.edge(block, successors[0]),
            condition.negated(),
        )
    }

    fn push_condition(&mut self, offset: usize, condition: Condition, edge: Edge) {
        let Condition { code, a, b, c } = condition;
        self.emitter.push_jump(offset, Op::new(code, a, b, c, 0), edge);
    }

    fn push_jump(&mut self, offset: usize, edge: Edge) {
        self.emitter
            .push_jump(offset, Op::new(Code::Jump, 0, 0, 0, 0), edge);
    }

    fn push_releases(&mut self, offset: usize, releases: &[u8]) {
        for &register in releases {
            self.emitter
                .push(offset, Op::new(Code::Release, register, 0, 0, 0));
        }
    }

    /// The way from the end of `block` to `next`: what is owned there and not needed here is released.
    fn edge(&self, block: usize, next: usize) -> Edge {
        let last = &self.flow.nodes[self.flow.blocks[block].nodes.end - 1];
        let mut owned = last.owned_before();
        // A test that merged with the jump may be the last to look at its operand.
        let test = self.flow.blocks[block].nodes.end.checked_sub(2);
        if let Some(test) = test.filter(|&test| test >= self.flow.blocks[block].nodes.start)
            && self.condition(test).is_some()
        {
            owned = owned.union(self.flow.nodes[test].owned_before());
        }
        let releases = owned.difference(self.flow.blocks[next].live_before);
        Edge {
            block: next,
            skipped: 0,
            releases: releases.iter().collect(),
            counter: None,
        }
    }
}

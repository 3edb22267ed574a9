//! The code of a cell.

use super::Ready;
use super::debug::Positions;
use super::layout::Layout;
use super::tables::{ConstantPool, Numbering};
use crate::lower::ssa::{BlockId, Function, LocationId, Op, RegionId, Step, Steps, Terminator, Value};
use lumen_vm::lir::{Assembler, Handler, Label, Opcode, PathStep};

/// Writes the code of a cell with its handlers, and notes where its instructions come from.
pub(super) fn code(
    ready: &Ready,
    numbering: &Numbering,
    pool: &mut ConstantPool<'_, '_>,
    positions: &mut Positions<'_>,
) -> (Vec<u32>, Vec<Handler>) {
    let layout = Layout::new(ready);
    let mut assembler = Assembler::new();
    let labels = (0..ready.function.blocks.len())
        .map(|_| assembler.label())
        .collect();
    let mut writer = Writer {
        function: &ready.function,
        ready,
        numbering,
        pool,
        positions,
        layout: &layout,
        assembler,
        labels,
        registers: Vec::new(),
    };
    let mut ends = Vec::with_capacity(layout.order.len());
    for (place, &block) in layout.order.iter().enumerate() {
        let next = layout.order.get(place + 1).copied();
        writer.block(block, next);
        ends.push(writer.assembler.offset() as u32);
    }
    let handlers = handlers(&layout, &ready.function, &ends);
    (writer.assembler.finish(), handlers)
}

/// The stretches of code that each region takes, those of inner regions first.
fn handlers(layout: &Layout, function: &Function, ends: &[u32]) -> Vec<Handler> {
    let mut depths: Vec<usize> = Vec::with_capacity(function.regions.len());
    for region in &function.regions {
        depths.push(region.outer.map_or(0, |outer| depths[outer.index()] + 1));
    }
    let mut place_of = vec![None; function.blocks.len()];
    for (place, &block) in layout.order.iter().enumerate() {
        place_of[block.index()] = Some(place);
    }
    let start = |place: usize| place.checked_sub(1).map_or(0, |before| ends[before]);
    // The regions around the place that is looked at, outer ones first, and where each began.
    let mut open: Vec<(RegionId, u32)> = Vec::new();
    let mut stretches: Vec<(usize, Handler)> = Vec::new();
    let mut close = |(region, from): (RegionId, u32), to: u32| {
        let handler = layout.target(function.regions[region.index()].handler);
        if let (Some(place), true) = (place_of[handler.index()], from < to) {
            let handler = Handler {
                start: from,
                end: to,
                target: start(place),
            };
            stretches.push((depths[region.index()], handler));
        }
    };
    for (place, &block) in layout.order.iter().enumerate() {
        let mut entered = Vec::new();
        let mut at = function.block(block).region;
        while let Some(region) = at {
            if open
                .get(depths[region.index()])
                .is_some_and(|(known, _)| *known == region)
            {
                break;
            }
            entered.push(region);
            at = function.regions[region.index()].outer;
        }
        let kept = at.map_or(0, |region| depths[region.index()] + 1);
        open.drain(kept..).for_each(|left| close(left, start(place)));
        open.extend(entered.into_iter().rev().map(|region| (region, start(place))));
    }
    let end = ends.last().copied().unwrap_or(0);
    open.into_iter().for_each(|left| close(left, end));
    stretches.sort_by_key(|(depth, _)| std::cmp::Reverse(*depth));
    stretches.into_iter().map(|(_, handler)| handler).collect()
}

struct Writer<'a, 'f, 'p, 'c, 'm> {
    function: &'a Function,
    ready: &'a Ready,
    numbering: &'a Numbering,
    pool: &'p mut ConstantPool<'c, 'm>,
    positions: &'p mut Positions<'f>,
    layout: &'a Layout,
    assembler: Assembler,
    /// By block.
    labels: Vec<Label>,
    /// Scratch: argument registers.
    registers: Vec<u8>,
}

impl Writer<'_, '_, '_, '_, '_> {
    fn block(&mut self, id: BlockId, next: Option<BlockId>) {
        self.assembler.bind(self.labels[id.index()]);
        let function = self.function;
        let instructions = &function.block(id).instructions;
        let moves = &self.ready.allocation.moves[id.index()];
        let (before, last) = match instructions.split_last() {
            Some((last, before)) if self.may_follow(*last, moves) => (before, Some(*last)),
            _ => (&instructions[..], None),
        };
        for &value in before {
            self.instruction(value);
        }
        if !moves.is_empty() {
            self.jump_location(id);
        }
        for &(to, from) in moves {
            self.assembler.plain(Opcode::Move, to, from, 0);
        }
        if let Some(value) = last {
            self.instruction(value);
        }
        self.jump_location(id);
        self.terminator(id, next);
    }

    /// Whether an addition at the end of a block may as well stand behind the moves: beside the jump, the machine's loader
    /// merges the two.
    fn may_follow(&self, value: Value, moves: &[(u8, u8)]) -> bool {
        let touches = |value: Value| {
            let register = self.of(value);
            moves.iter().any(|&(to, from)| to == register || from == register)
        };
        self.function.node(value).op == Op::Plain(Opcode::Add)
            && !moves.is_empty()
            && !touches(value)
            && !self
                .function
                .operands(value)
                .iter()
                .any(|&operand| touches(operand))
    }

    fn of(&self, value: Value) -> u8 {
        self.ready.allocation.of(value)
    }

    fn at(&mut self, location: LocationId) {
        let offset = self.assembler.offset();
        self.positions.at(offset, location);
    }

    fn label(&self, block: BlockId) -> Label {
        self.labels[self.layout.target(block).index()]
    }

    /// Notes where the end of the block comes from.
    fn jump_location(&mut self, id: BlockId) {
        let location = self.function.block(id).jump_location;
        if location != LocationId::NONE {
            self.at(location);
        }
    }

    fn terminator(&mut self, id: BlockId, next: Option<BlockId>) {
        match &self.function.block(id).terminator {
            Terminator::Jump(edge) => self.jump(edge.target, next),
            Terminator::Branch { condition, targets } => {
                let [then, otherwise] = targets.map(|edge| self.layout.target(edge.target));
                let condition = self.of(*condition);
                if then == otherwise {
                    self.jump(then, next);
                } else if next == Some(then) {
                    let label = self.label(otherwise);
                    self.assembler.jump(Opcode::JumpIfNot, condition, label);
                } else {
                    let label = self.label(then);
                    self.assembler.jump(Opcode::JumpIf, condition, label);
                    self.jump(otherwise, next);
                }
            }
            Terminator::Switch { scrutinee, edges } => {
                let labels: Vec<Label> = edges.iter().map(|edge| self.label(edge.target)).collect();
                let scrutinee = self.of(*scrutinee);
                self.assembler.switch(scrutinee, &labels);
            }
            Terminator::Next { targets } => {
                let [some, none] = targets.map(|edge| self.layout.target(edge.target));
                let next_value = self.function.block(id).instructions.last();
                let value = *next_value.expect("such a block ends in the instruction");
                let node = self.function.node(value);
                self.at(node.location);
                let generator = self.of(self.function.operands(value)[0]);
                let label = self.label(none);
                self.assembler.next(self.of(value), generator, label);
                self.jump(some, next);
            }
            Terminator::Protect { targets } => self.jump(targets[0].target, next),
            Terminator::Rethrow => self.assembler.plain(Opcode::Rethrow, 0, 0, 0),
            Terminator::Return(value) => {
                let value = self.of(*value);
                self.assembler.plain(Opcode::Return, value, 0, 0);
            }
            Terminator::Halt {
                kind,
                value,
                location,
            } => {
                let value = self.of(*value);
                self.at(*location);
                self.assembler.plain(Opcode::Halt, value, *kind as u8, 0);
            }
            Terminator::Open => unreachable!("blocks of the order are finished"),
        }
    }

    fn jump(&mut self, to: BlockId, next: Option<BlockId>) {
        let to = self.layout.target(to);
        if next != Some(to) {
            let label = self.label(to);
            self.assembler.jump(Opcode::Jump, 0, label);
        }
    }

    fn instruction(&mut self, value: Value) {
        let function = self.function;
        let node = function.node(value);
        if node.location != LocationId::NONE {
            self.at(node.location);
        }
        let a = self.of(value);
        let operands = function.operands(value);
        let mut registers = std::mem::take(&mut self.registers);
        registers.clear();
        registers.extend(operands.iter().map(|&operand| self.of(operand)));
        let ty = self.numbering.ty(node.ty).0;
        let first = registers.first().copied().unwrap_or(0);
        let code = &mut self.assembler;
        match node.op {
            Op::Parameter => unreachable!("parameters stand in no block's instructions"),
            Op::Null => code.plain(Opcode::LoadNull, a, 0, 0),
            Op::Bool(value) => code.plain(Opcode::LoadBool, a, u8::from(value), 0),
            Op::Int(value) => match i32::try_from(value) {
                Ok(value) => code.word(Opcode::LoadInt, a, 0, value as u32),
                Err(_) => code.word(Opcode::LoadConstant, a, 0, self.pool.int(value)),
            },
            Op::Float(bits) => code.word(Opcode::LoadConstant, a, 0, self.pool.float(bits)),
            Op::Constant(literal) => code.word(Opcode::LoadConstant, a, 0, self.pool.literal(literal)),
            Op::Plain(opcode) => code.plain(opcode, a, first, registers.get(1).copied().unwrap_or(0)),
            Op::IndexAgain => code.plain(Opcode::Index, a, first, registers[1]),
            Op::IsType(ty) => code.word(Opcode::IsType, a, first, self.numbering.ty(ty).0),
            Op::IsVariant(variant) => code.word(Opcode::IsVariant, a, first, variant),
            Op::Wrap => code.word(Opcode::Wrap, a, first, ty),
            Op::Cast | Op::Narrow => code.word(Opcode::Cast, a, first, ty),
            Op::Call(callee) => {
                let callee = self.numbering.callee(callee);
                code.arguments(Opcode::Call, a, 0, callee, &registers);
            }
            Op::Closure(callee) => {
                let callee = self.numbering.callee(callee);
                code.words_arguments(Opcode::Closure, a, 0, [callee, ty], &registers);
            }
            Op::CallValue => {
                let function_type = self.numbering.ty(function.node(operands[0]).ty).0;
                code.arguments(Opcode::CallValue, a, first, function_type, &registers[1..]);
            }
            Op::List => code.arguments(Opcode::List, a, 0, ty, &registers),
            Op::Tuple => code.arguments(Opcode::Tuple, a, 0, ty, &registers),
            Op::Map => code.arguments(Opcode::Map, a, 0, ty, &registers),
            Op::Set => code.arguments(Opcode::Set, a, 0, ty, &registers),
            Op::Record => code.arguments(Opcode::Record, a, 0, ty, &registers),
            Op::Concat => code.arguments(Opcode::Concat, a, 0, ty, &registers),
            Op::Variant(variant) => code.words_arguments(Opcode::Variant, a, 0, [ty, variant], &registers),
            Op::GetField(position) => code.word(Opcode::GetField, a, first, position),
            Op::GetPayload(variant, position) => {
                code.words_arguments(Opcode::GetPayload, a, first, [variant, position], &[]);
            }
            Op::Store(steps) => self.store(a, steps, &registers),
            Op::Schema(ty) => code.word(Opcode::Schema, a, first, self.numbering.ty(ty).0),
            Op::Yield => code.plain(Opcode::Yield, first, 0, 0),
            Op::Next => {}
            Op::Close => code.plain(Opcode::Close, first, 0, 0),
            Op::SetSlot(slot) => code.plain(Opcode::Move, self.ready.allocation.slot(slot), first, 0),
            Op::GetSlot(slot) => code.plain(Opcode::Move, a, self.ready.allocation.slot(slot), 0),
            Op::Intrinsic(intrinsic) => {
                let number = intrinsic as u32;
                code.words_arguments(Opcode::Intrinsic, a, 0, [number, ty], &registers);
            }
        }
        self.registers = registers;
    }

    /// A store, behind a copy of the container if that is still needed.
    fn store(&mut self, a: u8, steps: Steps, registers: &[u8]) {
        if registers[0] != a {
            self.assembler.plain(Opcode::Move, a, registers[0], 0);
        }
        let mut indexes = registers[2..].iter();
        let path: Vec<PathStep> = self
            .function
            .path(steps)
            .iter()
            .map(|step| match step {
                Step::Position(position) => PathStep::Position(*position),
                Step::Index => {
                    PathStep::Index(*indexes.next().expect("a store has an operand for each index"))
                }
            })
            .collect();
        self.assembler.path(Opcode::Store, a, registers[1], &path);
    }
}

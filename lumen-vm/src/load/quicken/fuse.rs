//! Which instructions merge: constants into their users, comparisons into the jumps behind them.

use super::Quickener;
use super::constants::Constants;
use crate::heap::TypeRef;
use crate::lir::Opcode;
use crate::load::flow::Flow;

/// The operand of a node that becomes an immediate, and its value.
pub(super) fn immediate(flow: &Flow<'_>, constants: &Constants, node: usize) -> Option<(usize, i32)> {
    let instruction = &flow.nodes[node].instruction;
    if flow.nodes[node].operands.first() != Some(&TypeRef::INT) {
        return None;
    }
    let (b, c) = (constants.b(node), constants.c(node));
    match instruction.opcode {
        Opcode::Move => b.map(|value| (0, value)),
        Opcode::Add | Opcode::Multiply => c.map(|value| (1, value)).or_else(|| b.map(|value| (0, value))),
        Opcode::Subtract => c.map(|value| (1, value)),
        Opcode::Divide | Opcode::Remainder => c
            .filter(|&value| value != 0 && value != -1)
            .map(|value| (1, value)),
        Opcode::Equal | Opcode::Less | Opcode::LessEqual if is_test(flow, node) => {
            let short = |value: &i32| i16::try_from(*value).is_ok();
            c.filter(short)
                .map(|value| (1, value))
                .or_else(|| b.filter(short).map(|value| (0, value)))
        }
        _ => None,
    }
}

/// Whether a node computes a Bool that only the jump right behind it reads.
pub(super) fn is_test(flow: &Flow<'_>, node: usize) -> bool {
    let Some(jump) = flow.nodes.get(node + 1) else {
        return false;
    };
    let target = flow.nodes[node].instruction.a;
    let starts_block = flow
        .blocks
        .binary_search_by_key(&(node + 1), |block| block.nodes.start)
        .is_ok();
    matches!(jump.instruction.opcode, Opcode::JumpIf | Opcode::JumpIfNot)
        && jump.instruction.a == target
        && !starts_block
        && !jump.live_after.contains(target)
}

impl Quickener<'_> {
    /// Whether a node only loads a constant that is an immediate wherever it is read.
    pub(super) fn is_elided(&self, node: usize) -> bool {
        let instruction = &self.flow.nodes[node].instruction;
        instruction.opcode == Opcode::LoadInt && !self.needed[node].contains(instruction.a)
    }

    /// Emits a node together with the ones behind it, if they merge; yields how many of those there are.
    pub(super) fn fused(&mut self, block: usize, node: usize) -> Option<usize> {
        if let Some(condition) = self.condition(node) {
            self.conditional_jump(block, node, condition);
            return Some(1);
        }
        if self.counting {
            return None;
        }
        self.step_and_loop(block, node)
            .or_else(|| self.element_field(node))
    }
}

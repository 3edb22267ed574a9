//! Which registers hold a known small Int, at every instruction.
//!
//! A forward dataflow over the blocks. Very large cells are not analysed: they run without immediates.

use crate::lir::{Instruction, Opcode};
use crate::load::flow::Flow;

/// Most values, registers times blocks, that are tracked.
const LIMIT: usize = 1 << 18;

/// What is known of a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Known {
    /// Not reached yet.
    Nothing,
    Int(i32),
    Varying,
}

/// Known operands of all nodes of a cell.
pub(super) struct Constants {
    /// For each node, its B and C operands.
    operands: Vec<[Option<i32>; 2]>,
}

impl Constants {
    pub(super) fn new(flow: &Flow<'_>) -> Constants {
        let registers = flow
            .nodes
            .iter()
            .filter_map(|node| node.instruction.writes())
            .max()
            .map_or(0, usize::from)
            + 1;
        let mut operands = vec![[None; 2]; flow.nodes.len()];
        if registers * flow.blocks.len() > LIMIT {
            return Constants { operands };
        }
        let mut entries = vec![vec![Known::Nothing; registers]; flow.blocks.len()];
        // Parameters, and whatever is read before it is written, vary.
        if let Some(first) = entries.first_mut() {
            first.fill(Known::Varying);
        }
        let mut work = vec![0];
        while let Some(block) = work.pop() {
            let Some(flow_block) = flow.blocks.get(block) else {
                break;
            };
            let mut known = entries[block].clone();
            for position in flow_block.nodes.clone() {
                let instruction = &flow.nodes[position].instruction;
                let at = |register: u8| match known.get(usize::from(register)) {
                    Some(Known::Int(value)) => Some(*value),
                    _ => None,
                };
                operands[position] = [at(instruction.b), at(instruction.c)];
                if let Some(handler) = flow.nodes[position].handler
                    && join(&mut entries[handler], &known)
                {
                    work.push(handler);
                }
                step(instruction, &mut known);
            }
            for &next in &flow_block.successors {
                if join(&mut entries[next], &known) {
                    work.push(next);
                }
            }
        }
        Constants { operands }
    }

    /// The known value of the node's operand B.
    pub(super) fn b(&self, node: usize) -> Option<i32> {
        self.operands[node][0]
    }

    /// The known value of the node's operand C.
    pub(super) fn c(&self, node: usize) -> Option<i32> {
        self.operands[node][1]
    }
}

fn step(instruction: &Instruction<'_>, known: &mut [Known]) {
    let Some(target) = instruction.writes() else {
        return;
    };
    known[usize::from(target)] = match instruction.opcode {
        Opcode::LoadInt => Known::Int(instruction.w as i32),
        Opcode::Move => known
            .get(usize::from(instruction.b))
            .copied()
            .unwrap_or(Known::Varying),
        _ => Known::Varying,
    };
}

/// Merges what is known at the end of a predecessor; whether that changed anything.
fn join(entry: &mut [Known], incoming: &[Known]) -> bool {
    let mut changed = false;
    for (mine, &theirs) in entry.iter_mut().zip(incoming) {
        let joined = match (*mine, theirs) {
            (Known::Nothing, other) => other,
            (same, other) if same == other => same,
            (same, Known::Nothing) => same,
            _ => Known::Varying,
        };
        changed |= joined != *mine;
        *mine = joined;
    }
    changed
}

//! Gives each value a register.
//!
//! Blocks are walked so that dominators come first. What a value becomes (the parameter that it is passed to, the container
//! that a store updates) says which register it would like; it gets it if it is free, else the lowest.

use super::liveness::Liveness;
use super::set::RegisterSet;
use super::{MOST_REGISTERS, TooManyRegisters};
use crate::lower::ssa::{BlockId, Function, Op, Value};

/// No register yet.
const NONE: u16 = u16::MAX;
/// How many joins ahead a wish is looked for.
const LOOK_AHEAD: usize = 4;

/// Registers by value, and how many there are.
pub(super) fn colour(
    function: &Function,
    order: &[BlockId],
    liveness: &Liveness,
) -> Result<(Vec<u8>, u16), TooManyRegisters> {
    let count = function.nodes.len();
    let mut colouring = Colouring {
        function,
        registers: vec![NONE; count],
        becomes: becomes(function, order),
        wished: vec![NONE; count],
        last_use: vec![false; function.pool.len()],
        live: vec![BlockId::NONE; count],
        count: 0,
    };
    for &block in order {
        colouring.block(block, liveness)?;
    }
    // Values that stand in no block have none; zero does no harm.
    let registers = colouring
        .registers
        .iter()
        .map(|&register| if register == NONE { 0 } else { register as u8 })
        .collect();
    Ok((registers, colouring.count))
}

/// By value: the parameter that it is passed to or the store that consumes it. The last one counts: back edges come late.
fn becomes(function: &Function, order: &[BlockId]) -> Vec<Value> {
    let mut becomes = vec![Value::NONE; function.nodes.len()];
    for &block in order {
        let block = function.block(block);
        for &value in &block.instructions {
            if let Op::Store(_) = function.node(value).op {
                becomes[function.operands(value)[0].index()] = value;
            }
        }
        for edge in block.edges() {
            let parameters = &function.block(edge.target).parameters;
            for (&parameter, &argument) in parameters.iter().zip(function.arguments(*edge)) {
                if parameter != argument {
                    becomes[argument.index()] = parameter;
                }
            }
        }
    }
    becomes
}

struct Colouring<'f> {
    function: &'f Function,
    registers: Vec<u16>,
    becomes: Vec<Value>,
    /// By value: a register that something which becomes it has got.
    wished: Vec<u16>,
    /// By place in the pool: whether the operand is used there for the last time.
    last_use: Vec<bool>,
    /// By value: the last block at whose end, looking back, it was seen to be live.
    live: Vec<BlockId>,
    count: u16,
}

impl Colouring<'_> {
    fn block(&mut self, id: BlockId, liveness: &Liveness) -> Result<(), TooManyRegisters> {
        self.find_last_uses(id, liveness);
        let function = self.function;
        let block = function.block(id);
        let mut taken = RegisterSet::default();
        for &value in liveness.before(id) {
            taken.insert(self.registers[value.index()] as u8);
        }
        for (index, &parameter) in block.parameters.iter().enumerate() {
            let register = match id == Function::ENTRY {
                true => u8::try_from(index).map_err(|_| TooManyRegisters)?,
                false => self.choose(parameter, &taken)?,
            };
            self.give(parameter, register, &mut taken);
        }
        for &parameter in &block.parameters {
            self.release_if_dead(parameter, id, &mut taken);
        }
        for &value in &block.instructions {
            self.instruction(value, id, &mut taken)?;
        }
        Ok(())
    }

    /// Marks the operands that are used for the last time on the way through the block.
    fn find_last_uses(&mut self, id: BlockId, liveness: &Liveness) {
        let function = self.function;
        let block = function.block(id);
        for edge in block.edges() {
            for &value in liveness.before(edge.target) {
                self.live[value.index()] = id;
            }
            for &value in function.arguments(*edge) {
                self.live[value.index()] = id;
            }
        }
        for &value in function
            .handler(id)
            .map_or(&[][..], |handler| liveness.before(handler))
        {
            self.live[value.index()] = id;
        }
        if let Some(value) = block.terminator.operand() {
            self.live[value.index()] = id;
        }
        for &value in block.instructions.iter().rev() {
            for place in function.node(value).operands.range() {
                let operand = function.pool[place];
                self.last_use[place] = std::mem::replace(&mut self.live[operand.index()], id) != id;
            }
        }
    }

    fn instruction(
        &mut self,
        value: Value,
        id: BlockId,
        taken: &mut RegisterSet,
    ) -> Result<(), TooManyRegisters> {
        let node = self.function.node(value);
        let operands = self.function.operands(value);
        let updates = matches!(node.op, Op::Store(_));
        let container_dies = updates
            && self.last_use_of(node.operands.range(), operands[0])
            && !operands[1..].contains(&operands[0]);
        if updates && !container_dies {
            // The container is copied to the new register first, which must not hold another operand.
            let register = self.choose(value, taken)?;
            self.release_operands(value, taken);
            self.give(value, register, taken);
        } else {
            self.release_operands(value, taken);
            let register = match container_dies {
                true => self.registers[operands[0].index()] as u8,
                false => self.choose(value, taken)?,
            };
            self.give(value, register, taken);
        }
        self.release_if_dead(value, id, taken);
        Ok(())
    }

    fn last_use_of(&self, mut places: std::ops::Range<usize>, operand: Value) -> bool {
        places.any(|place| self.last_use[place] && self.function.pool[place] == operand)
    }

    fn release_operands(&mut self, value: Value, taken: &mut RegisterSet) {
        for place in self.function.node(value).operands.range() {
            if self.last_use[place] {
                let operand = self.function.pool[place];
                taken.remove(self.registers[operand.index()] as u8);
            }
        }
    }

    /// Frees the register of a value that was just defined and is not used at all.
    fn release_if_dead(&mut self, value: Value, id: BlockId, taken: &mut RegisterSet) {
        if self.live[value.index()] != id {
            taken.remove(self.registers[value.index()] as u8);
        }
    }

    fn give(&mut self, value: Value, register: u8, taken: &mut RegisterSet) {
        taken.insert(register);
        self.registers[value.index()] = u16::from(register);
        self.count = self.count.max(u16::from(register) + 1);
        let becomes = self.becomes[value.index()];
        if becomes != Value::NONE && self.wished[becomes.index()] == NONE {
            self.wished[becomes.index()] = u16::from(register);
        }
    }

    fn choose(&self, value: Value, taken: &RegisterSet) -> Result<u8, TooManyRegisters> {
        let mut ahead = value;
        for _ in 0..LOOK_AHEAD {
            for register in [self.registers[ahead.index()], self.wished[ahead.index()]] {
                if usize::from(register) < MOST_REGISTERS && !taken.contains(register as u8) {
                    return Ok(register as u8);
                }
            }
            ahead = self.becomes[ahead.index()];
            if ahead == Value::NONE {
                break;
            }
        }
        taken.lowest_free().ok_or(TooManyRegisters)
    }
}

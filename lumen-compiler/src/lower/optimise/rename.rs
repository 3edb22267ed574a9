//! Values that others have taken the place of, and the operands that must follow.

use crate::lower::ssa::{Function, Value};

/// By value: what stands for it now.
#[derive(Debug)]
pub(super) struct Renaming {
    by_value: Vec<Value>,
    is_empty: bool,
}

impl Renaming {
    /// Every value for itself.
    pub(super) fn new(function: &Function) -> Renaming {
        Renaming {
            by_value: (0..function.nodes.len() as u32).map(Value).collect(),
            is_empty: true,
        }
    }

    /// From now on `by` stands for a value.
    pub(super) fn replace(&mut self, value: Value, by: Value) {
        self.by_value[value.index()] = by;
        self.is_empty = false;
    }

    /// What stands for a value; shortens the way for the next time.
    pub(super) fn resolve(&mut self, value: Value) -> Value {
        let mut end = value;
        while self.by_value[end.index()] != end {
            end = self.by_value[end.index()];
        }
        let mut at = value;
        while at != end {
            at = std::mem::replace(&mut self.by_value[at.index()], end);
        }
        end
    }

    /// Resolves the operands of a node in place.
    pub(super) fn operands(&mut self, function: &mut Function, value: Value) {
        if !self.is_empty {
            for place in function.node(value).operands.range() {
                function.pool[place] = self.resolve(function.pool[place]);
            }
        }
    }

    /// Resolves everything in the function.
    pub(super) fn apply(mut self, function: &mut Function) {
        if self.is_empty {
            return;
        }
        for place in 0..function.pool.len() {
            function.pool[place] = self.resolve(function.pool[place]);
        }
        for block in &mut function.blocks {
            if let Some(operand) = block.terminator.operand_mut() {
                *operand = self.resolve(*operand);
            }
        }
    }
}

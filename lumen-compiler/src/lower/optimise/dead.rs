//! Removes operations and block parameters whose values nothing uses.
//!
//! A value is needed if an operation that stays, a terminator, or a needed value reads it; an edge argument is needed if the
//! parameter is. So counters that only feed themselves around a loop go, too.

use crate::lower::ssa::{Function, Value};
use crate::lower::types::TypeTable;

/// Removes what is not needed.
pub(crate) fn remove(function: &mut Function, types: &TypeTable<'_>) {
    let mut needed = Needed {
        values: vec![false; function.nodes.len()],
        work: Vec::new(),
    };
    let parameters = Arguments::new(function);
    for &block in &function.order {
        let block = function.block(block);
        for &value in &block.instructions {
            if !function.effect(types, value).may_be_dropped() {
                needed.mark(value);
            }
        }
        needed.mark_all(block.terminator.operand());
    }
    while let Some(value) = needed.work.pop() {
        needed.mark_all(function.operands(value).iter().copied());
        needed.mark_all(parameters.of(value).iter().copied());
    }
    for &parameter in &function.block(Function::ENTRY).parameters {
        needed.values[parameter.index()] = true;
    }
    function.keep_parameters(&needed.values);
    for block in &mut function.blocks {
        block.instructions.retain(|value| needed.values[value.index()]);
    }
}

struct Needed {
    values: Vec<bool>,
    work: Vec<Value>,
}

impl Needed {
    fn mark(&mut self, value: Value) {
        if !std::mem::replace(&mut self.values[value.index()], true) {
            self.work.push(value);
        }
    }

    fn mark_all(&mut self, values: impl IntoIterator<Item = Value>) {
        values.into_iter().for_each(|value| self.mark(value));
    }
}

/// By block parameter: the values that edges bring, in one vector.
struct Arguments {
    starts: Vec<u32>,
    all: Vec<Value>,
}

impl Arguments {
    fn new(function: &Function) -> Arguments {
        let mut starts = vec![0_u32; function.nodes.len() + 1];
        let each = |visit: &mut dyn FnMut(Value, Value)| {
            for &block in &function.order {
                for edge in function.block(block).edges() {
                    let parameters = &function.block(edge.target).parameters;
                    for (&parameter, &argument) in parameters.iter().zip(function.arguments(*edge)) {
                        visit(parameter, argument);
                    }
                }
            }
        };
        each(&mut |parameter, _| starts[parameter.index() + 1] += 1);
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut all = vec![Value::NONE; starts[function.nodes.len()] as usize];
        each(&mut |parameter, argument| {
            all[next[parameter.index()] as usize] = argument;
            next[parameter.index()] += 1;
        });
        Arguments { starts, all }
    }

    fn of(&self, value: Value) -> &[Value] {
        &self.all[self.starts[value.index()] as usize..self.starts[value.index() + 1] as usize]
    }
}

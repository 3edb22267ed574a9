//! What must hold of SSA form and of registers, checked on random modules the slow and obvious way.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::generate;
use crate::lower::Options;
use crate::lower::allocate::{Allocation, allocate};
use crate::lower::build::{Inlining, Source, build};
use crate::lower::constants::Constants;
use crate::lower::optimise::optimise;
use crate::lower::ssa::{BlockId, Dominators, Function, Op, Terminator, Value};
use crate::lower::types::TypeTable;

/// Every use is dominated by its definition, and every edge brings an argument of the right type for each parameter.
fn check_form(function: &Function) {
    let dominators = Dominators::new(function);
    let mut place = vec![None; function.nodes.len()];
    for (position, &block) in dominators.order.iter().enumerate() {
        let block = function.block(block);
        for (index, value) in block.parameters.iter().chain(&block.instructions).enumerate() {
            assert_eq!(place[value.index()], None, "{value:?} is defined twice");
            place[value.index()] = Some((position, index));
        }
    }
    let ordered: BTreeSet<BlockId> = function.order.iter().copied().collect();
    let reachable: BTreeSet<BlockId> = dominators.order.iter().copied().collect();
    assert_eq!(ordered, reachable, "the order holds what can be reached");
    assert_eq!(
        ordered.len(),
        function.order.len(),
        "each block stands once in the order"
    );
    for (position, &id) in dominators.order.iter().enumerate() {
        let block = function.block(id);
        let check = |value: &Value, index: usize| {
            let (above, at) = place[value.index()].unwrap_or_else(|| panic!("{value:?} is not defined"));
            let before = above == position && at < index;
            assert!(before || (above != position && dominators.dominates(above, position)));
        };
        for (index, &value) in block.instructions.iter().enumerate() {
            let index = index + block.parameters.len();
            function
                .operands(value)
                .iter()
                .for_each(|operand| check(operand, index));
        }
        block
            .terminator
            .operand()
            .iter()
            .for_each(|operand| check(operand, usize::MAX));
        assert!(!matches!(block.terminator, Terminator::Open));
        for edge in block.edges() {
            let parameters = &function.block(edge.target).parameters;
            let arguments = function.arguments(*edge);
            assert_eq!(parameters.len(), arguments.len());
            for (parameter, argument) in parameters.iter().zip(arguments) {
                check(argument, usize::MAX);
                assert_eq!(function.node(*parameter).ty, function.node(*argument).ty);
            }
        }
    }
}

/// Values live behind each block, by iteration to the fixed point; arguments of its edges are among them.
fn live_behind(function: &Function) -> Vec<BTreeSet<Value>> {
    let mut before = vec![BTreeSet::new(); function.blocks.len()];
    let mut behind = vec![BTreeSet::new(); function.blocks.len()];
    loop {
        let earlier = before.clone();
        for &id in &function.order {
            let block = function.block(id);
            let mut live = BTreeSet::new();
            for edge in block.edges() {
                live.extend(before[edge.target.index()].iter().copied());
                live.extend(function.arguments(*edge).iter().copied());
            }
            behind[id.index()] = live.clone();
            live.extend(block.terminator.operand());
            for &value in block.instructions.iter().rev() {
                live.remove(&value);
                live.extend(function.operands(value).iter().copied());
            }
            for parameter in &block.parameters {
                live.remove(parameter);
            }
            before[id.index()] = live;
        }
        if earlier == before {
            return behind;
        }
    }
}

/// No value is written to a register that holds another live one.
fn check_registers(function: &Function, allocation: &Allocation) {
    let behind = live_behind(function);
    let clash = |value: Value, live: &BTreeSet<Value>| {
        let register = allocation.of(value);
        assert!(u16::from(register) < allocation.count);
        let other = live
            .iter()
            .find(|&&other| other != value && allocation.of(other) == register);
        assert_eq!(other, None, "{value:?} overwrites a live value");
    };
    for &id in &function.order {
        let block = function.block(id);
        let mut live = behind[id.index()].clone();
        live.extend(block.terminator.operand());
        for &value in block.instructions.iter().rev() {
            clash(value, &live);
            let operands = function.operands(value);
            if let Op::Store(_) = function.node(value).op {
                let container_lives = live.contains(&operands[0]) || operands[1..].contains(&operands[0]);
                let same = allocation.of(value) == allocation.of(operands[0]);
                assert!(
                    !(container_lives && same),
                    "a store destroys a value that is needed"
                );
                let others = operands[1..].iter();
                let hit = others
                    .filter(|&&other| allocation.of(other) == allocation.of(value))
                    .count();
                assert_eq!(hit, 0, "the copy of the container overwrites an operand");
            }
            live.remove(&value);
            live.extend(operands.iter().copied());
        }
        for &parameter in &block.parameters {
            live.insert(parameter);
        }
        for &parameter in &block.parameters {
            clash(parameter, &live);
        }
    }
}

proptest! {
    #[test]
    fn forms_are_sound_and_registers_do_not_clash(tape in prop::collection::vec(any::<u16>(), 0..800)) {
        let module = generate::module(&tape);
        for options in [Options::NONE, Options::ALL] {
            let mut types = TypeTable::new(&module.types.entries);
            let mut constants = Constants::default();
            let inlining = Inlining::new(&module, options.inline);
            for index in 0..module.cells.len() as u32 {
                let mut source = Source {
                    module: &module,
                    types: &mut types,
                    constants: &mut constants,
                    inlining: &inlining,
                    options,
                };
                let mut function = build(&mut source, index);
                check_form(&function);
                optimise(&mut function, &types, options);
                check_form(&function);
                let allocation = allocate(&mut function).expect("small cells need few registers");
                check_registers(&function, &allocation);
            }
        }
    }
}

//! Modules that the verifier accepts, grown and mutated: what it says of their registers holds on every edge.

use std::collections::BTreeSet;
use std::sync::Arc;

use lumen_vm::lir::{Handler, Instruction, Module, Opcode, RegisterTypes, TypeId, VerifiedModule, verify};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::grow::{mutated_module, verified_module};

/// Types of all registers.
fn types(registers: &RegisterTypes) -> Vec<Option<TypeId>> {
    (0..registers.count())
        .map(|register| registers.get(register as u8))
        .collect()
}

/// Checks, without the verifier's dataflow, that its block entries are a fixed point: what is claimed at the start of a
/// block holds at the end of every block that leads there.
fn check_claims(verified: &VerifiedModule) {
    for (index, cell) in verified.module().cells.iter().enumerate() {
        let blocks = verified.blocks(index);
        let claim = |offset: usize| {
            let block = blocks.iter().find(|block| block.start == offset);
            types(&block.expect("control reaches only reachable blocks").entry)
        };
        let mut claims = vec![(
            cell.parameters.iter().map(|it| Some(it.ty)).collect::<Vec<_>>(),
            0,
        )];
        claims[0].0.resize(usize::from(cell.registers), None);
        let starts: BTreeSet<usize> = blocks.iter().map(|block| block.start).collect();
        verified.walk(index, |typed| {
            let Instruction { a, .. } = typed.instruction;
            for register in typed.instruction.reads() {
                assert!(
                    typed.before.get(register).is_some(),
                    "a register is read without a type"
                );
            }
            assert_eq!(typed.starts_block, starts.contains(&typed.offset));
            let before = types(typed.before);
            let covers = |handler: &&Handler| (handler.start..handler.end).contains(&(typed.offset as u32));
            if let Some(handler) = cell.handlers.iter().find(covers) {
                claims.push((before.clone(), handler.target as usize));
            }
            let mut after = before.clone();
            if let Some(ty) = typed.result {
                after[usize::from(a)] = Some(ty);
            }
            let next = typed.offset + typed.instruction.length();
            for target in typed.instruction.jump_targets(typed.offset) {
                let writes = typed.instruction.opcode != Opcode::Next;
                let there = if writes { &after } else { &before };
                claims.push((there.clone(), target as usize));
            }
            if typed.instruction.falls_through() && starts.contains(&next) {
                claims.push((after, next));
            }
        });
        for (holds, offset) in claims {
            for (claimed, held) in claim(offset).into_iter().zip(holds) {
                assert!(
                    claimed.is_none() || claimed == held,
                    "word {offset}: {claimed:?} but {held:?}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(128)))]

    #[test]
    fn what_is_claimed_of_grown_modules_holds(module in verified_module()) {
        let verified = verify(Arc::new(module.clone())).expect("grown modules verify");
        check_claims(&verified);
        prop_assert_eq!(Module::decode(&module.encode()), Ok(module.clone()));
        prop_assert_eq!(Module::from_json(&module.to_json()), Ok(module.clone()));
        prop_assert!(!module.disassemble().contains("; word"));
    }

    #[test]
    fn what_is_claimed_of_mutated_modules_holds_if_they_are_accepted(module in mutated_module()) {
        if let Ok(verified) = verify(Arc::new(module)) {
            check_claims(&verified);
        }
    }
}

#[test]
fn growth_uses_most_opcodes_and_branches() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut seen, mut blocks) = (BTreeSet::new(), 0);
    for _ in 0..100 {
        let module = verified_module()
            .new_tree(&mut runner)
            .expect("a module")
            .current();
        let verified = verify(Arc::new(module)).expect("grown modules verify");
        verified.walk(0, |typed| {
            seen.insert(typed.instruction.opcode.info().name);
        });
        blocks = blocks.max(verified.blocks(0).len());
    }
    assert!(
        seen.len() >= 35,
        "only {} of {} opcodes: {seen:?}",
        seen.len(),
        Opcode::TABLE.len()
    );
    assert!(blocks >= 8, "at most {blocks} blocks");
}

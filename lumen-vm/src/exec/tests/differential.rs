//! Random programs that verify, run by the machine and by the reference interpreter: the same value or failure, the same
//! output, and nothing left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::reference::{End, Reference};
use super::{grow, link, programs};
use crate::exec::{Counted, Limits, MemoryOutput, Value, Vm};
use crate::heap::{RuntimeType, TypeRef, Word};
use crate::lir::{CellKind, Module, ModuleId, verify};
use crate::load::{CellRef, Program};

/// What the grown modules import.
const OTHER: &str = r#"{"lir": 3, "id": ":other", "cells": [
    {"name": "twice", "public": true, "parameters": [{"name": "a", "type": "Int"}], "result": "Int",
        "code": [{"op": "add", "a": 0, "b": 0, "c": 0}, {"op": "return", "a": 0}]}
]}"#;

/// A value of a type: of the ones that grown cells take, something that is neither empty nor large.
fn sample(vm: &mut Vm<'_>, ty: TypeRef) -> Word {
    let types = Arc::clone(vm.program.types());
    match types.get(ty) {
        RuntimeType::Int => Word::from_int(2),
        RuntimeType::Float => Word::from_float(1.25),
        RuntimeType::Bool => Word::from_bool(true),
        RuntimeType::Null => Word::NULL,
        RuntimeType::String => vm.heap.string("näme").expect("fits"),
        RuntimeType::Bytes => vm.heap.bytes(b"\0\xff").expect("fits"),
        RuntimeType::List(element) => {
            let words: Vec<Word> = (0..3).map(|_| sample(vm, *element)).collect();
            vm.heap.list_of(ty, &words).expect("fits")
        }
        RuntimeType::Map(key, value) => {
            let (key, value) = (sample(vm, *key), sample(vm, *value));
            let map = vm.heap.map(ty).expect("fits");
            vm.heap.map_insert(map, key, value).expect("fits")
        }
        RuntimeType::Set(element) => {
            let word = sample(vm, *element);
            let set = vm.heap.set(ty).expect("fits");
            vm.heap.set_insert(set, word).expect("fits")
        }
        RuntimeType::Union(members) => {
            let word = sample(vm, members[members.len() - 1]);
            vm.heap.wrap(word, members[members.len() - 1]).expect("fits")
        }
        RuntimeType::Generator(_) => {
            // One that is at its end.
            vm.heap.generator(ty, 0, 0).expect("fits").word()
        }
        RuntimeType::Function(..) => {
            let twice = vm
                .program
                .find_cell(&ModuleId::parse(":other"), "twice")
                .expect("linked");
            vm.heap.closure(ty, vm.program.number(twice), &[]).expect("fits")
        }
        _ => {
            // The variant with the simplest payload, so that recursive types end.
            let variant = (0..types.variant_count(ty) as u32)
                .min_by_key(|&variant| types.parts(ty, variant).len())
                .filter(|_| types.variant_count(ty) > 1)
                .unwrap_or(0);
            let words: Vec<Word> = types
                .parts(ty, variant)
                .to_vec()
                .into_iter()
                .map(|part| sample(vm, part))
                .collect();
            vm.heap.variant(ty, variant, &words).expect("fits")
        }
    }
}

fn arguments(vm: &mut Vm<'_>, cell: CellRef) -> Vec<Value> {
    let types = vm.program.parameter_types(cell).to_vec();
    types
        .into_iter()
        .map(|ty| {
            let word = sample(vm, ty);
            vm.value(word, ty)
        })
        .collect()
}

/// What a run comes to, as text: value or failure with cells and offsets, then the output. Nothing if it went on too long.
fn by_machine(program: &Program, cell: CellRef, limits: Limits) -> Option<String> {
    let mut output = MemoryOutput::default();
    let outcome = {
        let mut vm = Vm::new(program, limits, &mut output);
        let arguments = arguments(&mut vm, cell);
        let outcome = match vm.run(cell, arguments) {
            Ok(value) => {
                let shown = vm.show(&value);
                vm.release(value);
                Some(format!("{shown:?}"))
            }
            Err(failure) => {
                let stack: Vec<(String, u32)> = failure
                    .stack
                    .iter()
                    .map(|frame| (frame.name.clone(), frame.offset))
                    .collect();
                (!failure.message.starts_with("out of")).then(|| {
                    format!(
                        "{:?} {} {:?} {stack:?}",
                        failure.kind, failure.message, failure.details
                    )
                })
            }
        };
        assert_eq!(
            vm.live_objects(),
            0,
            "the machine leaks after {outcome:?}: {}",
            listing(program, cell)
        );
        outcome
    };
    outcome.map(|outcome| format!("{outcome}\n{output:?}"))
}

/// The LIR of a cell's module.
fn listing(program: &Program, cell: CellRef) -> String {
    program.locate(program.number(cell)).0.lir().disassemble()
}

/// What the reference interpreter has counted.
struct Trace {
    counts: BTreeMap<(usize, Counted), u64>,
    same_ways: BTreeSet<(usize, Counted)>,
}

/// What a run comes to, and what it has counted.
fn by_reference(program: &Program, cell: CellRef) -> Option<(String, Trace)> {
    let mut unused = MemoryOutput::default();
    let mut vm = Vm::new(program, Limits::default(), &mut unused);
    let words: Vec<Word> = arguments(&mut vm, cell)
        .into_iter()
        .map(|value| value.word)
        .collect();
    let mut reference = Reference {
        vm: &mut vm,
        output: MemoryOutput::default(),
        steps: 1000,
        suspended: Default::default(),
        counts: Default::default(),
        same_ways: Default::default(),
    };
    let ended = reference.call(program.number(cell), &words);
    let output = reference.output;
    let trace = Trace {
        counts: reference.counts,
        same_ways: reference.same_ways,
    };
    let outcome = match ended {
        Ok(word) => {
            let value = vm.value(word, program.result_type(cell));
            let shown = vm.show(&value);
            vm.release(value);
            format!("{shown:?}")
        }
        Err(End::Failed(failure, stack)) => {
            let stack: Vec<(String, u32)> = stack
                .into_iter()
                .map(|(cell, offset)| {
                    let (module, position) = program.locate(cell);
                    (module.lir().cells[position].name.clone(), offset as u32)
                })
                .collect();
            format!(
                "{:?} {} {:?} {stack:?}",
                failure.kind, failure.message, failure.details
            )
        }
        Err(End::OutOfSteps) => return None,
    };
    assert_eq!(vm.live_objects(), 0, "the reference leaks");
    Some((format!("{outcome}\n{output:?}"), trace))
}

fn grown_program(module: Module) -> (Program, CellRef) {
    let modules = [module, Module::from_json(OTHER).expect("a module")]
        .map(|module| verify(Arc::new(module)).expect("verifies"));
    let program = Program::link(&modules).expect("links");
    let main = program
        .find_cell(&ModuleId::parse(":grown"), "main")
        .expect("a cell `main`");
    (program, main)
}

fn agree(module: Module) -> Result<(), TestCaseError> {
    let listing = module.disassemble();
    let limits = Limits {
        fuel: Some(2000),
        bytes: 1 << 22,
    };
    let (program, main) = grown_program(module.clone());
    let machine = by_machine(&program, main, limits);
    let reference = by_reference(&program, main);
    if let (Some(machine), Some((reference, trace))) = (machine, reference) {
        prop_assert_eq!(&machine, &reference, "{}", listing);
        let counting = grown_program(module).0.counting();
        prop_assert_eq!(
            by_machine(&counting, main, limits),
            Some(reference),
            "{}",
            listing
        );
        same_counts(&counting, &trace, &listing)?;
    }
    Ok(())
}

/// Whether the machine counted what a count of each instruction by itself comes to. Constants are kept, so that the machine
/// computes them less often.
fn same_counts(program: &Program, trace: &Trace, listing: &str) -> Result<(), TestCaseError> {
    let counts: BTreeMap<usize, BTreeMap<Counted, u64>> = program
        .counted_cells()
        .map(|(cell, counts)| (cell, counts.into_iter().collect()))
        .collect();
    let of_constant = |cell: usize| program.view(cell).cell().kind == CellKind::Constant;
    if counts.keys().any(|&cell| of_constant(cell)) {
        return Ok(());
    }
    for (&(cell, counted), &expected) in &trace.counts {
        let counts = &counts[&cell];
        let count = match counted {
            Counted::Instruction(_) => counts
                .range(Counted::Instruction(0)..=counted)
                .next_back()
                .map(|(_, &count)| count),
            // A condition that holds is what is left of the jump.
            _ => counts.get(&counted).copied().or(Some(expected)),
        };
        prop_assert_eq!(
            count,
            Some(expected),
            "{:?} of cell {}: {}",
            counted,
            cell,
            listing
        );
    }
    for (&cell, counts) in &counts {
        for (&counted, &count) in counts {
            let known = trace.counts.get(&(cell, counted)).copied().unwrap_or(0);
            if counted != Counted::Start && !trace.same_ways.contains(&(cell, counted)) {
                prop_assert_eq!(count, known, "{:?} of cell {}: {}", counted, cell, listing);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 300,
        ..ProptestConfig::default()
    })]

    #[test]
    fn machine_and_reference_agree_on_grown_modules(module in grow::verified_module()) {
        agree(module)?;
    }

    #[test]
    fn machine_and_reference_agree_on_structured_programs(module in programs::structured_module()) {
        agree(module)?;
    }

    #[test]
    fn any_budget_ends_a_run_without_leaks(
        grown in grow::verified_module(),
        structured in programs::structured_module(),
        bytes in 9000..20_000_usize,
        fuel in 0..40_u64,
    ) {
        for module in [grown, structured] {
            let (program, main) = grown_program(module);
            by_machine(&program, main, Limits { fuel: Some(fuel), bytes: 1 << 20 });
            by_machine(&program, main, Limits { fuel: Some(2000), bytes });
        }
    }
}

#[test]
fn a_program_is_shared_by_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&link(&[OTHER]));
}

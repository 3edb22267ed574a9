//! A generator of modules that verify: random instructions, of which each is kept if the module still verifies with it.
//!
//! `main` calls the cell `f` that was grown, with a value of most forms; the tests of the machine run it.

use std::sync::Arc;

use lumen_vm::lir::{Assembler, Format, Module, Opcode, PathStep, verify};
use proptest::collection::vec;
use proptest::prelude::*;

/// An instruction that may or may not fit. Operands are reduced to what the module has.
#[derive(Clone, Debug)]
struct Candidate {
    opcode: Opcode,
    bytes: [u8; 2],
    words: [u32; 2],
    list: Vec<u8>,
    /// Index of an instruction, for jumps.
    targets: [usize; 3],
}

/// What the growth of `f` starts from: a value of most forms in a register each.
const SEED: &str = r##"{
    "lir": 2, "id": ":grown",
    "constants": [{"int": 5000000000}, {"float": "0.5"}, {"string": "text"}, {"bytes": "00ff"}],
    "types": ["Int", "Float", "Bool", "Null", "String", "Bytes", "list[Int]", "list[String]", "map[String, Int]",
        "set[Int]", "(Int, Float)", "result[Int, String]", "Int | Null", "String | Int | Null", "Point", "Shape",
        "list[Point]", "fn(Int) -> Int", "(Int, Int)", "list[(Int, Int)]", "list[list[Int]]", "list[Int | Null]"],
    "nominals": [
        {"name": "Point", "record": [{"name": "x", "type": "Int"}, {"name": "shape", "type": "Shape"}]},
        {"name": "Shape", "enum": [{"name": "Dot"}, {"name": "Circle", "payload": ["Float"]}, {"name": "Many", "payload": ["list[Point]"]}]}
    ],
    "imported_cells": [{"module": ":other", "name": "twice", "parameters": ["Int"], "result": "Int"}],
    "cells": [
        {"name": "f", "parameters": [
            {"name": "a", "type": "Int"}, {"name": "b", "type": "Float"}, {"name": "c", "type": "Bool"}, {"name": "d", "type": "String"},
            {"name": "e", "type": "list[Int]"}, {"name": "f", "type": "map[String, Int]"}, {"name": "g", "type": "Point"},
            {"name": "h", "type": "Shape"}, {"name": "i", "type": "Int | Null"}, {"name": "j", "type": "result[Int, String]"},
            {"name": "k", "type": "fn(Int) -> Int"}, {"name": "l", "type": "list[Point]"}, {"name": "m", "type": "(Int, Float)"}
        ], "result": "Int", "registers": 18, "code": [{"op": "return", "a": 0}]},
        {"name": "plus", "parameters": [{"name": "a", "type": "Int"}, {"name": "b", "type": "Int"}], "result": "Int",
            "code": [{"op": "add", "a": 0, "b": 0, "c": 1}, {"op": "return", "a": 0}]},
        {"name": "main", "result": "Int", "code": [
            {"op": "load_int", "a": 0, "value": 3},
            {"op": "load_constant", "a": 1, "constant": {"float": "0.5"}},
            {"op": "load_bool", "a": 2, "b": 1},
            {"op": "load_constant", "a": 3, "constant": {"string": "text"}},
            {"op": "list", "a": 4, "type": "list[Int]", "arguments": [0, 0]},
            {"op": "map", "a": 5, "type": "map[String, Int]", "arguments": [3, 0]},
            {"op": "variant", "a": 7, "type": "Shape", "variant": 1, "arguments": [1]},
            {"op": "record", "a": 6, "type": "Point", "arguments": [0, 7]},
            {"op": "wrap", "a": 8, "b": 0, "type": "Int | Null"},
            {"op": "variant", "a": 9, "type": "result[Int, String]", "variant": 0, "arguments": [0]},
            {"op": "closure", "a": 10, "cell": "plus", "type": "fn(Int) -> Int", "arguments": [0]},
            {"op": "list", "a": 11, "type": "list[Point]", "arguments": [6, 6]},
            {"op": "tuple", "a": 12, "type": "(Int, Float)", "arguments": [0, 1]},
            {"op": "call", "a": 0, "cell": "f", "arguments": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]},
            {"op": "return", "a": 0}
        ]}
    ]
}"##;
const REGISTERS: u8 = 18;

/// Modules that verify, with branches, loops and most opcodes.
pub(crate) fn verified_module() -> impl Strategy<Value = Module> {
    vec(candidate(), 0..250).prop_map(|candidates| {
        let mut module = Module::from_json(SEED).expect("the seed is a module");
        let mut kept: Vec<Candidate> = Vec::new();
        for candidate in candidates {
            kept.push(candidate);
            let code = std::mem::replace(&mut module.cells[0].code, assemble(&kept));
            if !is_sound(&module) {
                module.cells[0].code = code;
                kept.pop();
            }
        }
        module
    })
}

/// Whether the module verifies and control still reaches the end of `f`, so that what is added there matters.
fn is_sound(module: &Module) -> bool {
    let end = module.cells[0].code.len();
    let verified = verify(Arc::new(module.clone()));
    verified.is_ok_and(|verified| verified.blocks(0).last().is_some_and(|block| block.end == end))
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let opcodes: Vec<Opcode> = Opcode::TABLE.iter().map(|row| row.opcode).collect();
    let register = 0..REGISTERS;
    (
        prop::sample::select(opcodes),
        [register.clone(), register.clone()],
        [0..110u32, 0..22u32],
        vec(register, 0..4),
        [
            any::<prop::sample::Index>(),
            any::<prop::sample::Index>(),
            any::<prop::sample::Index>(),
        ],
    )
        .prop_map(|(opcode, bytes, words, list, targets)| {
            let targets = targets.map(|index| index.index(1 << 20));
            Candidate {
                opcode,
                bytes,
                words,
                list,
                targets,
            }
        })
}

fn assemble(candidates: &[Candidate]) -> Vec<u32> {
    let mut code = Assembler::new();
    let labels: Vec<_> = (0..=candidates.len()).map(|_| code.label()).collect();
    for (index, candidate) in candidates.iter().enumerate() {
        code.bind(labels[index]);
        let Candidate {
            opcode,
            bytes: [a, b],
            words: [w, v],
            list,
            targets,
        } = candidate;
        let (opcode, a, b, w, v) = (*opcode, *a, *b, *w, *v);
        // A target keeps its meaning while the cell grows: it is at most a few instructions ahead.
        let target = |number: usize| labels[(targets[number] % (index + 3)).min(candidates.len())];
        let c = list.first().copied().unwrap_or(0);
        match opcode.info().format {
            Format::Abc if matches!(opcode, Opcode::Return | Opcode::Yield) => code.plain(opcode, a, 0, 0),
            Format::Abc if matches!(opcode, Opcode::LoadBool | Opcode::Halt) => {
                code.plain(opcode, a, b % 2, 0)
            }
            Format::Abc if matches!(opcode, Opcode::LoadNull) => code.plain(opcode, a, 0, 0),
            Format::Abc if matches!(opcode, Opcode::Move | Opcode::Negate | Opcode::Not) => {
                code.plain(opcode, a, b, 0);
            }
            Format::Abc => code.plain(opcode, a, b, c),
            Format::AbcW if opcode == Opcode::Jump => code.jump(opcode, 0, target(0)),
            Format::AbcW if matches!(opcode, Opcode::JumpIf | Opcode::JumpIfNot) => {
                code.jump(opcode, a, target(0));
            }
            Format::AbcW if opcode == Opcode::LoadInt => code.word(opcode, a, 0, w),
            Format::AbcW if opcode == Opcode::LoadConstant => code.word(opcode, a, 0, w % 4),
            Format::AbcW if matches!(opcode, Opcode::GetField | Opcode::IsVariant) => {
                code.word(opcode, a, b, w % 3);
            }
            Format::AbcW => code.word(opcode, a, b, w % 22),
            Format::AbcWArgs if opcode == Opcode::Call => code.arguments(opcode, a, 0, w % 4, list),
            Format::AbcWArgs if opcode == Opcode::CallValue => code.arguments(opcode, a, b, 17, list),
            Format::AbcWArgs => code.arguments(opcode, a, 0, w % 22, list),
            Format::AbcWvArgs if opcode == Opcode::GetPayload => {
                code.words_arguments(opcode, a, b, [w % 3, v % 2], &[]);
            }
            Format::AbcWvArgs if opcode == Opcode::Variant => {
                code.words_arguments(opcode, a, 0, [w % 22, v % 3], list);
            }
            Format::AbcWvArgs => code.words_arguments(opcode, a, 0, [w, v], list),
            Format::AbcPath => {
                let step = |(position, &register): (usize, &u8)| match position % 2 {
                    0 => PathStep::Index(register),
                    _ => PathStep::Position(u32::from(register) % 2),
                };
                let path: Vec<PathStep> = list.iter().enumerate().map(step).collect();
                code.path(opcode, a, b, &path);
            }
            Format::AbcTable => code.switch(a, &[target(0), target(1), target(2)]),
        }
    }
    code.bind(labels[candidates.len()]);
    code.plain(Opcode::Return, 0, 0, 0);
    code.finish()
}

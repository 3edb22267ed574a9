//! A generator of modules that verify: random instructions, of which each is kept if the module still verifies with it.
//!
//! `main` calls the cell `f` that was grown, with a value of most forms; the tests of the machine run it.

use std::sync::Arc;

use lumen_vm::lir::{Assembler, Format, Handler, Module, Opcode, PathStep, Type, verify};
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
    "lir": 3, "id": ":grown",
    "constants": [{"int": 5000000000}, {"float": "0.5"}, {"string": "text"}, {"bytes": "00ff"}],
    "types": ["Int", "Float", "Bool", "Null", "String", "Bytes", "list[Int]", "list[String]", "map[String, Int]",
        "set[Int]", "(Int, Float)", "result[Int, String]", "Int | Null", "String | Int | Null", "Point", "Shape",
        "list[Point]", "fn(Int) -> Int", "(Int, Int)", "list[(Int, Int)]", "list[list[Int]]", "list[Int | Null]",
        "generator[Int]"],
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
            {"name": "k", "type": "fn(Int) -> Int"}, {"name": "l", "type": "list[Point]"}, {"name": "m", "type": "(Int, Float)"},
            {"name": "n", "type": "generator[Int]"}
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
            {"op": "call", "a": 13, "cell": "upwards", "arguments": [0, 3]},
            {"op": "call", "a": 0, "cell": "f", "arguments": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]},
            {"op": "return", "a": 0}
        ]},
        {"name": "upwards", "generator": true, "result": "generator[Int]", "registers": 4,
            "parameters": [{"name": "from", "type": "Int"}, {"name": "note", "type": "String"}],
            "handlers": [{"start": 0, "end": 5, "target": 5}], "code": [
            {"op": "yield", "a": 0, "label": "again"},
            {"op": "add", "a": 0, "b": 0, "c": 0},
            {"op": "jump", "to": "again"},
            {"op": "return", "a": 2},
            {"op": "intrinsic", "a": 2, "intrinsic": "print", "type": "Null", "arguments": [1]},
            {"op": "rethrow"}
        ]}
    ]
}"##;
/// As [`SEED`], with a generic `f`, which `main` calls by several instances.
const GENERIC_SEED: &str = include_str!("grow_generic.lir.json");
const REGISTERS: u8 = 18;

/// What operands are reduced to.
struct Extent {
    types: u32,
    /// Cells, imported ones, instances and methods of `f`.
    cells: u32,
    /// The first function type.
    function: u32,
}

impl Extent {
    fn of(module: &Module) -> Extent {
        let cells = module.cells.len() + module.imported_cells.len() + module.instances.len();
        let function = |ty: &Type| matches!(ty, Type::Function(..));
        Extent {
            types: module.types.len() as u32,
            cells: (cells + module.cells[0].generics.methods.len()) as u32,
            function: module.types.iter().position(function).expect("a function type") as u32,
        }
    }
}

/// Modules that verify, with branches, loops, a handler and most opcodes, and some of them with generic cells.
pub(crate) fn verified_module() -> impl Strategy<Value = Module> {
    let covered = [any::<prop::sample::Index>(), any::<prop::sample::Index>()];
    let parts = (vec(candidate(), 0..250), vec(candidate(), 0..60));
    (any::<bool>(), parts, covered).prop_map(|(generic, (main, handler), covered)| {
        let seed = if generic { GENERIC_SEED } else { SEED };
        let mut module = Module::from_json(seed).expect("the seed is a module");
        let mut body = Body::new(&module);
        main.into_iter()
            .for_each(|candidate| body.grow(&mut module, candidate, |body| &mut body.main));
        let [one, other] = covered.map(|index| index.index(body.main.len() + 1));
        body.covered = Some((one.min(other), one.max(other) + 1));
        if body.put(&mut module) {
            handler
                .into_iter()
                .for_each(|candidate| body.grow(&mut module, candidate, |body| &mut body.handler));
        }
        module
    })
}

/// Such modules with a few bytes of the code of `f` changed, which the verifier may refuse.
pub(crate) fn mutated_module() -> impl Strategy<Value = Module> {
    let edits = vec((any::<prop::sample::Index>(), 0..4u32, 0..20u8), 1..4);
    (verified_module(), edits).prop_map(|(mut module, edits)| {
        let code = &mut module.cells[0].code;
        for (index, byte, value) in edits {
            let at = index.index(code.len());
            let word = &mut code[at];
            *word = *word & !(0xff << (8 * byte)) | u32::from(value) << (8 * byte);
        }
        module
    })
}

/// What `f` is made of: its code up to a `return`, then that of a handler up to a `rethrow`.
struct Body {
    extent: Extent,
    main: Vec<Candidate>,
    handler: Vec<Candidate>,
    /// First instruction that the handler covers, and one past the last; nothing if there is no handler.
    covered: Option<(usize, usize)>,
}

impl Body {
    fn new(module: &Module) -> Body {
        Body {
            extent: Extent::of(module),
            main: Vec::new(),
            handler: Vec::new(),
            covered: None,
        }
    }

    /// Adds an instruction, if the module is sound with it.
    fn grow(
        &mut self,
        module: &mut Module,
        candidate: Candidate,
        part: impl Fn(&mut Body) -> &mut Vec<Candidate>,
    ) {
        part(self).push(candidate);
        if !self.put(module) {
            part(self).pop();
        }
    }

    /// Makes this the code of `f`, if the module is sound with it.
    fn put(&self, module: &mut Module) -> bool {
        let mut code = Assembler::new();
        let mut offsets = append(&mut code, &self.main, &self.extent);
        code.plain(Opcode::Return, 0, 0, 0);
        let mut handlers = Vec::new();
        if let Some((start, end)) = self.covered {
            let target = code.offset();
            offsets.push(target);
            let [start, end, target] = [offsets[start], offsets[end], target].map(|offset| offset as u32);
            handlers.push(Handler { start, end, target });
            append(&mut code, &self.handler, &self.extent);
            code.plain(Opcode::Rethrow, 0, 0, 0);
        }
        let cell = &mut module.cells[0];
        let old = (
            std::mem::replace(&mut cell.code, code.finish()),
            std::mem::replace(&mut cell.handlers, handlers),
        );
        let sound = is_sound(module);
        if !sound {
            (module.cells[0].code, module.cells[0].handlers) = old;
        }
        sound
    }
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
        [0..120u32, 0..120u32],
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

/// Appends instructions; yields the word offsets of each and of what follows.
fn append(code: &mut Assembler, candidates: &[Candidate], extent: &Extent) -> Vec<usize> {
    let mut offsets = Vec::new();
    let labels: Vec<_> = (0..=candidates.len()).map(|_| code.label()).collect();
    for (index, candidate) in candidates.iter().enumerate() {
        code.bind(labels[index]);
        offsets.push(code.offset());
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
            Format::Abc if matches!(opcode, Opcode::Return | Opcode::Yield | Opcode::Close) => {
                code.plain(opcode, a, 0, 0);
            }
            Format::Abc if opcode == Opcode::Rethrow => code.plain(opcode, 0, 0, 0),
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
            Format::AbcW if opcode == Opcode::Next => code.next(a, b, target(0)),
            Format::AbcW if opcode == Opcode::LoadInt => code.word(opcode, a, 0, w),
            Format::AbcW if opcode == Opcode::LoadConstant => code.word(opcode, a, 0, w % 4),
            Format::AbcW if matches!(opcode, Opcode::GetField | Opcode::IsVariant) => {
                code.word(opcode, a, b, w % 3);
            }
            Format::AbcW => code.word(opcode, a, b, w % extent.types),
            Format::AbcWArgs if opcode == Opcode::Call => {
                code.arguments(opcode, a, 0, w % extent.cells, list);
            }
            Format::AbcWArgs if opcode == Opcode::CallValue => {
                code.arguments(opcode, a, b, extent.function, list);
            }
            Format::AbcWArgs => code.arguments(opcode, a, 0, w % extent.types, list),
            Format::AbcWvArgs if opcode == Opcode::GetPayload => {
                code.words_arguments(opcode, a, b, [w % 3, v % 2], &[]);
            }
            Format::AbcWvArgs if opcode == Opcode::Variant => {
                code.words_arguments(opcode, a, 0, [w % extent.types, v % 3], list);
            }
            Format::AbcWvArgs if opcode == Opcode::Closure => {
                code.words_arguments(opcode, a, 0, [w % extent.cells, v % extent.types], list);
            }
            Format::AbcWvArgs => code.words_arguments(opcode, a, 0, [w, v % extent.types], list),
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
    offsets.push(code.offset());
    offsets
}

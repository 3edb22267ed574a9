//! Random structured programs: like what a compiler emits, every register has one type throughout, and control is
//! sequences, branches, switches and counted loops. They run longer than modules grown at random.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::lir::{Assembler, Handler, Intrinsic, Module, Opcode, PathStep};

/// Types by number, and what a cell starts from: two registers of most types, all of them parameters.
const FRAME: &str = r##"{
    "lir": 3, "id": ":grown",
    "constants": [{"int": 9223372036854775807}, {"float": "0.1"}, {"string": "tëxt"}, {"bytes": "00ff"}],
    "types": ["Int", "Float", "Bool", "Null", "String", "list[Int]", "map[String, Int]", "Point", "Shape", "Int | Null",
        "result[Int, String]", "fn(Int) -> Int", "list[Point]", "(Int, Float)", "list[String]", "set[Int]",
        "list[list[Int]]", "map[Int, list[Int]]", "Float | String | list[Int]", "generator[list[Int]]"],
    "nominals": [
        {"name": "Point", "record": [{"name": "x", "type": "Int"}, {"name": "shape", "type": "Shape"}]},
        {"name": "Shape", "enum": [{"name": "Dot"}, {"name": "Circle", "payload": ["Float"]}, {"name": "Many", "payload": ["list[Point]"]}]}
    ],
    "cells": [
        {"name": "main", "parameters": [PARAMETERS], "result": "(Int, Float)", "code": [{"op": "return", "a": 26}]},
        {"name": "plus", "parameters": [{"name": "a", "type": "Int"}, {"name": "b", "type": "Int"}], "result": "Int",
            "code": [{"op": "add", "a": 0, "b": 0, "c": 1}, {"op": "return", "a": 0}]},
        {"name": "push", "parameters": [{"name": "a", "type": "list[Int]"}, {"name": "b", "type": "Int"}], "result": "list[Int]",
            "code": [{"op": "intrinsic", "a": 0, "intrinsic": "append", "type": "list[Int]", "arguments": [0, 1]},
                {"op": "store", "a": 0, "b": 1, "path": [{"index": 1}]}, {"op": "return", "a": 0}]},
        {"name": "first", "parameters": [{"name": "a", "type": "list[Point]"}, {"name": "b", "type": "list[Int]"}], "result": "Point",
            "code": [{"op": "load_int", "a": 2, "value": 0}, {"op": "index", "a": 0, "b": 0, "c": 2}, {"op": "return", "a": 0}]},
        {"name": "second", "parameters": [{"name": "a", "type": "Int"}, {"name": "b", "type": "list[Int]"}, {"name": "c", "type": "Int"}],
            "result": "Int", "code": [{"op": "index", "a": 1, "b": 1, "c": 2}, {"op": "add", "a": 1, "b": 1, "c": 0}, {"op": "return", "a": 1}]},
        {"name": "lists", "generator": true, "parameters": [PARAMETERS], "result": "generator[list[Int]]", "code": [{"op": "return", "a": 6}]}
    ]
}"##;
const TYPES: [&str; 20] = [
    "Int",
    "Float",
    "Bool",
    "Null",
    "String",
    "list[Int]",
    "map[String, Int]",
    "Point",
    "Shape",
    "Int | Null",
    "result[Int, String]",
    "fn(Int) -> Int",
    "list[Point]",
    "(Int, Float)",
    "list[String]",
    "set[Int]",
    "list[list[Int]]",
    "map[Int, list[Int]]",
    "Float | String | list[Int]",
    "generator[list[Int]]",
];
// Positions in `TYPES`; the registers of type `t` are `2 * t` and `2 * t + 1`.
const INT: u8 = 0;
const FLOAT: u8 = 1;
const BOOL: u8 = 2;
const NULL: u8 = 3;
const TEXT: u8 = 4;
const LIST: u8 = 5;
const MAP: u8 = 6;
const POINT: u8 = 7;
const SHAPE: u8 = 8;
const MAYBE: u8 = 9;
const RESULT: u8 = 10;
const FUNCTION: u8 = 11;
const POINTS: u8 = 12;
const PAIR: u8 = 13;
const TEXTS: u8 = 14;
const SET: u8 = 15;
const LISTS: u8 = 16;
const INDEX: u8 = 17;
const MIXED: u8 = 18;
const GENERATOR: u8 = 19;
/// Counters of loops, which nothing else writes.
const COUNTERS: u8 = 2 * TYPES.len() as u8;

/// Modules with two such programs, `main` and the generator `lists`.
pub(super) fn structured_module() -> impl Strategy<Value = Module> {
    [vec(any::<u32>(), 1..120), vec(any::<u32>(), 1..60)].prop_map(|choices| {
        let parameters: Vec<String> = (0..2 * TYPES.len())
            .map(|register| format!(r#"{{"name": "p{register}", "type": "{}"}}"#, TYPES[register / 2]))
            .collect();
        let text = FRAME.replace("PARAMETERS", &parameters.join(", "));
        let mut module = Module::from_json(&text).expect("the frame is a module");
        for ((cell, value), choices) in [(0, PAIR), (LISTS_CELL, NULL)].into_iter().zip(choices) {
            let mut writer = Writer {
                code: Assembler::new(),
                choices: choices.into_iter(),
                handlers: Vec::new(),
                yields: cell == LISTS_CELL,
            };
            writer.sequence(0);
            writer.code.plain(Opcode::Return, 2 * value, 0, 0);
            let cell = &mut module.cells[cell];
            cell.code = writer.code.finish();
            cell.handlers = writer.handlers;
            cell.registers = u16::from(COUNTERS) + 2 * u16::from(DEEPEST);
        }
        module
    })
}

/// The generator, among the cells.
const LISTS_CELL: usize = 5;
/// Deepest nesting of statements.
const DEEPEST: u8 = 4;

struct Writer {
    code: Assembler,
    choices: std::vec::IntoIter<u32>,
    /// Innermost first.
    handlers: Vec<Handler>,
    /// Whether the code may yield.
    yields: bool,
}

impl Writer {
    fn sequence(&mut self, depth: u8) {
        while let Some(choice) = self.choices.next() {
            if choice % 9 == 0 && depth > 0 {
                return;
            }
            self.statement(choice / 9, depth);
        }
    }

    fn statement(&mut self, choice: u32, depth: u8) {
        let nested = depth + 1 < DEEPEST;
        match choice % 12 {
            0 if nested => self.branch(choice / 12, depth),
            1 if nested => self.repeat(choice / 12, depth),
            2 if nested => self.switch(choice / 12, depth),
            3 if nested => self.protect(choice / 12, depth),
            4 | 5 => self.generator(choice / 12),
            _ => self.operation(choice / 12),
        }
    }

    fn branch(&mut self, choice: u32, depth: u8) {
        let [otherwise, end] = [self.code.label(), self.code.label()];
        let [a, b, target] = [pick(INT, choice), pick(INT, choice / 2), pick(BOOL, choice / 4)];
        match choice / 8 % 4 {
            0 => {}
            1 => self.code.plain(Opcode::Less, target, a, b),
            2 => self
                .code
                .word(Opcode::IsVariant, target, pick(SHAPE, choice / 4), 2),
            _ => self.code.word(Opcode::IsType, target, pick(MAYBE, choice / 4), 3),
        }
        let opcode = if (choice / 32).is_multiple_of(2) {
            Opcode::JumpIf
        } else {
            Opcode::JumpIfNot
        };
        self.code.jump(opcode, target, otherwise);
        self.sequence(depth + 1);
        self.code.jump(Opcode::Jump, 0, end);
        self.code.bind(otherwise);
        self.sequence(depth + 1);
        self.code.bind(end);
    }

    /// `for counter in 0..n`, with the test at the start or at the end, by `<` or `<=`.
    fn repeat(&mut self, choice: u32, depth: u8) {
        let [counter, limit] = [COUNTERS + 2 * depth, COUNTERS + 2 * depth + 1];
        let (step, test) = (pick(INT, choice), pick(BOOL, choice / 2));
        let [head, end] = [self.code.label(), self.code.label()];
        let opcode = if (choice / 16).is_multiple_of(2) {
            Opcode::Less
        } else {
            Opcode::LessEqual
        };
        let test_at_end = (choice / 32).is_multiple_of(2);
        self.code.word(Opcode::LoadInt, counter, 0, 0);
        self.code.word(Opcode::LoadInt, limit, 0, choice / 4 % 4);
        if test_at_end {
            self.code.jump(Opcode::Jump, 0, end);
            self.code.bind(head);
            self.code.word(Opcode::LoadInt, step, 0, 1);
            self.code.plain(Opcode::Add, counter, counter, step);
            self.code.bind(end);
            self.sequence(depth + 1);
            self.code.plain(opcode, test, counter, limit);
            self.code.jump(Opcode::JumpIf, test, head);
            return;
        }
        self.code.bind(head);
        self.code.plain(opcode, test, counter, limit);
        self.code.jump(Opcode::JumpIfNot, test, end);
        self.sequence(depth + 1);
        self.code.word(Opcode::LoadInt, step, 0, 1);
        self.code.plain(Opcode::Add, counter, counter, step);
        self.code.jump(Opcode::Jump, 0, head);
        self.code.bind(end);
    }

    /// Code with a handler that prints two registers, does something itself and rethrows.
    fn protect(&mut self, choice: u32, depth: u8) {
        let end = self.code.label();
        let start = self.code.offset();
        self.sequence(depth + 1);
        self.code.jump(Opcode::Jump, 0, end);
        let target = self.code.offset();
        for ty in [choice, choice / 19] {
            let shown = pick((ty % 19) as u8, choice / 8);
            let words = [Intrinsic::Print as u32, u32::from(NULL)];
            self.code
                .words_arguments(Opcode::Intrinsic, pick(NULL, choice), 0, words, &[shown]);
        }
        let yields = std::mem::replace(&mut self.yields, false);
        self.sequence(depth + 1);
        self.yields = yields;
        self.code.plain(Opcode::Rethrow, 0, 0, 0);
        self.code.bind(end);
        self.handlers.push(Handler {
            start: start as u32,
            end: target as u32,
            target: target as u32,
        });
    }

    fn generator(&mut self, choice: u32) {
        let (kind, rest) = (choice % 6, choice / 6);
        let [a, b] = [pick(GENERATOR, rest), pick(GENERATOR, rest / 2)];
        match kind {
            0 => {
                let arguments: Vec<u8> = (0..2 * TYPES.len() as u8).collect();
                self.code
                    .arguments(Opcode::Call, a, 0, LISTS_CELL as u32, &arguments);
            }
            1 => self.code.plain(Opcode::Close, a, 0, 0),
            2 => self.code.plain(Opcode::Move, a, b, 0),
            3 if self.yields => self.code.plain(Opcode::Yield, pick(LIST, rest), 0, 0),
            _ => {
                let end = self.code.label();
                self.code.next(pick(LIST, rest / 4), a, end);
                self.code.bind(end);
            }
        }
    }

    fn switch(&mut self, choice: u32, depth: u8) {
        let labels = [self.code.label(), self.code.label(), self.code.label()];
        let end = self.code.label();
        self.code.switch(pick(SHAPE, choice), &labels);
        for label in labels {
            self.code.bind(label);
            self.sequence(depth + 1);
            self.code.jump(Opcode::Jump, 0, end);
        }
        self.code.bind(end);
    }

    fn operation(&mut self, choice: u32) {
        match choice % 5 {
            0 => self.scalar(choice / 5),
            1 => self.access(choice / 5),
            2 => self.store(choice / 5),
            3 => self.build(choice / 5),
            _ => self.call(choice / 5),
        }
    }

    fn scalar(&mut self, choice: u32) {
        let (kind, rest) = (choice % 14, choice / 14);
        let of = |ty| [pick(ty, rest), pick(ty, rest / 2), pick(ty, rest / 4)];
        let arithmetic = [
            Opcode::Add,
            Opcode::Subtract,
            Opcode::Multiply,
            Opcode::Divide,
            Opcode::Remainder,
        ];
        let comparisons = [Opcode::Equal, Opcode::Less, Opcode::LessEqual];
        let arithmetic = arithmetic[(rest / 8) as usize % arithmetic.len()];
        let comparison = comparisons[(rest / 8) as usize % comparisons.len()];
        match kind {
            0 | 1 => self.code.word(Opcode::LoadInt, of(INT)[0], 0, rest / 8 % 3),
            2 => self.code.word(Opcode::LoadConstant, of(FLOAT)[0], 0, 1),
            3 => self.code.word(Opcode::LoadConstant, of(TEXT)[0], 0, 2),
            4 | 5 => self.three(arithmetic, of(INT)),
            6 => self.three(arithmetic, of(FLOAT)),
            7 => {
                let ty = [INT, FLOAT, TEXT, LIST, BOOL][(rest / 32) as usize % 5];
                self.code.plain(
                    comparison,
                    pick(BOOL, rest),
                    pick(ty, rest / 2),
                    pick(ty, rest / 4),
                );
            }
            8 => {
                let ty =
                    [MAP, POINT, SHAPE, MAYBE, RESULT, POINTS, PAIR, SET, MIXED][(rest / 32) as usize % 9];
                self.code.plain(
                    Opcode::Equal,
                    pick(BOOL, rest),
                    pick(ty, rest / 2),
                    pick(ty, rest / 4),
                );
            }
            9 => self.code.plain(Opcode::Not, of(BOOL)[0], of(BOOL)[1], 0),
            _ => {
                let ty = (rest / 8 % TYPES.len() as u32) as u8;
                self.code
                    .plain(Opcode::Move, pick(ty, rest), pick(ty, rest / 2), 0);
            }
        }
    }

    fn three(&mut self, opcode: Opcode, [a, b, c]: [u8; 3]) {
        self.code.plain(opcode, a, b, c);
    }

    fn access(&mut self, choice: u32) {
        let (kind, rest) = (choice % 14, choice / 14);
        let of = |ty| pick(ty, rest);
        let from = |ty| pick(ty, rest / 2);
        let at = pick(INT, rest / 4);
        match kind {
            0 => self.code.plain(Opcode::Index, of(INT), from(LIST), at),
            1 => self
                .code
                .plain(Opcode::Index, of(INT), from(MAP), pick(TEXT, rest / 4)),
            2 => self.code.plain(Opcode::Index, of(TEXT), from(TEXT), at),
            3 => self.code.plain(Opcode::Index, of(POINT), from(POINTS), at),
            4 => self.code.plain(Opcode::Index, of(LIST), from(LISTS), at),
            5 => self.code.plain(Opcode::Index, of(LIST), from(INDEX), at),
            6 => {
                self.code.plain(Opcode::Index, of(POINT), from(POINTS), at);
                self.code.word(Opcode::GetField, of(INT), of(POINT), 0);
            }
            7 => self.code.word(Opcode::GetField, of(SHAPE), from(POINT), 1),
            8 => self.code.word(Opcode::GetField, of(FLOAT), from(PAIR), 1),
            9 => self
                .code
                .words_arguments(Opcode::GetPayload, of(POINTS), from(SHAPE), [2, 0], &[]),
            10 => self
                .code
                .words_arguments(Opcode::GetPayload, of(TEXT), from(RESULT), [1, 0], &[]),
            11 => self.code.word(Opcode::Cast, of(INT), from(MAYBE), 0),
            12 => self.code.word(Opcode::Cast, of(LIST), from(MIXED), 5),
            _ => self
                .code
                .word(Opcode::IsType, of(BOOL), from(MIXED), rest / 8 % 2 * 4 + 1),
        }
    }

    fn store(&mut self, choice: u32) {
        let (kind, rest) = (choice % 10, choice / 10);
        let at = PathStep::Index(pick(INT, rest));
        let also = PathStep::Index(pick(INT, rest / 2));
        let key = PathStep::Index(pick(TEXT, rest));
        let into = |ty| pick(ty, rest / 4);
        let value = |ty| pick(ty, rest / 8);
        let [x, shape] = [PathStep::Position(0), PathStep::Position(1)];
        match kind {
            0 => self.code.path(Opcode::Store, into(LIST), value(INT), &[at]),
            1 => self.code.path(Opcode::Store, into(MAP), value(INT), &[key]),
            2 => self.code.path(Opcode::Store, into(POINT), value(INT), &[x]),
            3 => self.code.path(Opcode::Store, into(POINT), value(SHAPE), &[shape]),
            4 => self.code.path(Opcode::Store, into(POINTS), value(POINT), &[at]),
            5 => self.code.path(Opcode::Store, into(POINTS), value(INT), &[at, x]),
            6 => self
                .code
                .path(Opcode::Store, into(POINTS), value(SHAPE), &[at, shape]),
            7 => self.code.path(Opcode::Store, into(LISTS), value(LIST), &[at]),
            8 => self
                .code
                .path(Opcode::Store, into(LISTS), value(INT), &[at, also]),
            _ => self
                .code
                .path(Opcode::Store, into(INDEX), value(INT), &[at, also]),
        }
    }

    fn build(&mut self, choice: u32) {
        let (kind, rest) = (choice % 14, choice / 14);
        let to = |ty| pick(ty, rest);
        let of = |ty| [pick(ty, rest / 2), pick(ty, rest / 4)];
        let build = |code: &mut Assembler, opcode, ty: u8, arguments: &[u8]| {
            code.arguments(opcode, pick(ty, rest), 0, u32::from(ty), arguments);
        };
        match kind {
            0 => build(&mut self.code, Opcode::List, LIST, &of(INT)),
            1 => build(&mut self.code, Opcode::List, LISTS, &of(LIST)),
            2 => build(&mut self.code, Opcode::List, POINTS, &of(POINT)),
            3 => build(&mut self.code, Opcode::Tuple, PAIR, &[of(INT)[0], of(FLOAT)[0]]),
            4 => build(&mut self.code, Opcode::Record, POINT, &[of(INT)[0], of(SHAPE)[0]]),
            5 => build(
                &mut self.code,
                Opcode::Map,
                MAP,
                &[of(TEXT)[0], of(INT)[0], of(TEXT)[1], of(INT)[1]],
            ),
            6 => build(&mut self.code, Opcode::Set, SET, &of(INT)),
            7 => build(&mut self.code, Opcode::Concat, TEXT, &of(TEXT)),
            8 => build(&mut self.code, Opcode::Concat, LIST, &of(LIST)),
            9 => self
                .code
                .words_arguments(Opcode::Variant, to(SHAPE), 0, [8, 2], &[of(POINTS)[0]]),
            10 => self
                .code
                .words_arguments(Opcode::Variant, to(SHAPE), 0, [8, 0], &[]),
            11 => self
                .code
                .words_arguments(Opcode::Variant, to(RESULT), 0, [10, 1], &[of(TEXT)[0]]),
            12 => self
                .code
                .word(Opcode::Wrap, to(MAYBE), of(INT)[0], u32::from(MAYBE)),
            _ => {
                let ty = [FLOAT, TEXT, LIST][(rest / 8) as usize % 3];
                self.code
                    .word(Opcode::Wrap, to(MIXED), of(ty)[0], u32::from(MIXED));
            }
        }
    }

    fn call(&mut self, choice: u32) {
        let (kind, rest) = (choice % 17, choice / 17);
        let to = |ty| pick(ty, rest);
        let of = |ty| pick(ty, rest / 2);
        let also = |ty| pick(ty, rest / 4);
        let builtin = |code: &mut Assembler, intrinsic: Intrinsic, ty: u8, arguments: &[u8]| {
            let words = [intrinsic as u32, u32::from(ty)];
            code.words_arguments(Opcode::Intrinsic, pick(ty, rest), 0, words, arguments);
        };
        let code = &mut self.code;
        match kind {
            0 => code.arguments(Opcode::Call, to(INT), 0, 1, &[of(INT), also(INT)]),
            1 => code.arguments(Opcode::Call, to(LIST), 0, 2, &[of(LIST), of(INT)]),
            2 => code.arguments(Opcode::Call, to(POINT), 0, 3, &[of(POINTS), also(LIST)]),
            3 => code.arguments(Opcode::Call, to(INT), 0, 4, &[of(INT), of(LIST), also(INT)]),
            4 => code.arguments(Opcode::CallValue, to(INT), of(FUNCTION), 11, &[of(INT)]),
            5 => code.words_arguments(Opcode::Closure, to(FUNCTION), 0, [1, 11], &[of(INT)]),
            6 => builtin(code, Intrinsic::Append, LIST, &[of(LIST), of(INT)]),
            7 => builtin(code, Intrinsic::Append, LISTS, &[of(LISTS), also(LIST)]),
            8 => builtin(code, Intrinsic::LengthOfList, INT, &[of(POINTS)]),
            9 => builtin(code, Intrinsic::Sort, LIST, &[of(LIST)]),
            10 => builtin(code, Intrinsic::Keys, TEXTS, &[of(MAP)]),
            11 => builtin(code, Intrinsic::GetList, MAYBE, &[of(LIST), also(INT)]),
            12 => builtin(code, Intrinsic::InsertMap, MAP, &[of(MAP), of(TEXT), of(INT)]),
            13 => builtin(code, Intrinsic::RemoveMap, MAP, &[of(MAP), of(TEXT)]),
            14 => builtin(code, Intrinsic::AddSet, SET, &[of(SET), of(INT)]),
            15 => builtin(
                code,
                Intrinsic::InsertMap,
                INDEX,
                &[of(INDEX), of(INT), also(LIST)],
            ),
            _ => builtin(
                code,
                Intrinsic::ToString,
                TEXT,
                &[pick((rest / 8 % 19) as u8, rest / 4)],
            ),
        }
    }
}

/// One of the two registers of a type.
fn pick(ty: u8, choice: u32) -> u8 {
    2 * ty + (choice % 2) as u8
}

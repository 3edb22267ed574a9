//! Instances are as good as cells that were never generic: they hold plain words where their types are plain.

use super::link;
use crate::exec::{Code, Limits, MemoryOutput, Vm};
use crate::heap::{RuntimeType, TypeRef};
use crate::lir::ModuleId;

/// `last_twice` makes a list of its type parameter and reads from it.
const LISTS: &str = r#"{"lir": 3, "id": ":lists",
    "types": ["Int", "String", "$0", "list[$0]", "list[Int]", "list[String]"],
    "instances": [{"cell": "last_twice", "types": ["Int"]}, {"cell": "last_twice", "types": ["String"]}],
    "cells": [
        {"name": "main", "result": "list[Int]", "code": [
            {"op": "load_int", "a": 0, "value": 7},
            {"op": "load_int", "a": 1, "value": -1},
            {"op": "list", "a": 2, "type": "list[Int]", "arguments": [0, 1]},
            {"op": "call", "a": 2, "cell": {"instance": 0}, "arguments": [2]},
            {"op": "return", "a": 2}
        ]},
        {"name": "last_twice", "type_parameters": [{"name": "T", "class": "any"}],
            "parameters": [{"name": "values", "type": "list[$0]"}], "result": "list[$0]", "code": [
            {"op": "load_int", "a": 1, "value": 1},
            {"op": "index", "a": 2, "b": 0, "c": 1},
            {"op": "list", "a": 3, "type": "list[$0]", "arguments": [2, 2]},
            {"op": "concat", "a": 3, "type": "list[$0]", "arguments": [0, 3]},
            {"op": "return", "a": 3}
        ]}
    ]
}"#;

#[test]
fn a_list_of_a_type_parameter_holds_ints_as_such() {
    let program = link(&[LISTS]);
    let main = program
        .find_cell(&ModuleId::parse(":lists"), "main")
        .expect("a cell");
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(&program, Limits::default(), &mut output);
    let value = vm.run(main, Vec::new()).expect("runs");
    assert_eq!(program.types().get(value.ty), &RuntimeType::List(TypeRef::INT));
    let words: Vec<i64> = vm
        .heap
        .elements(value.word)
        .iter()
        .map(|word| word.int())
        .collect();
    assert_eq!(words, [7, -1, -1, -1]);
    vm.release(value);
}

#[test]
fn operations_are_those_of_the_types_that_were_put_in() {
    let program = link(&[LISTS]);
    let main = program
        .find_cell(&ModuleId::parse(":lists"), "main")
        .expect("a cell");
    let view = program.view(program.number(main));
    let first_instance = view.module.lir().cells.len() as u32;
    let indexing = |instance: u32| {
        let quick = program.quick(view.callee(first_instance + instance));
        let mut codes = quick.ops.iter().map(|op| op.code);
        codes.find(|code| matches!(code, Code::IndexList | Code::IndexListRef))
    };
    assert_eq!(indexing(0), Some(Code::IndexList));
    assert_eq!(indexing(1), Some(Code::IndexListRef));
}

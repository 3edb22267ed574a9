//! Depth, size, fuel and memory: a limit is a clean failure, and nothing is left behind.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::link;
use crate::exec::{Limits, MemoryOutput, Vm};
use crate::failure::Failure;
use crate::lir::ModuleId;

/// `depth(n)` calls itself n times, `nest(n)` builds lists nested n levels twice and compares them, `spin` never ends,
/// `grow` doubles a String for ever, `hoard` prepends to a list for ever.
const DEEP: &str = r#"{"lir": 3, "id": ":deep",
    "nominals": [{"name": "Chain", "record": [{"name": "next", "type": "list[Chain]"}]}],
    "cells": [
    {"name": "depth", "parameters": [{"name": "n", "type": "Int"}], "result": "Int", "code": [
        {"op": "load_int", "a": 1, "value": 0},
        {"op": "equal", "a": 2, "b": 0, "c": 1},
        {"op": "jump_if", "a": 2, "to": "end"},
        {"op": "load_int", "a": 1, "value": 1},
        {"op": "subtract", "a": 3, "b": 0, "c": 1},
        {"op": "call", "a": 3, "cell": "depth", "arguments": [3]},
        {"op": "add", "a": 3, "b": 3, "c": 1},
        {"op": "return", "a": 3},
        {"op": "return", "a": 0, "label": "end"}
    ]},
    {"name": "build", "parameters": [{"name": "n", "type": "Int"}], "result": "list[Chain]", "code": [
        {"op": "list", "a": 1, "type": "list[Chain]", "arguments": []},
        {"op": "load_int", "a": 2, "value": 0},
        {"op": "less_equal", "a": 3, "b": 0, "c": 2, "label": "head"},
        {"op": "jump_if", "a": 3, "to": "end"},
        {"op": "record", "a": 4, "type": "Chain", "arguments": [1]},
        {"op": "list", "a": 1, "type": "list[Chain]", "arguments": [4]},
        {"op": "load_int", "a": 5, "value": 1},
        {"op": "subtract", "a": 0, "b": 0, "c": 5},
        {"op": "jump", "to": "head"},
        {"op": "return", "a": 1, "label": "end"}
    ]},
    {"name": "nest", "parameters": [{"name": "n", "type": "Int"}], "result": "Bool", "code": [
        {"op": "call", "a": 1, "cell": "build", "arguments": [0]},
        {"op": "call", "a": 2, "cell": "build", "arguments": [0]},
        {"op": "equal", "a": 3, "b": 1, "c": 2},
        {"op": "return", "a": 3}
    ]},
    {"name": "spin", "parameters": [{"name": "n", "type": "Int"}], "result": "Int", "code": [
        {"op": "jump", "to": "head", "label": "head"},
        {"op": "return", "a": 0}
    ]},
    {"name": "grow", "parameters": [{"name": "n", "type": "Int"}], "result": "Int", "code": [
        {"op": "load_constant", "a": 1, "constant": {"string": "ab"}},
        {"op": "concat", "a": 1, "type": "String", "arguments": [1, 1], "label": "head"},
        {"op": "jump", "to": "head"},
        {"op": "return", "a": 0}
    ]},
    {"name": "hoard", "parameters": [{"name": "n", "type": "Int"}], "result": "Int", "code": [
        {"op": "list", "a": 1, "type": "list[list[Int]]", "arguments": []},
        {"op": "list", "a": 2, "type": "list[Int]", "arguments": [0], "label": "head"},
        {"op": "intrinsic", "a": 1, "intrinsic": "append", "type": "list[list[Int]]", "arguments": [1, 2]},
        {"op": "call", "a": 3, "cell": "keep", "arguments": [1, 0]},
        {"op": "jump", "to": "head"},
        {"op": "return", "a": 0}
    ]},
    {"name": "keep", "parameters": [{"name": "list", "type": "list[list[Int]]"}, {"name": "n", "type": "Int"}],
        "result": "Int", "code": [{"op": "return", "a": 1}]}
]}"#;

fn run(cell: &str, argument: i64, limits: Limits) -> Result<String, Failure> {
    let program = link(&[DEEP]);
    let cell = program
        .find_cell(&ModuleId::parse(":deep"), cell)
        .expect("a cell");
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(&program, limits, &mut output);
    let argument = vm.read_argument(cell, 0, &argument.to_string()).expect("an Int");
    let shown = vm.run(cell, vec![argument]).and_then(|value| {
        let shown = vm.show(&value);
        vm.release(value);
        shown
    });
    assert_eq!(vm.live_objects(), 0, "objects leak");
    shown
}

const SCALE: i64 = if cfg!(miri) { 1000 } else { 1 };

#[test]
fn ten_million_calls_deep_fit_into_the_default_budget() {
    let depth = 10_000_000 / SCALE;
    assert_eq!(run("depth", depth, Limits::default()), Ok(depth.to_string()));
}

#[test]
fn deeper_calls_than_the_budget_holds_fail() {
    let failure = run(
        "depth",
        i64::MAX,
        Limits {
            bytes: 50_000_000 / SCALE as usize,
            fuel: None,
        },
    );
    let failure = failure.expect_err("no end");
    assert!(
        failure.message.starts_with("out of memory: the limit of"),
        "{}",
        failure.message
    );
    assert_eq!(failure.stack.len(), 60);
    assert!(failure.omitted > 1000 / SCALE as usize);
    assert!(failure.stack.iter().all(|frame| frame.name == "depth"));
}

#[test]
fn lists_nested_a_million_levels_are_built_compared_and_dropped() {
    assert_eq!(
        run("nest", 1_000_000 / SCALE, Limits::default()),
        Ok("true".to_owned())
    );
}

#[test]
fn fuel_ends_a_loop_and_a_recursion() {
    for (cell, argument) in [("spin", 0), ("depth", 1_000_000)] {
        let failure = run(
            cell,
            argument,
            Limits {
                fuel: Some(1000),
                ..Limits::default()
            },
        );
        let failure = failure.expect_err("no end");
        assert_eq!(
            failure.message,
            "out of fuel: the run made as many calls and loop steps as it may"
        );
    }
}

#[test]
fn memory_ends_what_grows_for_ever() {
    for cell in ["grow", "hoard"] {
        let failure = run(
            cell,
            1,
            Limits {
                bytes: 1 << 20,
                fuel: None,
            },
        )
        .expect_err("no end");
        assert_eq!(
            failure.message,
            "out of memory: the limit of 1048576 bytes is reached"
        );
    }
}

/// How a run ends, and what fuel is left.
fn ended(cell: &str, argument: i64, fuel: u64, interrupt: Option<bool>) -> (Result<String, String>, u64) {
    let program = link(&[DEEP]);
    let mut output = MemoryOutput::default();
    let limits = Limits {
        fuel: Some(fuel),
        ..Limits::default()
    };
    let mut vm = Vm::new(&program, limits, &mut output);
    if let Some(flag) = interrupt {
        vm.interruptible(Arc::new(AtomicBool::new(flag)));
    }
    let cell = program
        .find_cell(&ModuleId::parse(":deep"), cell)
        .expect("the program has it");
    let argument = vm.read_argument(cell, 0, &argument.to_string()).expect("an Int");
    let result = vm.run(cell, vec![argument]).map(|value| {
        let shown = vm.show(&value).expect("small");
        vm.release(value);
        shown
    });
    (result.map_err(|failure| failure.message), vm.fuel_left())
}

#[test]
fn a_machine_that_can_be_interrupted_has_the_same_fuel() {
    let slice = 1 << 16;
    for steps in [slice - 2, slice - 1, slice, slice + 1, 2 * slice, 3 * slice + 5] {
        for fuel in [steps - 1, steps, steps + 1, steps + 2, 10 * slice] {
            let plain = ended("depth", steps as i64, fuel, None);
            assert_eq!(
                ended("depth", steps as i64, fuel, Some(false)),
                plain,
                "{steps} {fuel}"
            );
        }
    }
}

#[test]
fn an_interrupted_run_ends() {
    for (cell, argument) in [("spin", 0), ("depth", 10_000_000)] {
        let (result, left) = ended(cell, argument, u64::MAX - 1, Some(true));
        assert_eq!(
            (result, left),
            (Err("interrupted: the run was ended from outside".to_owned()), 0)
        );
    }
}

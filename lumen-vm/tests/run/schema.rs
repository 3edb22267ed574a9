//! Decoding within a run: constraints and defaults that decode in turn, and what they may use.

use std::sync::Arc;

use lumen_vm::lir::{Module, verify};
use lumen_vm::{Details, Failure, Limits, MemoryOutput, Program, Vm};

/// Runs `main` of a module and shows its value; checks that nothing leaks.
fn run(json: &str, limits: Limits) -> Result<String, Failure> {
    let module = Module::from_json(json).expect("a module");
    let verified = verify(Arc::new(module)).expect("verifies");
    let id = verified.module().id.clone();
    let program = Program::link(&[verified]).expect("links");
    let main = program.find_cell(&id, "main").expect("a cell `main`");
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(&program, limits, &mut output);
    let shown = vm.run(main, Vec::new()).map(|value| {
        let shown = vm.show(&value).expect("is shown");
        vm.release(value);
        shown
    });
    assert_eq!(vm.live_objects(), 0, "objects leak");
    shown
}

fn main_that_decodes(text: &str, ty: &str) -> String {
    format!(
        r#"{{"name": "main", "result": "result[{ty}, ValidationError]", "code": [
            {{"op": "load_constant", "a": 0, "constant": {{"string": {text:?}}}}},
            {{"op": "schema", "a": 1, "b": 0, "type": "{ty}"}},
            {{"op": "return", "a": 1}}
        ]}}"#
    )
}

/// A record whose check is `check`, code that has its one field in register 0.
fn module(check: &str, main: &str) -> String {
    format!(
        r#"{{"lir": 3, "id": ":schema",
        "nominals": [
            {{"name": "FieldError", "module": "lumen:prelude"}},
            {{"name": "ValidationError", "module": "lumen:prelude"}},
            {{"name": "R", "record": [{{"name": "text", "type": "String"}}], "constrained": true}}
        ],
        "cells": [
            {{"name": "R.check", "kind": "check", "parameters": [{{"name": "text", "type": "String"}}],
                "result": "list[FieldError]", "code": [{check}]}},
            {main}
        ]}}"#
    )
}

/// A check that decodes a text as its own record.
const ENDLESS: &str = r#"
    {"op": "load_constant", "a": 3, "constant": {"string": "{\"text\": \"\"}"}},
    {"op": "schema", "a": 1, "b": 3, "type": "R"},
    {"op": "list", "a": 2, "type": "list[FieldError]", "arguments": []},
    {"op": "return", "a": 2}"#;

#[test]
fn checks_that_decode_in_turn_are_bounded() {
    let failure = run(
        &module(ENDLESS, &main_that_decodes("{\"text\": \"\"}", "R")),
        Limits::default(),
    )
    .expect_err("decodes for ever");
    assert_eq!(
        failure.message,
        "decoding nests too deeply: a Json, or constraints and defaults that decode in turn"
    );
    let names: Vec<&str> = failure.stack.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"R.check"));
    assert_eq!(
        names.last(),
        Some(&"main"),
        "the cells that wait are in the stack"
    );
    assert!(names.len() > 50, "{names:?}");
}

#[test]
fn checks_share_fuel_and_bytes_with_the_run() {
    let fine =
        r#"{"op": "list", "a": 2, "type": "list[FieldError]", "arguments": []}, {"op": "return", "a": 2}"#;
    let texts = vec!["{\"text\": \"\"}"; 100].join(", ");
    let module = module(fine, &main_that_decodes(&format!("[{texts}]"), "list[R]"));
    let with = |fuel: Option<u64>, bytes: usize| {
        run(&module, Limits { fuel, bytes }).map_err(|failure| failure.message)
    };
    assert!(with(Some(200), 1 << 20).is_ok());
    let error = with(Some(50), 1 << 20).expect_err("a check costs fuel");
    assert!(error.starts_with("out of fuel"), "{error}");
    let error = with(None, 16_000).expect_err("values count");
    assert!(error.starts_with("out of memory"), "{error}");
}

#[test]
fn a_check_that_fails_fails_the_run() {
    let halts = r#"{"op": "halt", "a": 0, "b": 0}"#;
    let failure = run(
        &module(halts, &main_that_decodes("{\"text\": \"oh\"}", "R")),
        Limits::default(),
    )
    .expect_err("halts");
    assert_eq!(failure.message, "oh");
    assert_eq!(*failure.details, Details::None);
    // With a faulty field nothing is said of it.
    let shown = run(
        &module(halts, &main_that_decodes("{\"text\": 1}", "R")),
        Limits::default(),
    );
    let expected = "err(ValidationError(message: \"not a valid R: 1 error\", errors: \
                    [FieldError(path: \"text\", constraint: \"expected String\", value: 1)]))";
    assert_eq!(shown.as_deref(), Ok(expected));
}

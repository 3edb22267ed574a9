//! Linking: what modules repeat of one another is compared with the originals.

use std::sync::Arc;

use lumen_vm::lir::{Module, ModuleId, VerifiedModule, verify};
use lumen_vm::{Limits, LinkError, MemoryOutput, Program, Vm};

fn module(text: &str) -> VerifiedModule {
    verify(Arc::new(Module::from_json(text).expect("a module"))).expect("verifies")
}

/// Declares what [`user`] uses. Its type table is in another order.
const SHAPES: &str = r#"{"lir": 3, "id": ":shapes",
    "types": ["String", "Int", "Int | String"],
    "nominals": [{"name": "Point", "record": [{"name": "x", "type": "Int"}, {"name": "y", "type": "Int"}]}],
    "cells": [{"name": "double", "public": true, "parameters": [{"name": "p", "type": "Point"}], "result": "Int | String", "code": [
        {"op": "get_field", "a": 1, "b": 0, "position": 0},
        {"op": "add", "a": 1, "b": 1, "c": 1},
        {"op": "wrap", "a": 1, "b": 1, "type": "Int | String"},
        {"op": "return", "a": 1}
    ]}]
}"#;

/// A module that makes a `Point` of `:shapes` with these fields and calls `cell` with it for a value of type `result`.
fn user(fields: &str, cell: &str, result: &str) -> String {
    format!(
        r#"{{"lir": 3, "id": ":user",
        "types": ["Int", "String", "{result}"],
        "nominals": [{{"module": ":shapes", "name": "Point", "record": [{fields}]}}],
        "imported_cells": [{{"module": ":shapes", "name": "{cell}", "parameters": ["Point"], "result": "{result}"}}],
        "cells": [{{"name": "main", "public": true, "result": "{result}", "code": [
            {{"op": "load_int", "a": 0, "value": 21}},
            {{"op": "record", "a": 0, "type": "Point", "arguments": [0, 0]}},
            {{"op": "call", "a": 0, "cell": {{"module": ":shapes", "name": "{cell}"}}, "arguments": [0]}},
            {{"op": "return", "a": 0}}
        ]}}]
    }}"#
    )
}

const FIELDS: &str = r#"{"name": "x", "type": "Int"}, {"name": "y", "type": "Int"}"#;

fn refused(texts: &[&str]) -> LinkError {
    let modules: Vec<VerifiedModule> = texts.iter().map(|text| module(text)).collect();
    Program::link(&modules).expect_err("does not link")
}

#[test]
fn a_call_crosses_modules_in_any_order() {
    let user = user(FIELDS, "double", "Int | String");
    for texts in [[SHAPES, user.as_str()], [user.as_str(), SHAPES]] {
        let program = Program::link(&texts.map(module)).expect("links");
        let main = program
            .find_cell(&ModuleId::parse(":user"), "main")
            .expect("a cell");
        let mut output = MemoryOutput::default();
        let mut vm = Vm::new(&program, Limits::default(), &mut output);
        let value = vm.run(main, Vec::new()).expect("runs");
        assert_eq!(vm.show(&value), Ok("42".to_owned()));
        vm.release(value);
        assert_eq!(vm.live_objects(), 0);
    }
}

#[test]
fn what_is_missing_is_named_with_its_user() {
    let user_text = user(FIELDS, "double", "Int | String");
    assert_eq!(
        refused(&[&user_text]).to_string(),
        "module :user uses module :shapes, which is not part of the program"
    );
    assert_eq!(
        refused(&[SHAPES, &user(FIELDS, "triple", "Int | String")]).to_string(),
        "module :user uses `triple` of module :shapes, which has no such cell"
    );
    assert_eq!(
        refused(&[SHAPES, SHAPES]).to_string(),
        "module :shapes is there twice"
    );
}

#[test]
fn what_differs_from_the_original_is_refused() {
    let signature = refused(&[SHAPES, &user(FIELDS, "double", "Null | Int")]).to_string();
    assert_eq!(
        signature,
        "module :user calls `double` of module :shapes with another signature than it has there: recompile :user"
    );
    let swapped = r#"{"name": "y", "type": "Int"}, {"name": "x", "type": "Int"}"#;
    assert_eq!(
        refused(&[SHAPES, &user(swapped, "double", "Int | String")]).to_string(),
        "module :user uses `Point` of module :shapes with another layout than it has there: recompile :user"
    );
}

#[test]
fn what_the_machine_lacks_is_refused_where_control_reaches_it() {
    let calls = |before: &str| {
        format!(
            r#"{{"lir": 3, "id": ":later",
            "tools": [{{"alias": "get", "id": "http.get", "parameters": ["Int"], "result": "Int"}}],
            "policies": [{{"tool": 0, "grants": []}}],
            "cells": [{{"name": "main", "result": "Int", "code": [
                {{"op": "load_int", "a": 0, "value": 1}}{before},
                {{"op": "tool_call", "a": 0, "tool": "get", "policy": 0, "arguments": [0]}},
                {{"op": "return", "a": 0}}
            ]}}]}}"#
        )
    };
    let error = refused(&[&calls("")]);
    assert_eq!(
        error.to_string(),
        "cell `main` of module :later uses `tool_call`, which is not supported yet"
    );
    assert!(Program::link(&[module(&calls(r#", {"op": "return", "a": 0}"#))]).is_ok());
}

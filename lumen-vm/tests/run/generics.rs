//! Generic cells and types across modules, from the host's side, and without end.

use std::sync::Arc;

use lumen_vm::lir::{Module, ModuleId, VerifiedModule, verify};
use lumen_vm::{Limits, LinkError, MemoryOutput, Program, Vm};

fn module(text: &str) -> VerifiedModule {
    verify(Arc::new(Module::from_json(text).expect("a module"))).expect("verifies")
}

fn link(texts: &[&str]) -> Result<Program, LinkError> {
    Program::link(&texts.iter().map(|text| module(text)).collect::<Vec<_>>())
}

/// Runs `main` of `:user` with one argument from text; shows its value, or the failure.
fn run(texts: &[&str], argument: &str) -> String {
    let program = link(texts).expect("links");
    let main = program
        .find_cell(&ModuleId::parse(":user"), "main")
        .expect("a cell");
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(&program, Limits::default(), &mut output);
    let shown = match vm.read_argument(main, 0, argument) {
        Err(error) => error.to_string(),
        Ok(value) => match vm.run(main, vec![value]) {
            Err(failure) => failure.message.clone(),
            Ok(value) => {
                let shown = vm.show(&value).expect("is shown");
                vm.release(value);
                shown
            }
        },
    };
    assert_eq!(vm.live_objects(), 0, "objects leak");
    shown
}

/// A constrained generic record with a default, and a generic cell over it.
const RANGES: &str = r#"{"lir": 3, "id": ":ranges",
    "types": ["Bool", "Int", "String", "Json", "$0", "Range[$0]", "list[$0]", "FieldError", "list[FieldError]"],
    "nominals": [
        {"name": "Range", "type_parameters": [{"name": "T", "class": "ordered"}], "constrained": true,
            "record": [{"name": "low", "type": "$0"}, {"name": "high", "type": "$0"}]},
        {"module": "lumen:prelude", "name": "FieldError", "record": [
            {"name": "path", "type": "String"}, {"name": "constraint", "type": "String"}, {"name": "value", "type": "Json"}]}
    ],
    "cells": [
        {"name": "Range.check", "kind": "check", "public": true, "type_parameters": [{"name": "T", "class": "ordered"}],
            "parameters": [{"name": "low", "type": "$0"}, {"name": "high", "type": "$0"}], "result": "list[FieldError]", "code": [
            {"op": "less_equal", "a": 2, "b": 0, "c": 1},
            {"op": "jump_if", "a": 2, "to": "fine"},
            {"op": "load_constant", "a": 2, "constant": {"string": "low"}},
            {"op": "load_constant", "a": 3, "constant": {"string": "low <= high"}},
            {"op": "wrap", "a": 4, "b": 2, "type": "Json"},
            {"op": "record", "a": 2, "type": "FieldError", "arguments": [2, 3, 4]},
            {"op": "list", "a": 2, "type": "list[FieldError]", "arguments": [2]},
            {"op": "return", "a": 2},
            {"op": "list", "a": 2, "type": "list[FieldError]", "arguments": [], "label": "fine"},
            {"op": "return", "a": 2}
        ]},
        {"name": "Range.default.high", "kind": "field_default", "public": true, "type_parameters": [{"name": "T", "class": "ordered"}],
            "parameters": [{"name": "low", "type": "$0"}], "result": "$0", "code": [{"op": "return", "a": 0}]},
        {"name": "ends", "public": true, "type_parameters": [{"name": "T", "class": "ordered"}],
            "methods": [{"name": "join", "parameters": ["$0", "$0"], "result": "$0"}],
            "parameters": [{"name": "range", "type": "Range[$0]"}], "result": "list[$0]", "code": [
            {"op": "get_field", "a": 1, "b": 0, "position": 0},
            {"op": "get_field", "a": 2, "b": 0, "position": 1},
            {"op": "call", "a": 3, "cell": {"method": 0}, "arguments": [1, 2]},
            {"op": "list", "a": 1, "type": "list[$0]", "arguments": [1, 2, 3]},
            {"op": "return", "a": 1}
        ]}
    ]
}"#;

/// Takes a range of `element`s and yields its ends; `class` is what it says of the record's parameter, `parameter` and `method`
/// are what it says of the cell.
fn user(class: &str, parameter: &str, method: &str) -> String {
    format!(
        r#"{{"lir": 3, "id": ":user",
        "types": ["Int", "$0", "list[$0]", "Range[$0]", "Range[Int]", "list[Int]"],
        "nominals": [{{"module": ":ranges", "name": "Range", "type_parameters": [{{"name": "X", "class": "{class}"}}]}}],
        "imported_cells": [{{"module": ":ranges", "name": "ends", "type_parameters": [{{"name": "X", "class": "{parameter}"}}],
            "methods": [{{"name": "m", "parameters": ["$0", "$0"], "result": "{method}"}}],
            "parameters": ["Range[$0]"], "result": "list[$0]"}}],
        "instances": [{{"cell": {{"module": ":ranges", "name": "ends"}}, "types": ["Int"], "methods": ["plus"]}}],
        "cells": [
            {{"name": "main", "public": true, "parameters": [{{"name": "range", "type": "Range[Int]"}}], "result": "list[Int]", "code": [
                {{"op": "call", "a": 0, "cell": {{"instance": 0}}, "arguments": [0]}},
                {{"op": "return", "a": 0}}
            ]}},
            {{"name": "plus", "parameters": [{{"name": "a", "type": "Int"}}, {{"name": "b", "type": "Int"}}], "result": "Int", "code": [
                {{"op": "add", "a": 0, "b": 0, "c": 1}},
                {{"op": "return", "a": 0}}
            ]}}
        ]
    }}"#
    )
}

#[test]
fn instances_cross_modules_in_any_order() {
    let user = user("ordered", "ordered", "$0");
    for texts in [[RANGES, user.as_str()], [user.as_str(), RANGES]] {
        assert_eq!(run(&texts, r#"{"low": 1, "high": 5}"#), "[1, 5, 6]");
    }
}

#[test]
fn records_with_type_arguments_are_made_by_the_instances_of_their_cells() {
    let user = user("ordered", "ordered", "$0");
    assert_eq!(run(&[RANGES, &user], r#"{"low": 4}"#), "[4, 4, 8]");
    assert_eq!(
        run(&[RANGES, &user], r#"{"low": 4, "high": 1}"#),
        "not a valid Range[Int]: 1 error"
    );
}

#[test]
fn what_is_repeated_of_generics_is_compared() {
    let refused = |user: &str| link(&[RANGES, user]).expect_err("differs").to_string();
    assert_eq!(
        refused(&user("any", "ordered", "$0")),
        "module :user uses `Range` of module :ranges with another layout than it has there: recompile :user"
    );
    let signature = "module :user calls `ends` of module :ranges with another signature than it has there: recompile :user";
    assert_eq!(refused(&user("ordered", "key", "$0")), signature);
}

#[test]
fn a_generic_cell_is_no_cell_of_the_program_by_itself() {
    let program = link(&[RANGES]).expect("links");
    let ranges = ModuleId::parse(":ranges");
    assert_eq!(program.find_cell(&ranges, "ends"), None);
    assert_eq!(program.find_cell(&ranges, "Range.check"), None);
}

/// A cell that calls itself with `argument`, started with Int. Nothing of it runs.
fn recursion(parameters: &str, types: &str, start: &str) -> String {
    format!(
        r#"{{"lir": 3, "id": ":deep",
        "types": ["Int", "Null", "Bool", "$0", "$1", "list[$0]", "($0, $0)", "($0, $1)", "($1, $0)", "Null | $0"],
        "instances": [{{"cell": "f", "types": [{types}]}}, {{"cell": "f", "types": [{start}]}}],
        "cells": [
            {{"name": "main", "result": "Int", "code": [
                {{"op": "call", "a": 0, "cell": {{"instance": 1}}, "arguments": []}},
                {{"op": "return", "a": 0}}
            ]}},
            {{"name": "f", "type_parameters": [{parameters}], "result": "Int", "code": [
                {{"op": "call", "a": 0, "cell": {{"instance": 0}}, "arguments": []}},
                {{"op": "return", "a": 0}}
            ]}}
        ]
    }}"#
    )
}

const ONE: &str = r#"{"name": "T", "class": "any"}"#;
const TWO: &str = r#"{"name": "T", "class": "any"}, {"name": "U", "class": "any"}"#;

#[test]
fn recursion_through_ever_larger_types_is_refused() {
    let too_deep = "the type arguments of `f` nest deeper than 64 levels";
    for (parameters, types, start) in [
        (ONE, r#""list[$0]""#, r#""Int""#),
        (ONE, r#""($0, $0)""#, r#""Int""#),
        (TWO, r#""($0, $1)", "$0""#, r#""Int", "Bool""#),
        (TWO, r#""($0, $1)", "($1, $0)""#, r#""Int", "Bool""#),
    ] {
        let error = link(&[&recursion(parameters, types, start)]).expect_err(types);
        assert_eq!(error.to_string(), too_deep, "{types}");
    }
}

#[test]
fn recursion_that_comes_back_to_the_same_types_links() {
    for (parameters, types, start) in [
        (ONE, r#""$0""#, r#""Int""#),
        (ONE, r#""Null | $0""#, r#""Int""#),
        (TWO, r#""$1", "$0""#, r#""Int", "Bool""#),
    ] {
        assert!(link(&[&recursion(parameters, types, start)]).is_ok(), "{types}");
    }
}

#[test]
fn many_instances_of_a_cell_are_refused() {
    // Each of 20 cells asks for two of the next, by two types for one more parameter: a million in all.
    let levels = 20;
    let variables: Vec<String> = (0..levels).map(|position| format!("\"${position}\"")).collect();
    let mut instances = Vec::new();
    let mut cells = Vec::new();
    for level in 0..levels {
        let parameters = vec![ONE; level].join(", ");
        let mut code = String::new();
        for end in ["\"Int\"", "\"Bool\""] {
            let types = [&variables[..level], &[end.to_owned()]].concat().join(", ");
            code.push_str(&format!(
                r#"{{"op": "call", "a": 0, "cell": {{"instance": {}}}, "arguments": []}}, "#,
                instances.len()
            ));
            instances.push(format!(r#"{{"cell": "f{}", "types": [{types}]}}"#, level + 1));
        }
        cells.push(format!(
            r#"{{"name": "f{level}", "type_parameters": [{parameters}], "result": "Int", "code": [{code}{{"op": "return", "a": 0}}]}}"#
        ));
    }
    let parameters = vec![ONE; levels].join(", ");
    cells.push(format!(
        r#"{{"name": "f{levels}", "type_parameters": [{parameters}], "result": "Int",
        "code": [{{"op": "load_int", "a": 0, "value": 1}}, {{"op": "return", "a": 0}}]}}"#
    ));
    let text = format!(
        r#"{{"lir": 3, "id": ":wide", "types": ["Int", "Bool", {}], "instances": [{}], "cells": [{}]}}"#,
        variables.join(", "),
        instances.join(", "),
        cells.join(", ")
    );
    let error = link(&[&text]).expect_err("too many");
    assert!(
        matches!(error, LinkError::TooManyInstances { limit: 100_000, .. }),
        "{error}"
    );
}

#[test]
fn a_record_that_grows_by_itself_is_refused() {
    let text = r#"{"lir": 3, "id": ":growing",
        "types": ["Int", "Null", "$0", "list[$0]", "Nest[list[$0]]", "Nest[list[$0]] | Null", "Nest[Int]", "list[Nest[Int]]"],
        "nominals": [{"name": "Nest", "type_parameters": [{"name": "T", "class": "any"}],
            "record": [{"name": "value", "type": "$0"}, {"name": "next", "type": "Nest[list[$0]] | Null"}]}],
        "cells": [{"name": "main", "result": "list[Nest[Int]]", "code": [
            {"op": "list", "a": 0, "type": "list[Nest[Int]]", "arguments": []},
            {"op": "return", "a": 0}
        ]}]}"#;
    let error = link(&[text]).expect_err("has no end");
    assert_eq!(
        error.to_string(),
        "the type arguments of `Nest` nest deeper than 64 levels"
    );
}

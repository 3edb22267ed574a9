//! The JSON form: round trips, what people may leave out, and errors with their paths.

use lumen_vm::lir::Module;
use proptest::prelude::*;

use crate::generate::arbitrary_module;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(1024)))]

    #[test]
    fn reading_written_json_yields_the_module(module in arbitrary_module()) {
        let text = module.to_json();
        let read = Module::from_json(&text);
        prop_assert_eq!(read.as_ref(), Ok(&module), "{}", text);
    }

    #[test]
    fn any_module_has_a_listing(module in arbitrary_module()) {
        prop_assert!(module.disassemble().starts_with("module "));
    }
}

#[test]
fn written_json_is_canonical() {
    let text = r#"{
        "id": ":demo", "lir": 3,
        "cells": [{"name": "f", "result": "Int", "code": [
            {"value": 3, "op": "load_int", "a": 0}, {"op": "return", "a": 0}
        ]}]
    }"#;
    let module = Module::from_json(text).expect("a module");
    let canonical = r#"{"cells":[{"code":[{"a":0,"op":"load_int","value":3},{"a":0,"op":"return"}],"name":"f","registers":1,"result":"Int"}],"id":":demo","lir":3,"types":["Int"]}"#;
    assert_eq!(module.to_json(), canonical);
}

#[test]
fn tables_registers_and_offsets_follow_from_their_use() {
    let text = r##"{
        "lir": 3, "id": ":demo",
        "nominals": [{"name": "Tree", "enum": [{"name": "Leaf"}, {"name": "Node", "payload": ["list[Tree]", "Float"]}]}],
        "cells": [{"name": "f", "parameters": [{"name": "n", "type": "Tree | Null"}], "result": "fn(Int) -> (Int | Null)", "code": [
            {"op": "load_constant", "a": 4, "constant": {"float": "0.1"}},
            {"op": "load_constant", "a": 4, "constant": {"float": "0.1"}},
            {"op": "jump", "to": "end"},
            {"op": "jump", "to": 4},
            {"op": "return", "a": 0, "label": "end"}
        ]}]
    }"##;
    let module = Module::from_json(text).expect("a module");
    insta::assert_snapshot!(format!(
        "{text}\n---\n{}\n---\n{}",
        module.to_json(),
        module.disassemble()
    ));
}

#[test]
fn errors_name_the_path() {
    let cases = [
        ("{", ""),
        ("[]", ""),
        (r#"{"lir": 3}"#, ""),
        (r#"{"lir": 1, "id": ":x"}"#, "lir"),
        (r#"{"lir": 3, "id": ":x", "cell": []}"#, ""),
        (r#"{"lir": 3, "id": ":x", "types": ["list[Foo]"]}"#, "types[0]"),
        (r#"{"lir": 3, "id": ":x", "types": ["list[Int"]}"#, "types[0]"),
        (
            r#"{"lir": 3, "id": ":x", "types": ["Int | Null | Int"]}"#,
            "types[0]",
        ),
        (
            r#"{"lir": 3, "id": ":x", "constants": [{"float": "one"}]}"#,
            "constants[0].float",
        ),
        (
            r#"{"lir": 3, "id": ":x", "constants": [{"int": 9223372036854775808}]}"#,
            "constants[0].int",
        ),
        (
            r#"{"lir": 3, "id": ":x", "cells": [{"name": "f", "result": "Int"}]}"#,
            "cells[0]",
        ),
    ];
    let code_cases = [
        (r#"{"op": "addd"}"#, "cells[0].code[0].op"),
        (r#"{"op": "move", "a": 0}"#, "cells[0].code[0]"),
        (r#"{"op": "move", "a": 0, "b": 256}"#, "cells[0].code[0].b"),
        (r#"{"op": "move", "a": 0, "b": 1, "c": 2}"#, "cells[0].code[0]"),
        (
            r#"{"op": "load_int", "a": 0, "value": 2147483648}"#,
            "cells[0].code[0].value",
        ),
        (r#"{"op": "jump", "to": "nowhere"}"#, "cells[0].code[0].to"),
        (
            r#"{"op": "call", "a": 0, "cell": "g", "arguments": []}"#,
            "cells[0].code[0].cell",
        ),
        (
            r#"{"op": "store", "a": 0, "b": 1, "path": [{"key": 1}]}"#,
            "cells[0].code[0].path[0]",
        ),
        (
            r#"{"op": "intrinsic", "a": 0, "intrinsic": "prnt", "type": "Null", "arguments": []}"#,
            "cells[0].code[0].intrinsic",
        ),
        (
            r#"{"op": "return", "a": 0, "label": "l"}, {"op": "return", "a": 0, "label": "l"}"#,
            "cells[0].code[1].label",
        ),
    ];
    let mut report = String::new();
    let wrapped = code_cases.map(|(code, path)| {
        let cell = format!(r#"{{"name": "f", "result": "Int", "code": [{code}]}}"#);
        (format!(r#"{{"lir": 3, "id": ":x", "cells": [{cell}]}}"#), path)
    });
    for (text, path) in cases
        .map(|(text, path)| (text.to_owned(), path))
        .into_iter()
        .chain(wrapped)
    {
        let error = Module::from_json(&text).expect_err(&text);
        assert_eq!(error.path, path, "{text}: {error}");
        report.push_str(&format!("{text}\n  {error}\n"));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn deep_types_are_refused() {
    let name = format!("{}Int{}", "list[".repeat(100_000), "]".repeat(100_000));
    let text = format!(r#"{{"lir": 3, "id": ":x", "types": ["{name}"]}}"#);
    assert_eq!(Module::from_json(&text).expect_err("too deep").path, "types[0]");
}

//! Modules that the verifier must refuse: `tests/verify/*.json`, each file a list of cases.
//!
//! A case is a module in JSON form, without `lir` and `id`, plus `name` and the `error` in full. With `code` it also has a cell
//! `f` whose parameters are of the types in `parameters`; unless `exact` is set, `f` returns its first parameter after
//! the code. `kind`, `registers`, `handlers`, `generator`, `type_parameters` and `methods` are those of `f`; the cells in `others`
//! follow it.

use std::sync::Arc;

use lumen_vm::lir::{Module, verify};
use serde_json::{Map, Value, json};

use crate::cases;

#[test]
fn every_case_is_refused_with_its_error() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (file, text) in cases::read("verify", ".json") {
        let cases: Vec<Map<String, Value>> = serde_json::from_str(&text).expect("a list of cases");
        for case in cases {
            count += 1;
            let name = format!("{}: {}", file, text_of(&case["name"]));
            let expected = text_of(&case["error"]).to_owned();
            let module =
                Module::from_json(&module_text(case)).unwrap_or_else(|error| panic!("{name}: {error}"));
            let found = match verify(Arc::new(module)) {
                Ok(_) => "accepted".to_owned(),
                Err(error) => error.to_string(),
            };
            if found != expected {
                failures.push(format!("{name}\n  expected {expected}\n  found    {found}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count > 220, "only {count} cases were found");
}

fn text_of(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn module_text(mut case: Map<String, Value>) -> String {
    case.remove("name");
    case.remove("error");
    case.insert("lir".to_owned(), json!(lumen_vm::lir::LIR_VERSION));
    case.entry("id").or_insert(json!(":case"));
    if let Some(cell) = cell(&mut case) {
        let mut cells = vec![cell];
        if let Some(Value::Array(others)) = case.remove("others") {
            cells.extend(others);
        }
        case.insert("cells".to_owned(), Value::Array(cells));
    }
    Value::Object(case).to_string()
}

fn cell(case: &mut Map<String, Value>) -> Option<Value> {
    let mut code = case.remove("code")?;
    let types = case.remove("parameters").unwrap_or(json!([]));
    let types = types.as_array().expect("a list of types");
    let exact = case.remove("exact").is_some();
    let result = case.remove("result").unwrap_or_else(|| types[0].clone());
    if let Some(code) = code.as_array_mut().filter(|_| !exact) {
        code.push(json!({ "op": "return", "a": 0 }));
    }
    let parameters: Vec<Value> = types
        .iter()
        .enumerate()
        .map(|(index, ty)| json!({ "name": format!("p{index}"), "type": ty }))
        .collect();
    let mut cell = json!({ "name": "f", "parameters": parameters, "result": result, "code": code });
    for key in [
        "kind",
        "registers",
        "handlers",
        "generator",
        "type_parameters",
        "methods",
    ] {
        if let Some(value) = case.remove(key) {
            cell[key] = value;
        }
    }
    Some(cell)
}

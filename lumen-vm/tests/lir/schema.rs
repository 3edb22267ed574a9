//! `docs/spec/lir-v1.schema.json`, the JSON Schema of the canonical form: it is written from the opcode table, every module's
//! canonical form is valid by it, and faulty ones are not.
//!
//! `LUMEN_UPDATE_SPEC=1 cargo test -p lumen-vm --test lir` rewrites it.
#![expect(
    clippy::disallowed_methods,
    reason = "reads and on request rewrites the schema"
)]

use std::path::PathBuf;

use lumen_vm::lir::{
    CellKind, Format, Intrinsic, LIR_VERSION, Module, Opcode, OpcodeInfo, Role, VariableClass, WordRole,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::cases;
use crate::generate::arbitrary_module;
use crate::validate::validate;

#[test]
fn the_schema_is_the_one_that_the_opcode_table_gives() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/spec/lir-v1.schema.json");
    let expected = serde_json::to_string_pretty(&schema()).expect("serialises") + "\n";
    if std::env::var_os("LUMEN_UPDATE_SPEC").is_some() {
        std::fs::write(path, expected).expect("the schema can be written");
    } else {
        let found = std::fs::read_to_string(path).expect("the schema");
        assert!(
            found == expected,
            "docs/spec/lir-v1.schema.json is out of date; run with LUMEN_UPDATE_SPEC=1"
        );
    }
}

#[test]
fn hand_written_modules_are_valid_in_canonical_form() {
    let schema = schema();
    for (name, text) in ["opcodes", "generics"]
        .map(|folder| cases::read(folder, ".lir.json"))
        .concat()
    {
        let module = Module::from_json(&text).expect("a module");
        assert_eq!(validate(&schema, &canonical(&module)), Ok(()), "{name}");
    }
}

proptest! {
    #[test]
    fn any_module_is_valid_in_canonical_form(module in arbitrary_module()) {
        prop_assert_eq!(validate(&schema(), &canonical(&module)), Ok(()));
    }
}

#[test]
fn faulty_modules_are_not_valid() {
    let schema = schema();
    let fine = json!({"lir": LIR_VERSION, "id": ":x", "types": ["Int"], "cells": [
        {"name": "f", "result": "Int", "registers": 1, "code": [
            {"op": "load_int", "a": 0, "value": 1},
            {"op": "return", "a": 0}
        ]}
    ]});
    assert_eq!(validate(&schema, &fine), Ok(()));
    let faulty: [(&str, Value); 16] = [
        ("/lir", json!(1)),
        ("/id", json!(7)),
        ("/types/0", json!({"lists": 0})),
        ("/types/0", json!({"nominal": 0})),
        ("/types", json!("Int")),
        ("/cells/0/kind", json!("cell")),
        ("/cells/0/registers", json!(70_000)),
        (
            "/cells/0/type_parameters",
            json!([{"name": "T", "class": "every"}]),
        ),
        ("/cells/0/methods", json!([{"name": "m", "parameters": ["Int"]}])),
        ("/cells/0/handlers", json!([{"start": 0, "end": 2}])),
        ("/cells/0/code/0/op", json!("load")),
        ("/cells/0/code/0/a", json!(256)),
        ("/cells/0/code/0/b", json!(0)),
        ("/cells/0/code/1", json!({"op": "return"})),
        ("/instances", json!([{"cell": {"instances": 0}, "types": []}])),
        ("/unknown", json!(true)),
    ];
    for (pointer, value) in faulty {
        let mut module = fine.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        match module.pointer_mut(parent).expect("it is there") {
            Value::Object(object) => drop(object.insert(key.to_owned(), value)),
            Value::Array(items) => items[key.parse::<usize>().expect("an index")] = value,
            _ => panic!("{pointer} leads nowhere"),
        }
        assert!(validate(&schema, &module).is_err(), "{pointer}: {module}");
    }
}

fn canonical(module: &Module) -> Value {
    serde_json::from_str(&module.to_json()).expect("the canonical form is JSON")
}

fn schema() -> Value {
    let parameters = json!({"$ref": "#/$defs/typed_names"});
    let cell = [
        ("effects", json!({"$ref": "#/$defs/texts"})),
        ("generator", json!({"const": true})),
        (
            "handlers",
            list_of(object(
                &[("start", index()), ("end", index()), ("target", index())],
                &[],
            )),
        ),
        (
            "kind",
            json!({"enum": CellKind::TABLE[1..].iter().map(|(_, name)| *name).collect::<Vec<_>>()}),
        ),
        ("methods", json!({"$ref": "#/$defs/methods"})),
        ("parameters", parameters),
        ("public", json!({"const": true})),
        ("type_parameters", json!({"$ref": "#/$defs/type_parameters"})),
    ];
    let cell = object(
        &[
            ("name", text()),
            ("result", ty()),
            (
                "registers",
                json!({"type": "integer", "minimum": 0, "maximum": 65535}),
            ),
            ("code", json!({"$ref": "#/$defs/code"})),
        ],
        &cell,
    );
    let tables = [
        ("constants", list_of(json!({"$ref": "#/$defs/constant"}))),
        ("nominals", list_of(json!({"$ref": "#/$defs/nominal"}))),
        ("cells", list_of(cell)),
        ("imported_cells", list_of(imported_cell())),
        (
            "instances",
            list_of(object(
                &[("cell", cell_reference()), ("types", types())],
                &[("methods", list_of(cell_reference()))],
            )),
        ),
        (
            "tools",
            list_of(object(
                &[
                    ("alias", text()),
                    ("id", text()),
                    ("parameters", types()),
                    ("result", ty()),
                ],
                &[],
            )),
        ),
        (
            "policies",
            list_of(object(
                &[("tool", index()), ("grants", list_of(tuple(&[text(), text()])))],
                &[],
            )),
        ),
    ];
    let mut schema = object(
        &[
            ("lir", json!({"const": LIR_VERSION})),
            ("id", text()),
            ("types", list_of(json!({"$ref": "#/$defs/type_entry"}))),
        ],
        &tables,
    );
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("A LIR module in canonical JSON");
    schema["description"] = json!(
        "Written from the opcode table. What it does not say, such as which names and indexes are there, the verifier checks."
    );
    schema["$defs"] = definitions();
    schema
}

fn definitions() -> Value {
    let classes: Vec<&str> = VariableClass::TABLE.iter().map(|(_, name)| *name).collect();
    let typed_name = object(&[("name", text()), ("type", ty())], &[]);
    json!({
        "cell_reference": {
            "description": "A name of a cell of this module, an imported one, an instance, a method of the cell at hand, or the operand itself.",
            "anyOf": [
                text(), index(),
                object(&[("module", text()), ("name", text())], &[]),
                object(&[("instance", index())], &[]),
                object(&[("method", index())], &[]),
            ]
        },
        "code": {"anyOf": [
            list_of(json!({"$ref": "#/$defs/instruction"})),
            object(&[("words", list_of(index()))], &[]),
        ]},
        "constant": {"anyOf": [
            object(&[("int", json!({"type": "integer"}))], &[]),
            object(&[("float", text())], &[]),
            object(&[("string", text())], &[]),
            object(&[("bytes", text())], &[]),
        ]},
        "instruction": {"anyOf": Opcode::TABLE.iter().map(instruction).collect::<Vec<_>>()},
        "methods": list_of(object(&[("name", text()), ("parameters", types()), ("result", ty())], &[])),
        "nominal": object(&[("name", text())], &[
            ("module", text()),
            ("type_parameters", json!({"$ref": "#/$defs/type_parameters"})),
            ("record", json!({"$ref": "#/$defs/typed_names"})),
            ("constrained", json!({"const": true})),
            ("enum", list_of(object(&[("name", text())], &[("payload", types())]))),
        ]),
        "register": {"type": "integer", "minimum": 0, "maximum": 255},
        "texts": list_of(text()),
        "type": {"description": "A type by its name, or by its index in `types`.", "anyOf": [text(), index()]},
        "type_entry": {"description": "A type by its name, or by its form over indexes.", "anyOf": type_forms()},
        "type_parameters": list_of(object(&[("name", text()), ("class", json!({"enum": classes}))], &[])),
        "typed_names": list_of(typed_name),
    })
}

fn type_forms() -> Vec<Value> {
    let pair = tuple(&[index(), index()]);
    let forms = [
        ("again", text()),
        ("list", index()),
        ("set", index()),
        ("generator", index()),
        ("variable", index()),
        ("map", pair.clone()),
        ("result", pair),
        ("tuple", list_of(index())),
        ("union", list_of(index())),
        ("nominal", tuple(&[index(), list_of(index())])),
        ("function", tuple(&[list_of(index()), index()])),
    ];
    let forms = forms
        .into_iter()
        .map(|(name, operand)| object(&[(name, operand)], &[]));
    std::iter::once(text()).chain(forms).collect()
}

fn imported_cell() -> Value {
    object(
        &[("module", text()), ("name", text()), ("result", ty())],
        &[
            ("type_parameters", json!({"$ref": "#/$defs/type_parameters"})),
            ("methods", json!({"$ref": "#/$defs/methods"})),
            ("parameters", types()),
            ("effects", json!({"$ref": "#/$defs/texts"})),
        ],
    )
}

/// An instruction of one opcode, with the keys that its row of the table asks for.
fn instruction(row: &OpcodeInfo) -> Value {
    let mut members = vec![("op", json!({"const": row.name}))];
    for (key, role) in ["a", "b", "c"].into_iter().zip(row.bytes) {
        match role {
            Role::None => {}
            Role::Write | Role::Read | Role::Update | Role::Immediate => {
                members.push((key, json!({"$ref": "#/$defs/register"})));
            }
            Role::Count if row.format == Format::AbcPath => {
                let position = object(&[("position", index())], &[]);
                let register = object(&[("index", json!({"$ref": "#/$defs/register"}))], &[]);
                members.push(("path", list_of(json!({"anyOf": [position, register]}))));
            }
            Role::Count => members.push(("arguments", list_of(json!({"$ref": "#/$defs/register"})))),
        }
    }
    if row.format == Format::AbcTable {
        members.push(("to", list_of(text())));
    }
    members.extend(row.words.into_iter().filter_map(word));
    object(&members, &[("label", text())])
}

/// Key and schema of a word operand.
fn word(role: WordRole) -> Option<(&'static str, Value)> {
    let constant = json!({"anyOf": [{"$ref": "#/$defs/constant"}, index()]});
    let names: Vec<&str> = Intrinsic::TABLE.iter().map(|row| row.name).collect();
    let intrinsic = json!({"anyOf": [{"enum": names}, index()]});
    Some(match role {
        WordRole::None | WordRole::Count => return None,
        WordRole::Jump => ("to", text()),
        WordRole::Integer => (
            "value",
            json!({"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX}),
        ),
        WordRole::Constant => ("constant", constant),
        WordRole::Type => ("type", ty()),
        WordRole::Cell => ("cell", cell_reference()),
        WordRole::Intrinsic => ("intrinsic", intrinsic),
        WordRole::Position => ("position", index()),
        WordRole::Variant => ("variant", index()),
        WordRole::Tool => ("tool", json!({"anyOf": [text(), index()]})),
        WordRole::Policy => ("policy", index()),
    })
}

fn object(required: &[(&str, Value)], optional: &[(&str, Value)]) -> Value {
    let members = required.iter().chain(optional);
    let properties: Map<String, Value> = members
        .map(|(key, schema)| ((*key).to_owned(), schema.clone()))
        .collect();
    let required: Vec<&str> = required.iter().map(|(key, _)| *key).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn list_of(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

fn tuple(items: &[Value]) -> Value {
    json!({"type": "array", "prefixItems": items, "minItems": items.len(), "maxItems": items.len()})
}

fn text() -> Value {
    json!({"type": "string"})
}

/// An index or another number of 32 bits.
fn index() -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
}

fn ty() -> Value {
    json!({"$ref": "#/$defs/type"})
}

fn types() -> Value {
    list_of(ty())
}

fn cell_reference() -> Value {
    json!({"$ref": "#/$defs/cell_reference"})
}

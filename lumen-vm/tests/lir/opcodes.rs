//! Hand-written modules, one and more for each opcode: `tests/opcodes/NAME.lir.json`, and generic ones in `tests/generics`.
//!
//! Here they are read, verified, written in both forms and listed. `NAME.expect` beside them says what a run of `main`
//! prints (what the program prints, then its value); `fails KIND` or `fails KIND: MESSAGE` instead if it fails, and
//! `unsupported` if the machine refuses to run it yet.

use std::collections::BTreeSet;
use std::sync::Arc;

use lumen_vm::lir::{Module, Opcode, instructions, verify};

use crate::cases;

fn cases() -> Vec<(String, String)> {
    ["opcodes", "generics"]
        .map(|folder| cases::read(folder, ".lir.json"))
        .concat()
}

#[test]
fn every_case_says_what_it_does() {
    for folder in ["opcodes", "generics"] {
        let names = |suffix| {
            let cases = cases::read(folder, suffix).into_iter();
            cases.map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(".lir.json"), names(".expect"));
    }
}

#[test]
fn every_case_verifies_and_survives_both_forms() {
    for (name, text) in cases() {
        let module = Module::from_json(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        if let Err(error) = verify(Arc::new(module.clone())) {
            panic!("{name}: {error}\n{}", module.disassemble());
        }
        assert_eq!(
            Module::from_json(&module.to_json()).as_ref(),
            Ok(&module),
            "{name}"
        );
        assert_eq!(Module::decode(&module.encode()).as_ref(), Ok(&module), "{name}");
    }
}

#[test]
fn every_opcode_has_a_case_of_its_name() {
    let mut missing: BTreeSet<&str> = Opcode::TABLE.iter().map(|row| row.name).collect();
    for (name, text) in cases() {
        let module = Module::from_json(&text).expect("a module");
        let codes = module.cells.iter().flat_map(|cell| instructions(&cell.code));
        for (_, decoded) in codes {
            let opcode = decoded
                .expect("the JSON form yields instructions")
                .opcode
                .info()
                .name;
            if opcode == name {
                missing.remove(opcode);
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn listings() {
    let mut report = String::new();
    for (_, text) in cases() {
        let module = Module::from_json(&text).expect("a module");
        report.push_str(&module.disassemble());
        report.push('\n');
    }
    insta::assert_snapshot!(report);
}

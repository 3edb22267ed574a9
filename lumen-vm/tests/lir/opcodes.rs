//! Hand-written modules, one and more for each opcode: `tests/opcodes/NAME.lir.json`.
//!
//! Here they are read, verified, written in both forms and listed. `NAME.expect` beside them says what a run of `main`
//! prints (what the program prints, then its value); `fails KIND` or `fails KIND: MESSAGE` instead if it fails, and
//! `unsupported` if the machine refuses to run it yet.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use lumen_vm::lir::{Module, Opcode, instructions, verify};

fn cases() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/opcodes");
    #[expect(clippy::disallowed_methods, reason = "cases are files")]
    let mut cases: Vec<(String, String)> = fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(".lir.json")?.to_owned();
            assert!(
                path.with_file_name(format!("{name}.expect")).is_file(),
                "{name} has no .expect"
            );
            Some((name, fs::read_to_string(&path).expect("a readable case")))
        })
        .collect();
    cases.sort();
    cases
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

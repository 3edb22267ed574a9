//! The spec page: its tables and examples are those of the code, and every opcode has a rule.
//!
//! `LUMEN_UPDATE_SPEC=1 cargo test -p lumen-vm --test lir` rewrites what is generated.
#![expect(
    clippy::disallowed_methods,
    reason = "reads and on request rewrites the spec page"
)]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use lumen_vm::lir::{Intrinsic, Module, Opcode, Outcome, Role, SectionDigest, WordRole, verify};

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/spec/lir-v1.md")
}

#[test]
fn the_page_holds_exactly_the_generated_parts() {
    let page = std::fs::read_to_string(path()).expect("the spec page");
    let module = Module::from_json(example(&page)).expect("the example is a module");
    verify(Arc::new(module.clone())).expect("the example verifies");
    let parts = [
        ("opcodes", opcodes()),
        ("intrinsics", intrinsics()),
        ("listing", format!("```text\n{}```\n", module.disassemble())),
        ("bytes", bytes(&module.encode())),
    ];
    let mut expected = page.clone();
    for (name, part) in parts {
        expected = replace(&expected, name, &part);
    }
    if std::env::var_os("LUMEN_UPDATE_SPEC").is_some() {
        std::fs::write(path(), expected).expect("the page can be written");
    } else {
        assert!(
            page == expected,
            "docs/spec/lir-v1.md is out of date; run with LUMEN_UPDATE_SPEC=1"
        );
    }
}

#[test]
fn every_opcode_has_a_rule_in_table_order() {
    let page = std::fs::read_to_string(path()).expect("the spec page");
    let (_, rules) = page
        .split_once("| Opcode | Rule |\n")
        .expect("the table of rules");
    let rows = rules.lines().skip(1).take_while(|line| line.starts_with("| `"));
    let names: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    let opcodes: Vec<&str> = Opcode::TABLE.iter().map(|row| row.name).collect();
    assert_eq!(names, opcodes);
}

fn example(page: &str) -> &str {
    let (_, rest) = page
        .split_once("<!-- example: json -->\n```json\n")
        .expect("the example begins");
    rest.split_once("```").expect("the example ends").0
}

fn replace(page: &str, name: &str, part: &str) -> String {
    let mark = format!("<!-- generated: {name} -->\n");
    let (before, rest) = page
        .split_once(&mark)
        .unwrap_or_else(|| panic!("the page has no {mark}"));
    let (_, after) = rest.split_once("<!-- end -->").expect("the part ends");
    format!("{before}{mark}{part}<!-- end -->{after}")
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn byte(role: Role) -> &'static str {
    match role {
        Role::None => "",
        Role::Write => "write",
        Role::Read => "read",
        Role::Update => "update",
        Role::Immediate => "immediate",
        Role::Count => "count",
    }
}

fn word(role: WordRole) -> &'static str {
    match role {
        WordRole::None => "",
        WordRole::Integer => "integer",
        WordRole::Constant => "constant",
        WordRole::Type => "type",
        WordRole::Jump => "jump",
        WordRole::Cell => "cell",
        WordRole::Intrinsic => "intrinsic",
        WordRole::Position => "position",
        WordRole::Variant => "variant",
        WordRole::Tool => "tool",
        WordRole::Policy => "policy",
        WordRole::Count => "count",
    }
}

fn opcodes() -> String {
    let mut text = "| Number | Name | Format | A | B | C | W | V | Meaning |\n".to_owned();
    text.push_str("|---:|---|---|---|---|---|---|---|---|\n");
    for row in Opcode::TABLE {
        let [a, b, c] = row.bytes.map(byte);
        let [w, v] = row.words.map(word);
        let (number, format, meaning) = (row.opcode as u8, format!("{:?}", row.format), cell(row.meaning));
        writeln!(
            text,
            "| {number} | `{}` | `{format}` | {a} | {b} | {c} | {w} | {v} | {meaning} |",
            row.name
        )
        .expect("writing to a String does not fail");
    }
    text
}

fn intrinsics() -> String {
    let mut text = "| Number | Name | In source | Signature | Outcome | Meaning |\n".to_owned();
    text.push_str("|---:|---|---|---|---|---|\n");
    for row in Intrinsic::TABLE {
        let source = match row.source_name {
            "" => String::new(),
            name => format!("`{name}`"),
        };
        let outcome = match row.outcome {
            Outcome::Pure => "pure",
            Outcome::MayFail => "may fail",
            Outcome::Output => "output",
        };
        let (number, signature, meaning) = (row.intrinsic as u16, cell(row.signature), cell(row.meaning));
        writeln!(
            text,
            "| {number} | `{}` | {source} | `{signature}` | {outcome} | {meaning} |",
            row.name
        )
        .expect("writing to a String does not fail");
    }
    text
}

fn bytes(encoded: &[u8]) -> String {
    let mut text = "```text\n".to_owned();
    for (line, chunk) in encoded.chunks(16).enumerate() {
        let hex: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
        let shown: String = chunk
            .iter()
            .map(|&byte| {
                if byte.is_ascii_graphic() || byte == b' ' {
                    char::from(byte)
                } else {
                    '.'
                }
            })
            .collect();
        writeln!(text, "{:04x}  {:<47}  {shown}", 16 * line, hex.join(" "))
            .expect("writing to a String does not fail");
    }
    writeln!(text, "sha256 {}\n```", SectionDigest::of_module(encoded))
        .expect("writing to a String does not fail");
    text
}

//! Documents that ask for much: the checker answers them all, with bounded work and on a bounded stack.

use crate::modules::Modules;
use lumen_compiler::diagnostic::Code;
use std::fmt::Write;

/// Stack of the threads that compile, in bytes.
const STACK: usize = 64 << 20;

/// The codes found in a document, each with how often, ascending.
fn codes(text: String) -> Vec<(Code, usize)> {
    let checked = move || {
        let (document, checked) = Modules::default().add("main", &format!("```lumen\n{text}\n```\n"));
        let mut counts: Vec<(Code, usize)> = Vec::new();
        let mut all: Vec<Code> = document
            .diagnostics
            .iter()
            .chain(&checked.diagnostics)
            .map(|diagnostic| diagnostic.code)
            .collect();
        all.sort();
        for code in all {
            match counts.last_mut() {
                Some((last, count)) if *last == code => *count += 1,
                _ => counts.push((code, 1)),
            }
        }
        counts
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(checked);
    thread.expect("a thread").join().expect("no panic")
}

fn main_with(body: &str) -> String {
    format!("cell main()\n{body}end\n")
}

#[test]
fn nested_expressions_are_checked() {
    let nested = format!("  print({}1{})\n", "[".repeat(150), "]".repeat(150));
    assert_eq!(codes(main_with(&nested)), []);
    let chained = format!("  print(1{})\n", " + 1".repeat(800));
    assert_eq!(codes(main_with(&chained)), []);
    let calls = format!("  print(\" a\"{})\n", ".trim()".repeat(400));
    assert_eq!(codes(main_with(&calls)), []);
}

#[test]
fn types_that_double_with_each_line_are_refused_once() {
    let mut body = String::from("  let a0 = []\n");
    for line in 0..200 {
        let _ = writeln!(body, "  let a{} = (a{line}, a{line})", line + 1);
    }
    body.push_str("  print(a200)\n");
    assert_eq!(codes(main_with(&body)), [(Code::E0014, 1)]);
    let mut body = String::from("  let a0 = 1\n");
    for line in 0..2_000 {
        let _ = writeln!(body, "  let a{} = [a{line}]", line + 1);
    }
    body.push_str("  print(a2000)\n");
    assert_eq!(codes(main_with(&body)), [(Code::E0014, 1)]);
}

#[test]
fn long_matches_are_checked() {
    let mut body = String::from("  let s = \"x\"\n  match s\n");
    for arm in 0..5_000 {
        let _ = writeln!(body, "    \"{arm}\" -> print({arm})");
    }
    body.push_str("  end\n");
    assert_eq!(codes(main_with(&body)), [(Code::E0016, 1)]);
    let mut body = String::from("  let n = 1\n  match n\n");
    for arm in 0..5_000 {
        let _ = writeln!(body, "    {arm} -> print({arm})");
    }
    body.push_str("    4999 -> print(0)\n    _ -> print(1)\n  end\n");
    assert_eq!(codes(main_with(&body)), [(Code::W0003, 1)]);
}

#[test]
fn matches_that_would_take_ages_are_answered() {
    // Each arm looks at two of many columns: the number of cases doubles with each.
    let columns = 40;
    let mut body = format!("cell f({}) -> Int\n  match (", {
        let parameters: Vec<String> = (0..columns).map(|column| format!("a{column}: Bool")).collect();
        parameters.join(", ")
    });
    body.push_str(
        &(0..columns)
            .map(|column| format!("a{column}"))
            .collect::<Vec<_>>()
            .join(", "),
    );
    body.push_str(")\n");
    for arm in 0..columns {
        let cells: Vec<&str> = (0..columns)
            .map(|column| {
                if column == arm {
                    "true"
                } else if column == (arm * 7 + 3) % columns {
                    "false"
                } else {
                    "_"
                }
            })
            .collect();
        let _ = writeln!(body, "    ({}) -> {arm}", cells.join(", "));
    }
    body.push_str("  end\nend\n");
    let found = codes(body);
    assert!(found.contains(&(Code::E0016, 1)), "{found:?}");
}

#[test]
fn long_chains_of_declarations_need_no_native_stack() {
    let mut text = String::new();
    for number in 0..20_000 {
        let _ = writeln!(text, "type T{number} = T{}", number + 1);
    }
    text.push_str("type T20000 = Int\n");
    assert_eq!(codes(text), []);
    let mut text = String::new();
    for number in 0..20_000 {
        let _ = writeln!(text, "type T{number} = T{}", (number + 1) % 20_000);
    }
    assert_eq!(codes(text), [(Code::E0014, 1)]);
    let mut text = String::new();
    for number in 0..5_000 {
        let _ = writeln!(text, "cell f{number}()\n  f{}()\nend\n", number + 1);
    }
    text.push_str("cell f5000()\n  1\nend\n");
    assert_eq!(codes(text), []);
    let mut text = String::new();
    for number in 0..5_000 {
        let _ = writeln!(text, "cell f{number}()\n  f{}()\nend\n", (number + 1) % 5_000);
    }
    let found = codes(text);
    assert!(matches!(found.as_slice(), [(Code::E0019, _)]), "{found:?}");
}

#[test]
fn many_unknown_names_are_each_reported() {
    let mut body = String::new();
    for number in 0..20_000 {
        let _ = writeln!(body, "  print(unknown{number})");
    }
    assert_eq!(codes(main_with(&body)), [(Code::E0010, 20_000)]);
}

#[test]
fn long_bodies_are_checked() {
    let mut body = String::from("  let mut total = 0\n");
    for number in 0..10_000 {
        let _ = writeln!(body, "  let x{number} = {number} * 2\n  total += x{number}");
    }
    body.push_str("  print(total)\n");
    assert_eq!(codes(main_with(&body)), []);
}

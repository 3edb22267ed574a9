//! What the host is told by `assert_snapshot`, and what becomes of its answer.

use super::link;
use crate::exec::{Limits, Output, Vm};
use crate::failure::FailureKind;
use crate::lir::ModuleId;

const KEEPS: &str = r#"{"lir": 3, "id": ":keeps",
    "constants": [{"string": ""}, {"string": "a\nb"}, {"string": "second"}],
    "types": ["Int", "String", "Null", "list[Int]", "fn() -> Null"],
    "cells": [{"name": "keep", "result": "Null", "code": [
        {"op": "load_constant", "a": 0, "constant": 0},
        {"op": "load_constant", "a": 1, "constant": 1},
        {"op": "load_constant", "a": 2, "constant": 2},
        {"op": "load_int", "a": 3, "value": 7},
        {"op": "list", "a": 4, "type": "list[Int]", "arguments": [3, 3]},
        {"op": "closure", "a": 5, "cell": "keep", "type": "fn() -> Null", "arguments": []},
        {"op": "intrinsic", "a": 6, "intrinsic": "assert_snapshot", "type": "Null", "arguments": [1, 0]},
        {"op": "intrinsic", "a": 6, "intrinsic": "assert_snapshot", "type": "Null", "arguments": [4, 2]},
        {"op": "intrinsic", "a": 6, "intrinsic": "assert_snapshot", "type": "Null", "arguments": [5, 0]},
        {"op": "return", "a": 6}
    ]}]
}"#;

/// Keeps snapshots, so many of them.
struct Keeper {
    kept: Vec<(Option<String>, String)>,
    most: usize,
}

impl Output for Keeper {
    fn print_line(&mut self, _: &str) {}

    fn debug_line(&mut self, _: &str) {}

    fn snapshot(&mut self, name: Option<&str>, text: &str) -> Result<(), String> {
        if self.kept.len() == self.most {
            return Err("there is no more room".to_owned());
        }
        self.kept.push((name.map(str::to_owned), text.to_owned()));
        Ok(())
    }
}

#[test]
fn the_host_gets_names_and_texts_and_may_refuse_them() {
    let program = link(&[KEEPS]);
    let cell = program
        .find_cell(&ModuleId::document("keeps"), "keep")
        .expect("a cell");
    let texts = [
        (None, "a\nb".to_owned()),
        (Some("second".to_owned()), "[\n  7,\n  7\n]".to_owned()),
        (None, "fn() -> Null".to_owned()),
    ];
    for most in 0..=texts.len() {
        let mut keeper = Keeper {
            kept: Vec::new(),
            most,
        };
        let mut vm = Vm::new(&program, Limits::default(), &mut keeper);
        let ended = vm.run(cell, Vec::new()).map(|value| vm.release(value));
        assert_eq!(vm.live_objects(), 0);
        drop(vm);
        assert_eq!(keeper.kept, texts[..most]);
        match ended {
            Ok(()) => assert_eq!(most, texts.len()),
            Err(failure) => assert_eq!(
                (failure.kind, failure.message.as_str()),
                (FailureKind::Validation, "there is no more room")
            ),
        }
    }
}

//! Arguments from text, given to a program whose records have a constraint and a default.

use std::sync::Arc;

use lumen_vm::lir::{Module, verify};
use lumen_vm::{ArgumentError, Details, Limits, MemoryOutput, Program, Vm};

const MODULE: &str = include_str!("arguments.lir.json");

/// Runs `main` with these texts for its parameters and shows its value.
fn run(people: &str, at: &str, note: &str) -> Result<String, ArgumentError> {
    let module = Module::from_json(MODULE).expect("a module");
    let verified = verify(Arc::new(module)).expect("verifies");
    let id = verified.module().id.clone();
    let program = Program::link(&[verified]).expect("links");
    let main = program.find_cell(&id, "main").expect("a cell `main`");
    let mut output = MemoryOutput::default();
    let mut vm = Vm::new(&program, Limits::default(), &mut output);
    let mut arguments = Vec::new();
    let mut read = Ok(());
    for (parameter, text) in [people, at, note].into_iter().enumerate() {
        match vm.read_argument(main, parameter, text) {
            Ok(argument) => arguments.push(argument),
            Err(error) => read = read.and(Err(error)),
        }
    }
    let shown = match read {
        Ok(()) => {
            let value = vm.run(main, arguments).expect("runs");
            let shown = vm.show(&value).expect("is shown");
            vm.release(value);
            Ok(shown)
        }
        Err(error) => {
            arguments.into_iter().for_each(|argument| vm.release(argument));
            Err(error)
        }
    };
    assert_eq!(vm.live_objects(), 0, "objects leak");
    shown
}

#[test]
fn records_are_made_by_their_module() {
    let people = r#"[{"age": 3, "name": "Ann"}, {"age": 0, "name": "Bob", "nick": "B"}]"#;
    let expected = "([Person(name: \"Ann\", age: 3, nick: \"AnnAnn\"), Person(name: \"Bob\", age: 0, nick: \"B\")], \
                    Point(x: 1, y: 2), \"[raw]\")";
    assert_eq!(
        run(people, r#"{"x": 1, "y": 2}"#, "[raw]").as_deref(),
        Ok(expected)
    );
}

#[test]
fn constraints_hold_for_arguments() {
    let people = r#"[{"age": 3, "name": "Ann"}, {"age": -1, "name": "Bob"}]"#;
    let Err(ArgumentError::Failed(failure)) = run(people, r#"{"x": 1, "y": 2}"#, "") else {
        panic!("the constraint is broken");
    };
    let Details::Constraints(broken) = *failure.details else {
        panic!("{:?}", failure.details);
    };
    assert_eq!(
        (broken[0].path.as_str(), broken[0].value.as_str()),
        ("[1].age", "-1")
    );
}

#[test]
fn faulty_texts_name_the_place() {
    for (people, at, message) in [
        (
            r#"[{"age": "3", "name": "Ann"}]"#,
            "{}",
            "at `[0].age`: expected Int, found \"3\"",
        ),
        (
            r#"[{"age": 3}, {"age": -3, "nick": 1}]"#,
            "{}",
            "4 errors\n  at `[0].name`: missing, expected String\n  at `[1].name`: missing, expected String\n  \
             [1].age = -3, where age >= 0\n  at `[1].nick`: expected String, found 1",
        ),
        ("[]", r#"{"x": 1}"#, "at `y`: missing, expected Int"),
        (
            "[]",
            "nothing",
            "expected Point as JSON: expected a value, found `n` at line 1, column 1",
        ),
    ] {
        let error = run(people, at, "").expect_err(people);
        assert_eq!(error.to_string(), message);
    }
}

//! Tests with parameters, run as properties with a fixed seed.

use lumen_vm::lir::{CellKind, ModuleId};
use lumen_vm::property::{Counterexample, KeptCase, Property, PropertyFailure, PropertyOutcome};
use lumen_vm::{CellRef, Limits, MemoryOutput, Program};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use crate::modules::Modules;
use crate::running::link;

const FUEL: u64 = 1_000_000;

fn property(program: &Program, cell: CellRef) -> Property<'_> {
    Property {
        program,
        cell,
        limits: Limits {
            fuel: Some(FUEL),
            ..Limits::default()
        },
        seed: 0,
        name: "case",
        cases: 200,
        kept: &[],
        interrupt: None,
    }
}

/// Runs a property.
fn check(
    program: &Program,
    cell: CellRef,
    seed: u64,
    cases: u32,
    kept: &[KeptCase],
) -> PropertyOutcome<MemoryOutput> {
    let property = Property {
        seed,
        cases,
        kept,
        ..property(program, cell)
    };
    property.check(MemoryOutput::default)
}

/// Runs a property that is ended from outside in its run number `run`, from 1.
fn check_until(
    program: &Program,
    cell: CellRef,
    run: usize,
    limits: Limits,
) -> PropertyOutcome<MemoryOutput> {
    let flag = Arc::new(AtomicBool::new(run == 0));
    let property = Property {
        limits,
        interrupt: Some(Arc::clone(&flag)),
        ..property(program, cell)
    };
    let mut runs = 0;
    property.check(|| {
        runs += 1;
        flag.fetch_or(runs == run, Ordering::Relaxed);
        MemoryOutput::default()
    })
}

/// How a property ends, for people.
pub(crate) fn describe(outcome: &PropertyOutcome<MemoryOutput>) -> String {
    let found = match outcome {
        PropertyOutcome::Passed { stale: 0 } => return "holds\n".to_owned(),
        PropertyOutcome::Passed { stale } => return format!("holds; {stale} stale\n"),
        PropertyOutcome::GaveUp { reason } => return format!("? {reason}\n"),
        PropertyOutcome::Interrupted => return "interrupted\n".to_owned(),
        PropertyOutcome::Failed(found) => found,
    };
    let mut out = String::new();
    for (name, value) in &found.arguments {
        let _ = writeln!(out, "  {name} = {value}");
    }
    let _ = write!(out, "{}", found.output.printed);
    let _ = match &found.failure {
        PropertyFailure::Failed(failure) => writeln!(out, "! {:?}: {}", failure.kind, failure.message),
        PropertyFailure::Returned(value) => writeln!(out, "= {value}"),
    };
    let _ = write!(
        out,
        "kept {}",
        KeptCase::write_all(std::slice::from_ref(&found.kept))
    );
    out
}

/// The program of a document, with the names of its properties.
fn properties(document: &str) -> (Program, Vec<(String, CellRef)>) {
    let mut modules = Modules::default();
    let (_, checked) = modules.add("main", document);
    let lowered = checked.lowered.expect("it compiles");
    let program = link(vec![lowered]);
    let id = Modules::id("main");
    let module = program.find_module(&id).expect("it is linked");
    let cells = module.cells.iter();
    let names: Vec<String> = cells
        .filter(|cell| cell.kind == CellKind::Test && !cell.parameters.is_empty())
        .map(|cell| cell.name.clone())
        .collect();
    let found = names.into_iter().map(|name| {
        let cell = program.find_cell(&id, &name).expect("it is there");
        (name, cell)
    });
    let found = found.collect();
    (program, found)
}

fn failed(outcome: PropertyOutcome<MemoryOutput>) -> Box<Counterexample<MemoryOutput>> {
    match outcome {
        PropertyOutcome::Failed(found) => found,
        other => panic!("it does not fail: {}", describe(&other)),
    }
}

/// Values of every type there is, which are the same after a way through JSON, and keep all constraints.
const EVERYTHING: &str = r#"
```lumen
enum Shape
  Dot
  Circle(Float)
  Group(list[Shape])
  Named(String, Shape?)
end

record Limits
  low: Int where low >= -1000
  high: Int where high > low and high <= 1000
end

record Account
  id: String where id.matches("^[A-Z]{2}[0-9]{4}(-[a-z]+)?$")
  owner: String where owner.length() >= 1 and owner.length() <= 12
  limits: Limits
  tags: set[String] where tags.length() < 4 = to_set(["new"])
  rate: Float where rate > 0.0 and rate <= 0.25
  parent: Account?
end

record Pair[A, B]
  first: A
  second: B
end

cell finite(shape: Shape) -> Bool
  not to_string(shape).matches("NaN|inf")
end

@test
cell accounts(a: Account) -> Bool
  validate(schema Account, to_json(a)) == ok(a)
end

@test
cell shapes(s: Shape) -> Bool
  not finite(s) or validate(schema Shape, to_json(s)) == ok(s)
end

@test
cell pairs(p: Pair[Limits, list[Account?]], m: map[Int, (Bool, Bytes)], r: result[set[Int], Null]) -> Bool
  (validate(schema Pair[Limits, list[Account?]], to_json(p)) == ok(p)
    and validate(schema map[Int, (Bool, Bytes)], to_json(m)) == ok(m)
    and validate(schema result[set[Int], Null], to_json(r)) == ok(r))
end

@test
cell json(j: Json, m: map[Bool, String]) -> Bool
  to_json(parse_json(to_json(j))) == to_json(j) and validate(schema map[Bool, String], to_json(m)) == ok(m)
end
```
"#;

#[test]
fn values_are_of_their_types_and_keep_their_constraints() {
    let (program, found) = properties(EVERYTHING);
    for (name, cell) in found {
        for seed in 0..4 {
            let outcome = check(&program, cell, seed, 150, &[]);
            assert_eq!(describe(&outcome), "holds\n", "{name}");
        }
    }
}

static ALL_TYPES: LazyLock<(Program, Vec<(String, CellRef)>)> = LazyLock::new(|| properties(EVERYTHING));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any list of choices makes values, or none, and never a value that does not belong to its type.
    #[test]
    fn any_list_of_choices_is_taken(
        list in proptest::collection::vec(prop_oneof![0u64..4, 0..300u64, any::<u64>()], 0..60),
    ) {
        let (program, found) = &*ALL_TYPES;
        let words: Vec<String> = list.iter().map(|choice| format!("{choice:x}")).collect();
        let file = format!("[{{\"#choices\": \"{}\"}}]", words.join(" "));
        let kept = KeptCase::parse_all(&file).expect("a file of kept cases");
        for (name, cell) in found {
            let outcome = check(program, *cell, 0, 0, &kept);
            prop_assert!(matches!(outcome, PropertyOutcome::Passed { .. }), "{} {}", name, describe(&outcome));
        }
    }
}

const FAILING: &str = r#"
```lumen
record Range
  low: Int where low != 3
  high: Int where high >= low
end

@test
cell ranges(ranges: list[Range], x: Float) -> Bool
  not ranges.any(fn(r) => r.high > r.low + 5)
end

@test
cell floats(x: Float, y: Float) -> Bool
  x == x + 0.0 and to_string(x) != "-0.0" and to_string(y) != "NaN" or to_string(x) == "inf"
end

@test
cell texts(text: String, either: Int | Float) -> Bool
  text.length() < 2
end
```
"#;

#[test]
fn a_seed_determines_everything() {
    let (program, found) = properties(FAILING);
    for (name, cell) in &found {
        let mut cases = BTreeSet::new();
        for seed in 0..6 {
            let first = failed(check(&program, *cell, seed, 400, &[]));
            let second = failed(check(&program, *cell, seed, 400, &[]));
            assert_eq!(first.arguments, second.arguments, "{name}");
            assert_eq!((first.case, first.steps), (second.case, second.steps), "{name}");
            cases.insert((first.case, first.steps));
        }
        assert!(cases.len() > 1, "{name} does not depend on the seed");
    }
}

#[test]
fn a_property_that_is_ended_keeps_the_simplest_case_so_far() {
    let (program, found) = properties(
        r#"
```lumen
@test
cell light(xs: list[Int]) -> Bool
  xs.filter(fn(x) => x > 0 and x < 100000).sum() <= 100
end
```
"#,
    );
    let (_, cell) = &found[0];
    let mut report = String::new();
    let mut ended = false;
    for run in 0.. {
        match check_until(&program, *cell, run, Limits::default()) {
            // The simplest case and some random ones.
            PropertyOutcome::Interrupted => {
                assert_eq!(report, "", "it failed sooner when it was ended sooner")
            }
            outcome => {
                let found = failed(outcome);
                let shown = &found.arguments[0].1;
                if !report.ends_with(&format!(" {shown}\n")) {
                    let _ = writeln!(report, "run {run}, {} steps: {shown}", found.steps);
                }
                assert_eq!(found.failure, PropertyFailure::Returned("false".to_owned()));
                ended = !found.is_interrupted;
            }
        }
        if ended {
            break;
        }
    }
    insta::assert_snapshot!("ended", report);
}

#[test]
fn what_does_not_end_is_ended() {
    let (program, found) = properties(
        r#"
```lumen
cell never() -> Bool
  let mut left = 1
  while left > 0
    left += 1 - left
  end
  true
end

record Unmade
  n: Int where never()
end

@test
cell runs_on(n: Int) -> Bool
  never() or n == 0
end

@test
cell defaults(n: Bool = never()) -> Bool
  n
end

@test
cell constraints(u: Unmade) -> Bool
  u.n == 0
end
```
"#,
    );
    let limits = Limits {
        fuel: None,
        ..Limits::default()
    };
    for (name, cell) in found {
        // Where nothing can be made, it is ended before the first run.
        let run = usize::from(name != "constraints");
        let outcome = check_until(&program, cell, run, limits);
        assert!(
            matches!(outcome, PropertyOutcome::Interrupted),
            "{name}: {}",
            describe(&outcome)
        );
    }
}

#[test]
fn kept_cases_fail_again_before_all_others() {
    let (program, found) = properties(FAILING);
    for (name, cell) in &found {
        let first = failed(check(&program, *cell, 1, 400, &[]));
        let file = KeptCase::write_all(&[first.kept.clone(), first.kept.clone()]);
        let kept = KeptCase::parse_all(&file).expect("what was written is read");
        assert_eq!(kept, std::slice::from_ref(&first.kept), "{name}");
        let again = failed(check(&program, *cell, 2, 0, &kept));
        assert!(again.is_known, "{name}");
        assert_eq!(again.arguments, first.arguments, "{name}");
        assert_eq!(again.failure, first.failure, "{name}");
    }
}

#[test]
fn cases_of_other_parameters_are_stale() {
    let (program, found) = properties(FAILING);
    let file = r##"[{"no": 1}, {"text": 1, "either": 1}, {"text": "a"}, {"#choices": "zz"}, {"text": "a", "either": 1}]"##;
    let kept = KeptCase::parse_all(file).expect("a file of kept cases");
    let (_, texts) = found
        .iter()
        .find(|(name, _)| name == "texts")
        .expect("it is there");
    assert_eq!(
        describe(&check(&program, *texts, 0, 0, &kept)),
        "holds; 4 stale\n"
    );
}

#[test]
fn files_of_kept_cases_that_are_none_are_refused() {
    for text in ["", "{}", "[1]", "[", "[{}"] {
        let error = KeptCase::parse_all(text).expect_err(text);
        assert!(
            error.starts_with("expected a JSON array of objects with arguments"),
            "{error}"
        );
    }
    assert_eq!(KeptCase::parse_all("[]"), Ok(Vec::new()));
    assert_eq!(KeptCase::write_all(&[]), "[]\n");
}

/// The name of each property of a module and how it ends.
pub(crate) fn run(program: &Program, entry: &ModuleId, name: &str) -> String {
    let cell = program.find_cell(entry, name).expect("it is in the module");
    describe(&check(program, cell, 0, 200, &[]))
}

//! Texts as values of types, with a heap alone as the maker of records.

use crate::failure::{ArgumentError, BrokenConstraint, Details, Failure};
use crate::heap::{Heap, RuntimeType, TypeRef, TypeTable, Word};
use crate::json::decode::field_error;
use crate::json::{MAX_DEPTH, PlainRecords, Records, Trial, read_text};
use crate::lir::SignatureType;
use crate::show::Form;
use crate::test_values::{Literal, World, intern, literal_type, point, shape};
use proptest::prelude::*;

const LIMIT: usize = 1_000_000;

/// Of a `Point`, `y` is one more than `x` unless given; neither may be negative, nor `y` less than `x`.
struct Points<'a>(PlainRecords<'a>);

impl Records for Points<'_> {
    fn heap(&mut self) -> &mut Heap {
        self.0.heap()
    }

    fn check(&mut self, _: TypeRef, fields: &[Word], _: Trial) -> Result<Option<Word>, Failure> {
        let [x, y] = [fields[0].int(), fields[1].int()];
        let heap = self.0.heap();
        let mut errors = heap.list(TypeRef::FIELD_ERRORS, 0)?;
        for (holds, path, constraint, value) in [
            (x >= 0, "x", "x >= 0", x),
            (y >= 0, "y", "y >= 0", y),
            (y >= x, "y", "y >= x", y),
        ] {
            if !holds {
                let value = heap.wrap_int(value)?;
                let error = field_error(heap, path, constraint, value);
                heap.release(value);
                match error {
                    Ok(error) => errors = heap.push(errors, error)?,
                    Err(error) => {
                        heap.release(errors);
                        return Err(error.into());
                    }
                }
            }
        }
        Ok(Some(errors))
    }

    fn has_default(&mut self, _: TypeRef, field: usize) -> bool {
        field == 1
    }

    fn default(&mut self, _: TypeRef, _: usize, before: &[Word]) -> Result<Word, Failure> {
        Ok(Word::from_int(before[0].int() + 1))
    }

    fn enter(&mut self) -> Result<(), Failure> {
        self.0.enter()
    }

    fn leave(&mut self) {
        self.0.leave();
    }
}

/// Reads a text and shows what came of it, after checking that nothing leaks.
fn read(declare: impl FnOnce(&mut TypeTable) -> TypeRef, text: &str, form: Form) -> Result<String, String> {
    let (mut world, ty) = World::with(LIMIT, declare);
    let read = read_text(&mut Points(PlainRecords::new(&mut world.heap)), ty, text);
    let shown = read.map(|word| {
        let shown = world.shown(word, ty, form);
        world.heap.release_typed(word, ty);
        shown
    });
    assert_eq!(
        (world.heap.live_objects(), world.heap.bytes_used()),
        (0, 0),
        "{text} leaks"
    );
    shown.map_err(|error| match error {
        ArgumentError::Failed(failure) => match *failure.details {
            Details::Constraints(broken) => {
                let lines: Vec<String> = broken.iter().map(BrokenConstraint::describe).collect();
                format!("{}: {}", failure.message, lines.join("; "))
            }
            _ => failure.message,
        },
        error => error.to_string(),
    })
}

fn list(element: SignatureType) -> SignatureType {
    SignatureType::List(Box::new(element))
}

/// The types that the cases name.
fn named(table: &mut TypeTable, name: &str) -> TypeRef {
    use SignatureType::{Bool, Bytes, Float, Int, Map, Null, Optional, Result, Set, String, Tuple};
    let text = || Box::new(String);
    let ty = match name {
        "Point" => return point(table),
        "Shape" => return shape(table),
        "list[Point]" => {
            let point = point(table);
            return table.intern(RuntimeType::List(point));
        }
        "Point | Shape | Null" => {
            let members = [TypeRef::NULL, point(table), shape(table)];
            return table.intern(RuntimeType::Union(Box::new(members)));
        }
        "Int | Float" => {
            return table.intern(RuntimeType::Union(Box::new([TypeRef::INT, TypeRef::FLOAT])));
        }
        "String | Bytes" => {
            return table.intern(RuntimeType::Union(Box::new([TypeRef::STRING, TypeRef::BYTES])));
        }
        "fn() -> Int" => return table.intern(RuntimeType::Function(Box::new([]), TypeRef::INT)),
        "Json" => return TypeRef::JSON,
        "Null" => Null,
        "Bool" => Bool,
        "Int" => Int,
        "Float" => Float,
        "String" => String,
        "Bytes" => Bytes,
        "String?" => Optional(text()),
        "list[String]" => list(String),
        "list[list[Int]]" => list(list(Int)),
        "set[Int]" => Set(Box::new(Int)),
        "map[String, Int]" => Map(text(), Box::new(Int)),
        "map[Int, String]" => Map(Box::new(Int), text()),
        "map[Bool, Int]" => Map(Box::new(Bool), Box::new(Int)),
        "(Int, String)" => Tuple(vec![Int, String]),
        "result[Int, String]" => Result(Box::new(Int), text()),
        other => panic!("no type {other}"),
    };
    intern(table, &ty)
}

#[test]
fn texts_become_values() {
    for (ty, text, expected) in [
        (
            "String",
            "as it is, \"quotes\" too\n",
            r#""as it is, \"quotes\" too\n""#,
        ),
        ("Null", "null", "null"),
        ("Bool", "true", "true"),
        ("Int", " -7 ", "-7"),
        ("Float", "1", "1.0"),
        ("Float", "0.1", "0.1"),
        ("Float", "123456789012345678901234567890", "1.2345678901234568e29"),
        ("Bytes", "\"00fF\"", "b\"00ff\""),
        ("String?", "null", "null"),
        ("String?", "\"a\"", "\"a\""),
        ("list[String]", "[\"a\", \"\"]", "[\"a\", \"\"]"),
        ("list[list[Int]]", "[[], [1, 2]]", "[[], [1, 2]]"),
        ("set[Int]", "[2, 1, 2]", "{1, 2}"),
        ("map[String, Int]", r#"{"b": 1, "a": 2}"#, r#"{"a": 2, "b": 1}"#),
        (
            "map[Int, String]",
            r#"{"10": "x", "-2": "y"}"#,
            r#"{-2: "y", 10: "x"}"#,
        ),
        ("map[Bool, Int]", r#"{"true": 1}"#, "{true: 1}"),
        ("(Int, String)", r#"[1, "a"]"#, r#"(1, "a")"#),
        ("result[Int, String]", r#"{"ok": 1}"#, "ok(1)"),
        ("result[Int, String]", r#"{"err": "no"}"#, "err(\"no\")"),
        ("Point", r#"{"y": 2, "x": 1}"#, "Point(x: 1, y: 2)"),
        ("Point", r#"{"x": 1}"#, "Point(x: 1, y: 2)"),
        ("Shape", "\"Dot\"", "Dot"),
        ("Shape", r#"{"Box": [1, 2.5]}"#, "Box(1.0, 2.5)"),
        ("Point | Shape | Null", "null", "null"),
        ("Point | Shape | Null", r#"{"Circle": [1]}"#, "Circle(1.0)"),
        ("Point | Shape | Null", r#"{"x": 0}"#, "Point(x: 0, y: 1)"),
        ("Int | Float", "1", "1"),
        ("Int | Float", "1.0", "1.0"),
        ("Json", r#"{"a": [1, null, "x"]}"#, r#"{"a": [1, null, "x"]}"#),
    ] {
        let found = read(|table| named(table, ty), text, Form::Literal);
        assert_eq!(found.as_deref(), Ok(expected), "{text} as {ty}");
    }
}

#[test]
fn texts_of_another_type_are_refused_with_place_and_reason() {
    for (ty, text, expected) in [
        (
            "Int",
            "",
            "expected Int as JSON: expected a value, found the end of the text at line 1, column 1",
        ),
        ("Int", "1.0", "expected Int, found 1.0"),
        (
            "Int",
            "9223372036854775808",
            "expected Int that fits in 64 bits, found 9.223372036854776e18",
        ),
        (
            "Int",
            "-99999999999999999999",
            "expected Int that fits in 64 bits, found -1e20",
        ),
        ("Int", "1e3", "expected Int, found 1000.0"),
        ("Int", "\"1\"", "expected Int, found \"1\""),
        ("Bool", "1", "expected Bool, found 1"),
        ("Null", "false", "expected Null, found false"),
        ("String?", "1", "expected String or Null, found 1"),
        (
            "Bytes",
            "\"0\"",
            "expected Bytes as pairs of hex digits, found \"0\"",
        ),
        (
            "Bytes",
            "\"0g\"",
            "expected Bytes as pairs of hex digits, found \"0g\"",
        ),
        ("list[String]", "[\"a\", 1]", "at `[1]`: expected String, found 1"),
        (
            "list[list[Int]]",
            "[[\"1\"], [2, null], 3]",
            "3 errors\n  at `[0][0]`: expected Int, found \"1\"\n  at `[1][1]`: expected Int, found null\n  \
             at `[2]`: expected list[Int], found 3",
        ),
        ("set[Int]", "[1, []]", "at `[1]`: expected Int, found []"),
        (
            "map[String, Int]",
            r#"{"a": 1, "b c": true}"#,
            r#"at `["b c"]`: expected Int, found true"#,
        ),
        (
            "map[Int, String]",
            r#"{"01": 1}"#,
            "2 errors\n  at `[\"01\"]`: expected an Int as the key, found \"01\"\n  at `[\"01\"]`: expected String, found 1",
        ),
        (
            "map[Bool, Int]",
            r#"{"yes": 1}"#,
            r#"at `["yes"]`: expected `true` or `false` as the key, found "yes""#,
        ),
        ("(Int, String)", "[1]", "expected (Int, String), found [1]"),
        ("(Int, String)", "[1, 2]", "at `[1]`: expected String, found 2"),
        (
            "result[Int, String]",
            "{\"ok\": 1, \"err\": \"\"}",
            "expected result[Int, String] as {\"ok\": ...} or {\"err\": ...}, found {\"err\": \"\", \"ok\": 1}",
        ),
        (
            "result[Int, String]",
            "{\"err\": 1}",
            "at `err`: expected String, found 1",
        ),
        (
            "Point",
            r#"{"x": 1, "z": 1}"#,
            "at `z`: unknown field of Point, found 1",
        ),
        ("Point", r#"{"y": 1}"#, "at `x`: missing, expected Int"),
        (
            "Point",
            r#"{"z": 1, "y": "2", "a": null}"#,
            "4 errors\n  at `x`: missing, expected Int\n  at `y`: expected Int, found \"2\"\n  \
             at `a`: unknown field of Point, found null\n  at `z`: unknown field of Point, found 1",
        ),
        (
            "Point",
            r#"{"x": -2, "y": -3}"#,
            "not a valid Point: 3 errors: x = -2, where x >= 0; y = -3, where y >= 0; y = -3, where y >= x",
        ),
        // What is said of a constraint that mentions a faulty field does not count.
        (
            "Point",
            r#"{"x": "1", "y": -3}"#,
            "2 errors\n  at `x`: expected Int, found \"1\"\n  y = -3, where y >= 0",
        ),
        (
            "Point",
            r#"{"x": -1, "y": 1, "z": 0}"#,
            "2 errors\n  x = -1, where x >= 0\n  at `z`: unknown field of Point, found 0",
        ),
        (
            "list[Point]",
            r#"[{"x": 1}, {"x": "1"}, {"x": 3, "y": 2}]"#,
            "2 errors\n  at `[1].x`: expected Int, found \"1\"\n  [2].y = 2, where y >= x",
        ),
        ("Point", "[1, 2]", "expected Point, found [1, 2]"),
        ("Shape", "\"Dott\"", "expected a variant of Shape, found \"Dott\""),
        (
            "Shape",
            "{\"Dot\": []}",
            "expected \"Dot\", a variant without payload, found {\"Dot\": []}",
        ),
        (
            "Shape",
            "\"Circle\"",
            "expected {\"Circle\": [...]}, a list of 1 value, found \"Circle\"",
        ),
        (
            "Shape",
            "{\"Box\": [1]}",
            "expected {\"Box\": [...]}, a list of 2 values, found {\"Box\": [1]}",
        ),
        (
            "Shape",
            "{\"Circle\": 1.5}",
            "expected {\"Circle\": [...]}, a list of 1 value, found {\"Circle\": 1.5}",
        ),
        (
            "Shape",
            "{\"Circle\": [1], \"Dot\": []}",
            "expected Shape, found {\"Circle\": [1], \"Dot\": []}",
        ),
        (
            "Shape",
            "{\"Box\": [1, true]}",
            "at `Box[1]`: expected Float, found true",
        ),
        ("Shape", "7", "expected Shape, found 7"),
        (
            "Point | Shape | Null",
            "[]",
            "expected Point or Shape or Null, found []",
        ),
        (
            "String | Bytes",
            "\"00\"",
            "expected String or Bytes, which JSON does not tell apart here, found \"00\"",
        ),
        (
            "fn() -> Int",
            "1",
            "expected fn() -> Int, which no JSON can be, found 1",
        ),
    ] {
        let found = read(|table| named(table, ty), text, Form::Literal);
        assert_eq!(found, Err(expected.to_string()), "{text} as {ty}");
    }
}

#[test]
fn a_budget_that_is_too_small_is_a_failure_and_leaves_nothing() {
    let text = r#"{"a": 1, "b": 2, "c": 3}"#;
    let mut fitted = 0;
    for limit in (0..4000).step_by(16) {
        let (mut world, ty) = World::with(limit, |table| named(table, "map[String, Int]"));
        match read_text(&mut Points(PlainRecords::new(&mut world.heap)), ty, text) {
            Ok(word) => {
                fitted += 1;
                world.heap.release(word);
            }
            Err(ArgumentError::Failed(failure)) => {
                assert!(failure.message.starts_with("out of memory"), "{failure:?}");
                assert_eq!(fitted, 0);
            }
            Err(error) => panic!("{error}"),
        }
        assert_eq!((world.heap.live_objects(), world.heap.bytes_used()), (0, 0));
    }
    assert!(fitted > 0);
}

/// The vectors of `rfc8785/` in the folder of public test data, if it is there.
#[test]
#[expect(clippy::disallowed_methods, reason = "test data outside of the repository")]
fn canonical_json_agrees_with_the_vectors_of_rfc_8785() {
    let data = std::env::var_os("LUMEN_TEST_DATA")
        .map(std::path::PathBuf::from)
        .unwrap_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    let folder = data.join("rfc8785");
    for name in ["arrays", "french", "structures", "unicode", "values", "weird"] {
        let read_file = |side: &str| std::fs::read_to_string(folder.join(side).join(format!("{name}.json")));
        let (Ok(input), Ok(output)) = (read_file("input"), read_file("output")) else {
            println!("skipped: rfc8785/{name}, not in {}", data.display());
            continue;
        };
        let found = read(|table| named(table, "Json"), &input, Form::Json);
        assert_eq!(found.as_deref(), Ok(output.trim_end()), "{name}");
    }
}

fn value() -> impl Strategy<Value = Literal> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Literal::Int),
        any::<f64>().prop_map(Literal::Float),
        any::<String>().prop_map(Literal::String),
        any::<Vec<u8>>().prop_map(Literal::Bytes),
        Just(Literal::Null),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            (inner.clone(), 0usize..4).prop_map(|(literal, count)| Literal::List(vec![literal; count])),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Literal::Tuple),
            (inner.clone(), any::<i64>())
                .prop_map(|(literal, key)| Literal::Map(vec![(Literal::Int(key), literal)])),
            inner.clone().prop_map(|literal| Literal::Set(vec![literal])),
            inner.prop_map(|literal| Literal::Result(0, Box::new(literal))),
        ]
    })
}

proptest! {
    #[test]
    fn values_come_back_from_their_canonical_json(literal in value()) {
        let (mut world, types) = World::of(LIMIT, &[literal_type(&literal)]);
        let ty = types[0];
        let word = world.word(&literal, ty).expect("fits");
        let json = world.shown(word, ty, Form::Json);
        // A String on its own is taken raw.
        if ty != TypeRef::STRING {
            let back = read_text(&mut Points(PlainRecords::new(&mut world.heap)), ty, &json).expect("its own form");
            prop_assert!(world.heap.equal(word, back, ty), "{}", json);
            world.heap.release_typed(back, ty);
        }
        world.heap.release_typed(word, ty);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[\\[\\]{}\":,0-9a-z. -]{0,20}", ty in prop::sample::select(vec!["Int", "Shape", "Point", "Json", "list[list[Int]]"])) {
        let _ = read(|table| named(table, ty), &text, Form::Literal);
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let read_nested = |depth| read(|table| named(table, "Json"), &nested(depth), Form::Json);
    assert_eq!(read_nested(MAX_DEPTH), Ok(nested(MAX_DEPTH)));
    let error = "expected Json as JSON: arrays and objects nest deeper than 256 at line 1, column 257";
    assert_eq!(read_nested(MAX_DEPTH + 1), Err(error.to_owned()));
}

/// `type Chain = record next: list[Chain]`, as deep as a text can be, decodes on a small native stack.
#[test]
fn records_decode_as_deep_as_texts_nest() {
    let chain = |table: &mut TypeTable| {
        let nominal = table.intern_nominal(&crate::lir::ModuleId::document("test"), "Chain");
        let chain = table.intern(RuntimeType::Nominal(nominal));
        let next = table.intern(RuntimeType::List(chain));
        let shape = crate::heap::NominalShape::Enum(vec![("End".to_owned(), Box::new([next]))]);
        table.define(nominal, shape);
        chain
    };
    let deepest = MAX_DEPTH / 3;
    let text = "{\"End\":[[".repeat(deepest) + &"]]}".repeat(deepest);
    assert_eq!(read(chain, &text, Form::Json), Ok(text));
}

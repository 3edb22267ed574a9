//! Tests of values from text, with a builder that has the heap alone.

use super::problem::{ArgumentError, Missing};
use super::read::{Builder, read_argument};
use crate::failure::Failure;
use crate::heap::{Heap, RuntimeType, TypeRef, TypeTable, Word};
use crate::lir::SignatureType;
use crate::show::Form;
use crate::test_values::{Literal, World, intern, literal_type, point, shape};
use proptest::prelude::*;

const LIMIT: usize = 1_000_000;

/// Makes records as they come; the last field of a `Point` has a default, its first one's successor.
struct HeapBuilder<'a>(&'a mut Heap);

impl Builder for HeapBuilder<'_> {
    fn heap(&mut self) -> &mut Heap {
        self.0
    }

    fn record(&mut self, ty: TypeRef, fields: &[Word]) -> Result<Word, Missing> {
        if fields[0].int() < 0 {
            return Err(Missing::Failed(Failure::runtime("x must not be negative")));
        }
        self.0
            .aggregate(ty, fields)
            .map_err(|error| Missing::Failed(error.into()))
    }

    fn default(&mut self, _: TypeRef, field: usize, before: &[Word]) -> Result<Option<Word>, Missing> {
        Ok((field == 1).then(|| Word::from_int(before[0].int() + 1)))
    }
}

/// Reads a text and shows what came of it, after checking that nothing leaks.
fn read(declare: impl FnOnce(&mut TypeTable) -> TypeRef, text: &str, form: Form) -> Result<String, String> {
    let (mut world, ty) = World::with(LIMIT, declare);
    let read = read_argument(&mut HeapBuilder(&mut world.heap), ty, text);
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
    shown.map_err(|error| error.to_string())
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
        "Json" => {
            table.intern(RuntimeType::List(TypeRef::JSON));
            table.intern(RuntimeType::Map(TypeRef::STRING, TypeRef::JSON));
            return TypeRef::JSON;
        }
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
            "expected Int as JSON: EOF while parsing a value at line 1 column 0",
        ),
        ("Int", "1.0", "expected Int, found the number 1.0"),
        (
            "Int",
            "9223372036854775808",
            "expected Int, found the number 9.223372036854776e18",
        ),
        ("Int", "\"1\"", "expected Int, found a string"),
        ("Bool", "1", "expected Bool, found an integer"),
        ("Null", "false", "expected Null, found a Bool"),
        ("String?", "1", "expected String?, found an integer"),
        ("Bytes", "\"0\"", "expected Bytes as pairs of hex digits"),
        ("Bytes", "\"0g\"", "expected Bytes as pairs of hex digits"),
        (
            "list[String]",
            "[\"a\", 1]",
            "at `[1]`: expected String, found an integer",
        ),
        (
            "list[list[Int]]",
            "[[1], [2, null]]",
            "at `[1][1]`: expected Int, found null",
        ),
        ("set[Int]", "[1, []]", "at `[1]`: expected Int, found an array"),
        (
            "map[String, Int]",
            r#"{"a": 1, "b c": true}"#,
            r#"at `["b c"]`: expected Int, found a Bool"#,
        ),
        (
            "map[Int, String]",
            r#"{"01": "x"}"#,
            r#"at `["01"]`: expected an Int as the key"#,
        ),
        (
            "map[Bool, Int]",
            r#"{"yes": 1}"#,
            r#"at `["yes"]`: expected `true` or `false` as the key"#,
        ),
        (
            "(Int, String)",
            "[1]",
            "expected (Int, String), found an array of 1",
        ),
        (
            "(Int, String)",
            "[1, 2]",
            "at `[1]`: expected String, found an integer",
        ),
        (
            "result[Int, String]",
            "{\"ok\": 1, \"err\": \"\"}",
            "expected result[Int, String] as {\"ok\": ...} or {\"err\": ...}, found an object",
        ),
        (
            "result[Int, String]",
            "{\"err\": 1}",
            "at `err`: expected String, found an integer",
        ),
        ("Point", r#"{"x": 1, "z": 1}"#, "Point has no field `z`"),
        ("Point", r#"{"y": 1}"#, "the field `x` of Point is missing"),
        (
            "Point",
            r#"{"x": 1, "y": "2"}"#,
            "at `y`: expected Int, found a string",
        ),
        ("Point", r#"{"x": -1, "y": 2}"#, "x must not be negative"),
        (
            "list[Point]",
            r#"[{"x": 1}, {"x": "1"}]"#,
            "at `[1].x`: expected Int, found a string",
        ),
        ("Point", "[1, 2]", "expected Point, found an array"),
        ("Shape", "\"Dott\"", "Shape has no variant `Dott`"),
        (
            "Shape",
            "{\"Dot\": []}",
            "the variant `Dot` is plain: expected \"Dot\"",
        ),
        (
            "Shape",
            "\"Circle\"",
            "the variant `Circle` has a payload, which is a list: expected {\"Circle\": [...]} with 1 value",
        ),
        (
            "Shape",
            "{\"Box\": [1]}",
            "the variant `Box` has a payload, which is a list: expected {\"Box\": [...]} with 2 values",
        ),
        (
            "Shape",
            "{\"Circle\": 1.5}",
            "the variant `Circle` has a payload, which is a list: expected {\"Circle\": [...]} with 1 value",
        ),
        (
            "Shape",
            "{\"Dot\": null}",
            "the variant `Dot` is plain: expected \"Dot\"",
        ),
        (
            "Shape",
            "{\"Circle\": [1], \"Dot\": []}",
            "expected Shape, found an object",
        ),
        (
            "Shape",
            "{\"Box\": [1, true]}",
            "at `Box[1]`: expected Float, found a Bool",
        ),
        ("Shape", "7", "expected Shape, found an integer"),
        (
            "Point | Shape | Null",
            "[]",
            "expected Point | Shape | Null, found an array",
        ),
        (
            "String | Bytes",
            "\"00\"",
            "a string could be any of String, Bytes",
        ),
        (
            "fn() -> Int",
            "1",
            "expected fn() -> Int, which no JSON text can be",
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
        match read_argument(&mut HeapBuilder(&mut world.heap), ty, text) {
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
            let back = read_argument(&mut HeapBuilder(&mut world.heap), ty, &json).expect("its own form");
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
